//! Authentication: sessions, sign-in links, known browsers, portal tokens, API keys and their access tokens,
//! and unsubscribe tokens.

mod signed;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use campanile_shared::SignIn;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use self::signed::{Flaw, Signed};
use crate::{
    Campanile, Error, Grant, Person, PersonId, Result, SecretHash, Sender, Tenant, TenantId,
    access::Actor,
    password::{Account, Caller},
    secret::{self, Kind},
    security_log::{Entry, Event},
    store::{Bearer, Pass, PassSubject},
};

/// Lifetime of a session.
pub const SESSION: Duration = Duration::from_secs(14 * 24 * 3600);
/// Lifetime of a one-use sign-in link.
pub const LINK: Duration = Duration::from_secs(24 * 3600);
/// Lifetime of a ticket for the event stream.
pub const TICKET: Duration = Duration::from_secs(30);
/// How long a browser in which a person signed in stays known.
pub const BROWSER: Duration = Duration::from_secs(180 * 24 * 3600);
/// Lifetime of an access token for which an API key was exchanged.
pub const TOKEN: Duration = Duration::from_secs(3600);
/// The longest lifetime of a token signed by a portal.
pub const PORTAL_TOKEN: Duration = Duration::from_secs(3600);
/// How far a portal's clock may differ, in seconds.
const LEEWAY: u64 = 60;

/// A newly issued secret. Its text is known only now; the store keeps its hash.
pub struct Fresh {
    /// The secret's text.
    pub secret: String,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

/// The claims of an unsubscribe token. `aud` prevents its use for anything else.
#[derive(Serialize)]
struct UnsubscribeClaims {
    iss: String,
    /// The person's id in the store, because the login may change.
    sub: String,
    aud: String,
}

/// The audience of an unsubscribe token.
const UNSUBSCRIBE: &str = "unsubscribe";

/// A cache of valid API keys, with the time of each look-up.
#[derive(Clone, Default)]
pub(crate) struct KnownKeys(Arc<Mutex<HashMap<SecretHash, Known>>>);

type Known = (Sender, DateTime<Utc>);

/// How long a cached key is trusted. This is the longest time for which a revoked key still works.
const BELIEVED: TimeDelta = TimeDelta::seconds(1);
/// The cache is cleared when it holds this many keys.
const MOST_KNOWN: usize = 10_000;

impl KnownKeys {
    fn get(&self, hash: SecretHash, now: DateTime<Utc>) -> Option<Sender> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&hash).filter(|(_, since)| (TimeDelta::zero()..BELIEVED).contains(&(now - since))).map(|(sender, _)| sender.clone())
    }

    fn keep(&self, hash: SecretHash, sender: Sender, now: DateTime<Utc>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(hash, (sender, now));
    }

    /// Clears the cache, because another process may have revoked keys.
    pub(crate) fn forget_all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Removes one key of a tenant from the cache.
    pub(crate) fn forget(&self, tenant: TenantId, name: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (sender, _)| sender.tenant != tenant || sender.name != name);
    }
}

impl Campanile {
    /// Signs a person in by a link or a password. `Unauthenticated` for any wrong part, without saying which.
    pub async fn sign_in(&self, with: &SignIn) -> Result<Fresh> {
        let who = match with {
            SignIn::Link { link } => self.person_of_link(link).await?,
            SignIn::Password { tenant, login, password } => {
                self.person_with_password(self.account(tenant, login).await?, password, Caller::Unknown).await?
            }
        };
        self.begin_session(&who).await
    }

    /// The person of a one-use sign-in link. This uses the link up.
    pub async fn person_of_link(&self, link: &str) -> Result<Person> {
        person_of(self.store.take_pass(SecretHash::of(link), Kind::Link, self.now()).await?)
    }

    /// The person of a one-use sign-in link. The link stays valid.
    pub async fn owner_of_link(&self, link: &str) -> Result<Person> {
        person_of(self.store.pass(SecretHash::of(link), Kind::Link, self.now()).await?)
    }

