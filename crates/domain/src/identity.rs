//! Authentication: sessions, sign-in links, known browsers, portal tokens, API keys and their access tokens,
//! and unsubscribe tokens.

mod jwt;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use campanile_shared::SignIn;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use self::jwt::{Jwt, JwtError};
use crate::{
    Campanile, Error, Grant, Person, PersonId, Result, SecretHash, Sender, Tenant, TenantId,
    model::{
        access::Actor,
        secret::SecretKind,
        token::{IssuedSecret, Token, TokenHolder, TokenSubject},
    },
    password::{Account, HashingCaller},
    secret,
    security_log::{Entry, SecurityEvent},
};

/// Lifetime of a session.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(14 * 24 * 3600);

/// Lifetime of a one-use sign-in link.
pub const SIGN_IN_LINK_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Lifetime of a ticket for the event stream.
pub const STREAM_TICKET_LIFETIME: Duration = Duration::from_secs(30);

/// How long a browser in which a person signed in stays known.
pub const KNOWN_BROWSER_LIFETIME: Duration = Duration::from_secs(180 * 24 * 3600);

/// Lifetime of an access token for which an API key was exchanged.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// The longest lifetime of a token signed by a portal.
pub const MAX_PORTAL_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// How far a portal's clock may differ, in seconds.
pub(crate) const CLOCK_LEEWAY_SECONDS: u64 = 60;

/// The claims of an unsubscribe token. `aud` prevents its use for anything else.
#[derive(Serialize)]
struct UnsubscribeClaims {
    iss: String,
    /// The person's id in the store, because the login may change.
    sub: String,
    aud: String,
}

/// The audience of an unsubscribe token.
const UNSUBSCRIBE_AUDIENCE: &str = "unsubscribe";

/// A cache of valid API keys, with the time of each look-up.
#[derive(Clone, Default)]
pub(crate) struct ApiKeyCache(Arc<Mutex<HashMap<SecretHash, CachedSender>>>);

type CachedSender = (Sender, DateTime<Utc>);

/// How long a cached key is trusted. This is the longest time for which a revoked key still works.
const CACHE_TTL: TimeDelta = TimeDelta::seconds(1);

/// The cache is cleared when it holds this many keys.
const CACHE_CAPACITY: usize = 10_000;

impl ApiKeyCache {
    fn get(&self, hash: SecretHash, now: DateTime<Utc>) -> Option<Sender> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&hash).filter(|(_, since)| (TimeDelta::zero()..CACHE_TTL).contains(&(now - since))).map(|(sender, _)| sender.clone())
    }

    fn insert(&self, hash: SecretHash, sender: Sender, now: DateTime<Utc>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CACHE_CAPACITY {
            known.clear();
        }
        known.insert(hash, (sender, now));
    }

    /// Clears the cache, because another process may have revoked keys.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Removes one key of a tenant from the cache.
    pub(crate) fn remove(&self, tenant: TenantId, name: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (sender, _)| sender.tenant != tenant || sender.name != name);
    }
}

impl Campanile {
    /// Signs a person in by a link or a password. `Unauthenticated` for any wrong part, without saying which.
    pub async fn sign_in(&self, with: &SignIn) -> Result<IssuedSecret> {
        let who = match with {
            SignIn::Link { link } => self.redeem_sign_in_link(link).await?,
            SignIn::Password { tenant, login, password } => {
                self.person_with_password(self.account(tenant, login).await?, password, HashingCaller::Unknown).await?
            }
        };
        self.create_session(&who).await
    }

    /// The person of a one-use sign-in link. This uses the link up.
    pub async fn redeem_sign_in_link(&self, link: &str) -> Result<Person> {
        token_person(self.store.take_token(SecretHash::of(link), SecretKind::SignInLink, self.now()).await?)
    }

    /// The person of a one-use sign-in link. The link stays valid.
    pub async fn sign_in_link_person(&self, link: &str) -> Result<Person> {
        token_person(self.store.token(SecretHash::of(link), SecretKind::SignInLink, self.now()).await?)
    }

