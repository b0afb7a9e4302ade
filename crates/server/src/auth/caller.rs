//! A caller with the credential they came by, which bounds what they may ask for.
//!
//! An embedding portal vouches for its people so that they see their bell, not so that they
//! administer the tenant: its token gives a [`Reader`](super::Reader) and nothing else. What a
//! caller is can be taken out only as one of three authorities, so a new call is closed to portal
//! tokens until it asks for a reader.

use campanile_domain::{
    Error, Grant, Result, access,
    secret::Kind,
    security_log::{Entry, Event},
};

use crate::app::App;

/// What proves who calls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Credential {
    /// An API key.
    Key,
    /// A session, as a cookie or as a bearer token.
    Session,
    /// A person's own token for programs.
    PersonalToken,
    /// A login and a password, sent with the request (RFC 7617).
    Password,
    /// A token signed by an embedding portal. It is for the bell: inbox, events, own preferences.
    Portal,
}

/// Somebody who has proven who they are.
pub struct Caller {
    actor: access::Actor,
    credential: Credential,
    grant: Option<Grant>,
}

impl Caller {
    /// Somebody with the credential that was checked.
    pub const fn new(actor: access::Actor, credential: Credential) -> Self {
        Self { actor, credential, grant: None }
    }

    /// A person with what let them in.
    pub fn admitted((person, grant): (access::Person, Grant), credential: Credential) -> Self {
        Self { actor: access::Actor::Person(person), credential, grant: Some(grant) }
    }

    /// Who stands behind a bearer token: an API key, a session, a person's own token, or one that an
    /// embedding portal signed. [`Error::Unauthenticated`] when it does not hold.
    pub async fn of_token(app: &App, token: &str) -> Result<Self> {
        let campanile = &app.campanile;
        let (admitted, credential) = match token.get(..4) {
            Some("cmp_") => {
                let sender = campanile.sender(token).await?;
                app.limiter.request(&sender)?;
                return Ok(Self::new(access::Actor::Sender(sender), Credential::Key));
            }
            Some("cms_") => (campanile.admit(token, Kind::Session).await?, Credential::Session),
            Some("cmu_") => (campanile.admit(token, Kind::Personal).await?, Credential::PersonalToken),
            _ => (campanile.portal_person(token).await?, Credential::Portal),
        };
        app.limiter.person(admitted.0.id)?;
        Ok(Self::admitted(admitted, credential))
    }

    /// In whose name they ask, for what is limited for each.
    pub fn asks(&self) -> campanile_domain::searches::Caller {
        (&self.actor).into()
    }

    /// By which credential they came.
    pub const fn credential(&self) -> Credential {
        self.credential
    }

    /// The authority of a person or key, whatever their rights are. [`Error::BellOnly`] for a portal's token.
    pub fn actor(self) -> Result<access::Actor> {
        match self.credential {
            Credential::Portal => {
                Entry::new(Event::PortalToken).by(&self.actor).refused("bell_only");
                Err(Error::BellOnly)
            }
            _ => Ok(self.actor),
        }
    }

    /// The authority of a person. [`Error::Forbidden`] for a key, [`Error::BellOnly`] for a portal's token.
    pub fn person(self) -> Result<access::Person> {
        match self.actor()? {
            access::Actor::Person(person) => Ok(person),
            access::Actor::Sender(_) => Err(Error::Forbidden),
        }
    }

    /// The authority of a reader with what ends it, for answers that last. Who sends a password with
    /// each request gets none.
    pub fn listener(self) -> Result<(access::Person, Grant)> {
        let grant = self.grant.ok_or(Error::Forbidden)?;
        Ok((self.reader()?, grant))
    }

    /// The authority over one's own inbox, events and preferences. [`Error::Forbidden`] for a key.
    pub fn reader(self) -> Result<access::Person> {
        match self.actor {
            access::Actor::Person(person) => Ok(person),
            access::Actor::Sender(_) => Err(Error::Forbidden),
        }
    }
}