    /// Ends a session.
    pub async fn sign_out(&self, session: &str) -> Result<()> {
        self.store.end_pass(SecretHash::of(session)).await
    }

    /// The person of a session.
    pub async fn session(&self, session: &str) -> Result<Person> {
        Ok(self.admit(session, Kind::Session).await?.0)
    }

    /// Creates a one-use sign-in link for a person.
    pub async fn sign_in_link(&self, tenant: TenantId, person: PersonId) -> Result<Fresh> {
        self.issue(Kind::Link, tenant, PassSubject::Person(person), LINK).await
    }

    /// The person of a token that an embedding portal signed.
    ///
    /// The token is signed by HS256 with the tenant's portal secret, or with the former one while that is
    /// valid. `iss` is the tenant's name, `sub` a login or external id, `exp` at most an hour ahead, `nbf`
    /// and `iat` not in the future. Its header has no field that must be understood (RFC 7515 §4.1.11). `aud`
    /// is ignored, except that an unsubscribe token is rejected: only the tenant has the secret, so whatever
    /// is signed with it is the tenant's.
    pub async fn portal_person(&self, token: &str) -> Result<(Person, Grant)> {
        // The issuer decides which secret to check. Nothing in the token is trusted before its signature is
        // verified.
        let unread = |flaw| refused(flaw, Entry::new(Event::PortalToken));
        let token = Signed::read(token).map_err(unread)?;
        let (issuer, subject) = (token.text("iss").map_err(unread)?, token.text("sub").map_err(unread)?);
        let tenant = self.store.tenant(issuer).await?.ok_or_else(|| unread(Flaw::Issuer))?;
        let unproven = |flaw| refused(flaw, Entry::new(Event::PortalToken).tenant(&tenant.name));
        let (now, as_set) = (self.now(), self.clock.as_set());
        let former = tenant.former_portal_secret.as_ref().filter(|former| former.until > now);
        let (secret, secret_ends) = match former {
            _ if token.fits(&tenant.portal_secret) => (&tenant.portal_secret, None),
            Some(former) if token.fits(&former.secret) => (&former.secret, Some(former.until)),
            _ => return Err(unproven(Flaw::Signature)),
        };
        let proven = |flaw| refused(flaw, Entry::new(Event::PortalToken).tenant(&tenant.name).subject(subject));
        let ends_at = token.ends_at(as_set).map_err(proven)?;
        if token.is_for(UNSUBSCRIBE) {
            return Err(proven(Flaw::Kind));
        }
        let person = self.store.find_person(tenant.id, subject).await?.ok_or_else(|| proven(Flaw::Person))?;
        let person = self.store.person(tenant.id, person).await?.ok_or_else(|| proven(Flaw::Person))?;
        // Long-lived responses end at the token's own `exp`; the leeway only applies to new requests.
        let (left, leeway) = (ends_at - as_set, TimeDelta::from_std(Duration::from_secs(LEEWAY)).unwrap_or_default());
        let until = now + if left > leeway { left - leeway } else { left };
        let until = secret_ends.map_or(until, |ends| until.min(ends));
        Ok((person, Grant { kind: Kind::Portal, hash: SecretHash::of(secret), until }))
    }

    /// Creates a personal token for a person's own programs. Its text is shown once.
    pub async fn create_personal_token(&self, tenant: TenantId, person: PersonId, life: Duration) -> Result<Fresh> {
        self.issue(Kind::Personal, tenant, PassSubject::Person(person), life).await
    }

    /// Creates a session for a person who has authenticated.
    pub async fn begin_session(&self, who: &Person) -> Result<Fresh> {
        self.issue(Kind::Session, who.tenant, PassSubject::Person(who.id), SESSION).await
    }