    /// Ends a session.
    pub async fn sign_out(&self, session: &str) -> Result<()> {
        self.store.delete_token(SecretHash::of(session)).await
    }

    /// The person of a session.
    pub async fn session_person(&self, session: &str) -> Result<Person> {
        Ok(self.authenticate(session, SecretKind::Session).await?.0)
    }

    /// Creates a one-use sign-in link for a person.
    pub async fn create_sign_in_link(&self, tenant: TenantId, person: PersonId) -> Result<IssuedSecret> {
        self.issue(SecretKind::SignInLink, tenant, TokenSubject::Person(person), SIGN_IN_LINK_LIFETIME).await
    }

    /// The person of a token that an embedding portal signed.
    ///
    /// The token is signed by HS256 with the tenant's portal secret, or with the former one while that is
    /// valid. `iss` is the tenant's name, `sub` a login or external id, `exp` at most an hour ahead, `nbf`
    /// and `iat` not in the future. Its header has no field that must be understood (RFC 7515 §4.1.11). `aud`
    /// is ignored, except that an unsubscribe token is rejected: only the tenant has the secret, so whatever
    /// is signed with it is the tenant's.
    pub async fn portal_token_person(&self, token: &str) -> Result<(Person, Grant)> {
        // The issuer decides which secret to check. Nothing in the token is trusted before its signature is
        // verified.
        let unread = |flaw| refused(flaw, Entry::new(SecurityEvent::PortalToken));
        let token = Jwt::read(token).map_err(unread)?;
        let (issuer, subject) = (token.string_claim("iss").map_err(unread)?, token.string_claim("sub").map_err(unread)?);
        let tenant = self.store.tenant(issuer).await?.ok_or_else(|| unread(JwtError::Issuer))?;
        let unproven = |flaw| refused(flaw, Entry::new(SecurityEvent::PortalToken).tenant(&tenant.name));
        let (now, as_set) = (self.now(), self.clock.system_now());
        let former = tenant.former_portal_secret.as_ref().filter(|former| former.valid_until > now);
        let (secret, secret_ends) = match former {
            _ if token.is_signed_with(&tenant.portal_secret) => (&tenant.portal_secret, None),
            Some(former) if token.is_signed_with(&former.secret) => (&former.secret, Some(former.valid_until)),
            _ => return Err(unproven(JwtError::Signature)),
        };
        let proven = |flaw| refused(flaw, Entry::new(SecurityEvent::PortalToken).tenant(&tenant.name).subject(subject));
        let ends_at = token.valid_until(as_set).map_err(proven)?;
        if token.has_audience(UNSUBSCRIBE_AUDIENCE) {
            return Err(proven(JwtError::TokenType));
        }
        let person = self.store.find_person(tenant.id, subject).await?.ok_or_else(|| proven(JwtError::UnknownPerson))?;
        let person = self.store.person(tenant.id, person).await?.ok_or_else(|| proven(JwtError::UnknownPerson))?;
        // Long-lived responses end at the token's own `exp`; the leeway only applies to new requests.
        let (left, leeway) = (ends_at - as_set, TimeDelta::from_std(Duration::from_secs(CLOCK_LEEWAY_SECONDS)).unwrap_or_default());
        let until = now + if left > leeway { left - leeway } else { left };
        let until = secret_ends.map_or(until, |ends| until.min(ends));
        Ok((person, Grant { kind: SecretKind::Portal, hash: SecretHash::of(secret), expires_at: until }))
    }

    /// Creates a personal token for a person's own programs. Its text is shown once.
    pub async fn create_personal_token(&self, tenant: TenantId, person: PersonId, life: Duration) -> Result<IssuedSecret> {
        self.issue(SecretKind::PersonalToken, tenant, TokenSubject::Person(person), life).await
    }

    /// Creates a session for a person who has authenticated.
    pub async fn create_session(&self, who: &Person) -> Result<IssuedSecret> {
        self.issue(SecretKind::Session, who.tenant, TokenSubject::Person(who.id), SESSION_LIFETIME).await
    }

