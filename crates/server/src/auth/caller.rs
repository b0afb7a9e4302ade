//! An authenticated caller and their credential. The credential limits what the caller may do.
//!
//! A portal token is for the bell and not for the administration of the tenant: it gives a
//! [`Reader`](super::Reader) and nothing else. A [`Caller`] can only be turned into one of three
//! authorities, so a new handler rejects portal tokens unless it asks for a reader.

use campanile_domain::{
    Error, Grant, Result,
    model::{access, secret::SecretKind},
    security_log::{Entry, event::SecurityEvent},
};

use crate::state::AppState;

/// The kind of credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Credential {
    /// An API key.
    ApiKey,
    /// A session, in a cookie or as a bearer token.
    Session,
    /// A personal token, which a person creates for programs.
    PersonalToken,
    /// A login and a password, sent with the request (RFC 7617).
    Password,
    /// A token signed by an embedding portal. It is for the bell: inbox, events and the person's own preferences.
    PortalToken,
}

/// An authenticated caller.
pub struct Caller {
    actor: access::Actor,
    credential: Credential,
    grant: Option<Grant>,
}

impl Caller {
    /// A caller whose credential has been checked.
    pub const fn new(actor: access::Actor, credential: Credential) -> Self {
        Self { actor, credential, grant: None }
    }

    /// A person with their grant.
    pub fn from_grant((person, grant): (access::Person, Grant), credential: Credential) -> Self {
        Self { actor: access::Actor::Person(person), credential, grant: Some(grant) }
    }

    /// The caller of a bearer token: an API key, a session, a personal token or a portal token.
    /// [`Error::Unauthenticated`] if the token is invalid.
    pub async fn from_bearer_token(app: &AppState, token: &str) -> Result<Self> {
        let campanile = &app.campanile;
        let (admitted, credential) = match SecretKind::of(token) {
            Some(SecretKind::ApiKey) => {
                let sender = campanile.sender(token).await?;
                app.rate_limits.count_key_request(&sender)?;
                return Ok(Self::new(access::Actor::Sender(sender), Credential::ApiKey));
            }
            Some(kind @ SecretKind::Session) => (campanile.authenticate(token, kind).await?, Credential::Session),
            Some(kind @ SecretKind::PersonalToken) => (campanile.authenticate(token, kind).await?, Credential::PersonalToken),
            _ => (campanile.portal_token_person(token).await?, Credential::PortalToken),
        };
        app.rate_limits.count_person_request(admitted.0.id)?;
        Ok(Self::from_grant(admitted, credential))
    }

    /// The identity under which concurrent lists are limited.
    pub fn id(&self) -> campanile_domain::caller_limiter::CallerId {
        (&self.actor).into()
    }

    /// The credential they used.
    pub const fn credential(&self) -> Credential {
        self.credential
    }

    /// The authority of a person or an API key. [`Error::BellOnly`] for a portal token.
    pub fn actor(self) -> Result<access::Actor> {
        match self.credential {
            Credential::PortalToken => {
                Entry::new(SecurityEvent::PortalToken).by(&self.actor).refused("bell_only");
                Err(Error::BellOnly)
            }
            _ => Ok(self.actor),
        }
    }

    /// The authority of a person. [`Error::Forbidden`] for an API key, [`Error::BellOnly`] for a portal token.
    pub fn person(self) -> Result<access::Person> {
        match self.actor()? {
            access::Actor::Person(person) => Ok(person),
            access::Actor::Sender(_) | access::Actor::Operator { .. } => Err(Error::Forbidden),
        }
    }

    /// The authority of a reader with their grant, for long responses. [`Error::Forbidden`] for a caller
    /// who sends a password with each request, because they have no grant.
    pub fn stream_reader(self) -> Result<(access::Person, Grant)> {
        let grant = self.grant.ok_or(Error::Forbidden)?;
        Ok((self.reader()?, grant))
    }

    /// The authority over one's own inbox, events and preferences. [`Error::Forbidden`] for an API key.
    pub fn reader(self) -> Result<access::Person> {
        match self.actor {
            access::Actor::Person(person) => Ok(person),
            access::Actor::Sender(_) | access::Actor::Operator { .. } => Err(Error::Forbidden),
        }
    }
}
