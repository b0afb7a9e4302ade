//! Sessions: signing in and out, and checking the credential of a person.

use campanile_shared::SignIn;

use crate::{
    Campanile, Error, Person, Result, SecretHash,
    lifetimes::SESSION_LIFETIME,
    model::{
        access::Actor,
        grant::{Grant, Listener},
        secret::SecretKind,
        token::{IssuedSecret, TokenHolder, TokenSubject},
    },
    password_hashing::HashingCaller,
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
    /// The person of a session or personal token, and the credential.
    pub async fn authenticate(&self, text: &str, kind: SecretKind) -> Result<(Person, Grant)> {
        let hash = SecretHash::of(text);
        let event = if kind == SecretKind::PersonalToken { SecurityEvent::PersonalToken } else { SecurityEvent::Session };
        match self.store.token(hash, kind, self.now()).await? {
            Some(TokenHolder { actor: Actor::Person(person), expires_at }) => Ok((person, Grant { kind, hash, expires_at })),
            _ => {
                Entry::new(event).refused("unknown");
                Err(Error::Unauthenticated)
            }
        }
    }

    /// Checks that a person's credential is still valid; [`Error::Unauthenticated`] if not.
    pub async fn check_grant(&self, who: &Person, grant: Grant) -> Result<()> {
        let listener = Listener { tenant: who.tenant, person: who.id, grant };
        match &*self.store.listener_access(vec![listener], self.now()).await? {
            [Some(_)] => Ok(()),
            _ => Err(Error::Unauthenticated),
        }
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

    /// Ends a session.
    pub async fn sign_out(&self, session: &str) -> Result<()> {
        self.store.delete_token(SecretHash::of(session)).await
    }

    /// The person of a session.
    pub async fn session_person(&self, session: &str) -> Result<Person> {
        Ok(self.authenticate(session, SecretKind::Session).await?.0)
    }

    /// Creates a session for a person who has authenticated.
    pub async fn create_session(&self, who: &Person) -> Result<IssuedSecret> {
        self.issue(SecretKind::Session, who.tenant, TokenSubject::Person(who.id), SESSION_LIFETIME).await
    }
}