    /// Creates a token that marks a browser as one in which the person has signed in. It does not
    /// authenticate them: it only exempts this browser from limits caused by wrong passwords elsewhere
    /// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
    pub async fn remember_browser(&self, who: &Person) -> Result<IssuedSecret> {
        self.issue(SecretKind::KnownBrowser, who.tenant, TokenSubject::Person(who.id), KNOWN_BROWSER_LIFETIME).await
    }

    /// Whether the person of an account has signed in before in the browser with this token.
    pub async fn is_known_browser(&self, browser: &str, account: Account) -> Result<bool> {
        let bearer = self.store.token(SecretHash::of(browser), SecretKind::KnownBrowser, self.now()).await?;
        Ok(token_person(bearer).is_ok_and(|who| (who.tenant, who.id) == (account.tenant, account.person)))
    }

    /// Deletes a known browser.
    pub async fn forget_browser(&self, browser: &str) -> Result<()> {
        self.store.delete_token(SecretHash::of(browser)).await
    }

    /// A token with which a person can end mail without signing in. It allows nothing else, and does not
    /// expire.
    pub async fn unsubscribe_token(&self, who: &Person) -> Result<String> {
        let tenant = self.store.tenant(&who.tenant_name).await?.ok_or(Error::NotFound)?;
        Self::unsubscribe_token_of(&tenant, who.id)
    }

    /// The same for a person of a given tenant.
    pub(crate) fn unsubscribe_token_of(tenant: &Tenant, who: PersonId) -> Result<String> {
        let claims = UnsubscribeClaims { iss: tenant.name.clone(), sub: who.0.to_string(), aud: UNSUBSCRIBE_AUDIENCE.to_owned() };
        let key = jsonwebtoken::EncodingKey::from_secret(tenant.mail_secret.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).map_err(|error| Error::Unavailable(error.into()))
    }

    /// Ends all mail to the person of an unsubscribe token. A repeat changes nothing.
    pub async fn unsubscribe(&self, token: &str) -> Result<()> {
        let unknown = |_| Error::NotFound;
        let token = Jwt::read(token).map_err(unknown)?;
        let tenant = self.store.tenant(token.string_claim("iss").map_err(unknown)?).await?.ok_or(Error::NotFound)?;
        if !token.is_signed_with(&tenant.mail_secret) || !token.has_audience(UNSUBSCRIBE_AUDIENCE) {
            return Err(Error::NotFound);
        }
        let person = PersonId(token.string_claim("sub").map_err(unknown)?.parse().map_err(|_| Error::NotFound)?);
        self.store.end_all_mail(tenant.id, person).await
    }

    /// The sender of an API key. A key is cached for a second, so that a busy sender does not cost a look-up
    /// for each request.
    pub async fn sender(&self, key: &str) -> Result<Sender> {
        let sender = self.find_sender(key).await;
        if let Err(Error::Unauthenticated) = sender {
            Entry::new(SecurityEvent::ApiKey).refused("unknown");
        }
        sender
    }

    /// Like [`Campanile::sender`], without an entry in the security log, for callers that write their own.
    pub async fn find_sender(&self, key: &str) -> Result<Sender> {
        let hash = SecretHash::of(key);
        let now = self.now();
        if let Some(sender) = self.api_key_cache.get(hash, now) {
            return Ok(sender);
        }
        let sender = self.store.sender(hash).await?.ok_or(Error::Unauthenticated)?;
        self.api_key_cache.insert(hash, sender.clone(), now);
        self.api_key_usage.record(sender.key, now);
        Ok(sender)
    }

    /// Exchanges an API key for a short-lived access token. `id` must be the key's name.
    pub async fn exchange_api_key(&self, id: &str, key: &str) -> Result<(Sender, IssuedSecret)> {
        let sender = self.find_sender(key).await?;
        if sender.name != id {
            return Err(Error::Unauthenticated);
        }
        let fresh = self.issue(SecretKind::AccessToken, sender.tenant, TokenSubject::Key(sender.key), ACCESS_TOKEN_LIFETIME).await?;
        Ok((sender, fresh))
    }