    /// Creates a token that marks a browser as one in which the person has signed in. It does not
    /// authenticate them: it only exempts this browser from limits caused by wrong passwords elsewhere
    /// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
    pub async fn remember_browser(&self, who: &Person) -> Result<Fresh> {
        self.issue(Kind::Browser, who.tenant, PassSubject::Person(who.id), BROWSER).await
    }

    /// Whether the person of an account has signed in before in the browser with this token.
    pub async fn is_known_browser(&self, browser: &str, account: Account) -> Result<bool> {
        let bearer = self.store.pass(SecretHash::of(browser), Kind::Browser, self.now()).await?;
        Ok(person_of(bearer).is_ok_and(|who| (who.tenant, who.id) == (account.tenant, account.person)))
    }

    /// Deletes a known browser.
    pub async fn forget_browser(&self, browser: &str) -> Result<()> {
        self.store.end_pass(SecretHash::of(browser)).await
    }

    /// A token with which a person can end mail without signing in. It allows nothing else, and does not
    /// expire.
    pub async fn unsubscribe_token(&self, who: &Person) -> Result<String> {
        let tenant = self.store.tenant(&who.tenant_name).await?.ok_or(Error::NotFound)?;
        Self::unsubscribe_token_of(&tenant, who.id)
    }

    /// The same for a person of a given tenant.
    pub(crate) fn unsubscribe_token_of(tenant: &Tenant, who: PersonId) -> Result<String> {
        let claims = UnsubscribeClaims { iss: tenant.name.clone(), sub: who.0.to_string(), aud: UNSUBSCRIBE.to_owned() };
        let key = jsonwebtoken::EncodingKey::from_secret(tenant.mail_secret.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).map_err(|error| Error::Unavailable(error.into()))
    }

    /// Ends all mail to the person of an unsubscribe token. A repeat changes nothing.
    pub async fn unsubscribe(&self, token: &str) -> Result<()> {
        let unknown = |_| Error::NotFound;
        let token = Signed::read(token).map_err(unknown)?;
        let tenant = self.store.tenant(token.text("iss").map_err(unknown)?).await?.ok_or(Error::NotFound)?;
        if !token.fits(&tenant.mail_secret) || !token.is_for(UNSUBSCRIBE) {
            return Err(Error::NotFound);
        }
        let person = PersonId(token.text("sub").map_err(unknown)?.parse().map_err(|_| Error::NotFound)?);
        self.store.end_mail(tenant.id, person).await
    }

    /// The sender of an API key. A key is cached for a second, so that a busy sender does not cost a look-up
    /// for each request.
    pub async fn sender(&self, key: &str) -> Result<Sender> {
        let sender = self.find_sender(key).await;
        if let Err(Error::Unauthenticated) = sender {
            Entry::new(Event::ApiKey).refused("unknown");
        }
        sender
    }

    /// Like [`Campanile::sender`], without an entry in the security log, for callers that write their own.
    pub async fn find_sender(&self, key: &str) -> Result<Sender> {
        let hash = SecretHash::of(key);
        let now = self.now();
        if let Some(sender) = self.known_keys.get(hash, now) {
            return Ok(sender);
        }
        let sender = self.store.sender(hash).await?.ok_or(Error::Unauthenticated)?;
        self.known_keys.keep(hash, sender.clone(), now);
        self.key_uses.note(sender.key, now);
        Ok(sender)
    }

    /// Exchanges an API key for a short-lived access token. `id` must be the key's name.
    pub async fn exchange(&self, id: &str, key: &str) -> Result<(Sender, Fresh)> {
        let sender = self.find_sender(key).await?;
        if sender.name != id {
            return Err(Error::Unauthenticated);
        }
        let fresh = self.issue(Kind::Token, sender.tenant, PassSubject::Key(sender.key), TOKEN).await?;
        Ok((sender, fresh))
    }