    /// The sender of an access token.
    pub async fn token_sender(&self, token: &str) -> Result<Sender> {
        match self.store.token(SecretHash::of(token), SecretKind::AccessToken, self.now()).await?.map(|bearer| bearer.actor) {
            Some(Actor::Sender(sender)) => {
                self.api_key_usage.record(sender.key, self.now());
                Ok(sender)
            }
            _ => {
                Entry::new(SecurityEvent::ApiKey).detail("token").refused("unknown");
                Err(Error::Unauthenticated)
            }
        }
    }

    async fn issue(&self, kind: SecretKind, tenant: TenantId, subject: TokenSubject, life: Duration) -> Result<IssuedSecret> {
        let secret = secret::generate(&*self.random, kind);
        let expires_at = self.now() + life;
        self.store.insert_token(SecretHash::of(&secret), Token { kind, tenant, subject, expires_at }).await?;
        Ok(IssuedSecret { secret, expires_at })
    }
}

/// Logs why a portal's token is invalid. The caller only learns that it is.
fn refused(flaw: JwtError, entry: Entry) -> Error {
    entry.refused(flaw.name());
    Error::Unauthenticated
}

fn token_person(bearer: Option<TokenHolder>) -> Result<Person> {
    match bearer.map(|bearer| bearer.actor) {
        Some(Actor::Person(person)) => Ok(person),
        _ => Err(Error::Unauthenticated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn hash(number: usize) -> SecretHash {
        SecretHash::of(&number.to_string())
    }

    #[test]
    fn a_key_is_cached_for_a_second() {
        let (known, sender, start) = (ApiKeyCache::default(), fixtures::key(&[]), fixtures::at(100));
        known.insert(hash(1), sender.clone(), start);
        for (millis, believed) in [(-1, false), (0, true), (999, true), (1_000, false)] {
            let now = start + TimeDelta::milliseconds(millis);
            assert_eq!(known.get(hash(1), now), Some(sender.clone()).filter(|_| believed), "{millis} ms");
        }
        assert_eq!(known.get(hash(2), start), None);
        known.insert(hash(1), sender.clone(), start + TimeDelta::seconds(1));
        assert_eq!(known.get(hash(1), start + TimeDelta::seconds(1)), Some(sender));
    }

    #[test]
    fn a_revoked_key_leaves_the_cache_and_others_stay() {
        let now = fixtures::at(100);
        let senders: Vec<Sender> = [(1, "a"), (1, "b"), (2, "a")]
            .map(|(tenant, name)| Sender { tenant: TenantId(tenant), name: name.to_owned(), ..fixtures::key(&[]) })
            .into();
        let known = ApiKeyCache::default();
        senders.iter().enumerate().for_each(|(number, sender)| known.insert(hash(number), sender.clone(), now));
        let believed = || (0..3).filter(|number| known.get(hash(*number), now).is_some()).collect::<Vec<_>>();
        known.remove(TenantId(3), "a");
        assert_eq!(believed(), [0, 1, 2]);
        known.remove(TenantId(1), "a");
        assert_eq!(believed(), [1, 2]);
        known.clear();
        assert_eq!(believed(), [0; 0]);
    }

    #[test]
    fn the_cache_has_a_capacity() {
        let (known, now) = (ApiKeyCache::default(), fixtures::at(100));
        for number in 0..CACHE_CAPACITY {
            known.insert(hash(number), fixtures::key(&[]), now);
        }
        assert!(known.get(hash(0), now).is_some() && known.get(hash(CACHE_CAPACITY - 1), now).is_some());
        known.insert(hash(CACHE_CAPACITY), fixtures::key(&[]), now);
        assert!(known.get(hash(0), now).is_none());
        assert!(known.get(hash(CACHE_CAPACITY), now).is_some());
    }

    #[test]
    fn a_token_of_a_key_is_not_a_person() {
        let bearer = |actor| Some(TokenHolder { actor, expires_at: fixtures::at(1) });
        let who = fixtures::person(false);
        assert_eq!(token_person(bearer(Actor::Person(who.clone()))).unwrap(), who);
        assert!(matches!(token_person(bearer(Actor::Sender(fixtures::key(&[])))), Err(Error::Unauthenticated)));
        assert!(matches!(token_person(None), Err(Error::Unauthenticated)));
    }
}