    /// The sender of an access token.
    pub async fn token(&self, token: &str) -> Result<Sender> {
        match self.store.pass(SecretHash::of(token), Kind::Token, self.now()).await?.map(|bearer| bearer.actor) {
            Some(Actor::Sender(sender)) => {
                self.key_uses.note(sender.key, self.now());
                Ok(sender)
            }
            _ => {
                Entry::new(Event::ApiKey).detail("token").refused("unknown");
                Err(Error::Unauthenticated)
            }
        }
    }

    async fn issue(&self, kind: Kind, tenant: TenantId, subject: PassSubject, life: Duration) -> Result<Fresh> {
        let secret = secret::generate(&*self.random, kind);
        let expires_at = self.now() + life;
        self.store.keep_pass(SecretHash::of(&secret), Pass { kind, tenant, subject, expires_at }).await?;
        Ok(Fresh { secret, expires_at })
    }
}

/// Logs why a portal's token is invalid. The caller only learns that it is.
fn refused(flaw: Flaw, entry: Entry) -> Error {
    entry.refused(flaw.name());
    Error::Unauthenticated
}

fn person_of(bearer: Option<Bearer>) -> Result<Person> {
    match bearer.map(|bearer| bearer.actor) {
        Some(Actor::Person(person)) => Ok(person),
        _ => Err(Error::Unauthenticated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn hash(number: usize) -> SecretHash {
        SecretHash::of(&number.to_string())
    }

    #[test]
    fn a_key_is_believed_for_a_second() {
        let (known, sender, start) = (KnownKeys::default(), samples::key(&[]), samples::at(100));
        known.keep(hash(1), sender.clone(), start);
        for (millis, believed) in [(-1, false), (0, true), (999, true), (1_000, false)] {
            let now = start + TimeDelta::milliseconds(millis);
            assert_eq!(known.get(hash(1), now), Some(sender.clone()).filter(|_| believed), "{millis} ms");
        }
        assert_eq!(known.get(hash(2), start), None);
        known.keep(hash(1), sender.clone(), start + TimeDelta::seconds(1));
        assert_eq!(known.get(hash(1), start + TimeDelta::seconds(1)), Some(sender));
    }

    #[test]
    fn a_revoked_key_is_believed_no_more_and_every_other_is() {
        let now = samples::at(100);
        let senders: Vec<Sender> = [(1, "a"), (1, "b"), (2, "a")]
            .map(|(tenant, name)| Sender { tenant: TenantId(tenant), name: name.to_owned(), ..samples::key(&[]) })
            .into();
        let known = KnownKeys::default();
        senders.iter().enumerate().for_each(|(number, sender)| known.keep(hash(number), sender.clone(), now));
        let believed = || (0..3).filter(|number| known.get(hash(*number), now).is_some()).collect::<Vec<_>>();
        known.forget(TenantId(3), "a");
        assert_eq!(believed(), [0, 1, 2]);
        known.forget(TenantId(1), "a");
        assert_eq!(believed(), [1, 2]);
        known.forget_all();
        assert_eq!(believed(), [0; 0]);
    }

    #[test]
    fn no_more_keys_are_remembered_than_there_is_room_for() {
        let (known, now) = (KnownKeys::default(), samples::at(100));
        for number in 0..MOST_KNOWN {
            known.keep(hash(number), samples::key(&[]), now);
        }
        assert!(known.get(hash(0), now).is_some() && known.get(hash(MOST_KNOWN - 1), now).is_some());
        known.keep(hash(MOST_KNOWN), samples::key(&[]), now);
        assert!(known.get(hash(0), now).is_none());
        assert!(known.get(hash(MOST_KNOWN), now).is_some());
    }

    #[test]
    fn a_pass_of_a_key_is_no_person() {
        let bearer = |actor| Some(Bearer { actor, expires_at: samples::at(1) });
        let who = samples::person(false);
        assert_eq!(person_of(bearer(Actor::Person(who.clone()))).unwrap(), who);
        assert!(matches!(person_of(bearer(Actor::Sender(samples::key(&[])))), Err(Error::Unauthenticated)));
        assert!(matches!(person_of(None), Err(Error::Unauthenticated)));
    }
}
