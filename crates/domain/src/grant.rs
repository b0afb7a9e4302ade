//! The credential of a person, and when it expires. Long-lived responses, such as the event stream, end with
//! it.

use chrono::{DateTime, Utc};

use crate::{
    AudienceKey, Campanile, Error, Person, PersonId, Result, SecretHash, TenantId,
    access::Actor,
    identity::{Fresh, TICKET},
    secret::{self, Kind},
    security_log::{Entry, Event},
    store::{Bearer, Pass, PassSubject},
};

/// The credential that a person was authenticated by. It ends when it expires or is revoked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Grant {
    /// [`Kind::Session`], [`Kind::Personal`], or [`Kind::Portal`] for a token signed by a portal.
    pub kind: Kind,
    /// The hash of the token; for a portal's token, of the secret that signed it.
    pub hash: SecretHash,
    /// When it expires.
    pub until: DateTime<Utc>,
}

/// A person who receives a long-lived response.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person's id.
    pub person: PersonId,
    /// The person's credential.
    pub grant: Grant,
}

/// What a listener has access to now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// The keys that the person holds.
    pub keys: Vec<AudienceKey>,
    /// The revision of their inbox: [`campanile_shared::Snapshot::revision`].
    pub revision: u64,
}

impl Campanile {
    /// The person of a session or personal token, and the credential.
    pub async fn admit(&self, text: &str, kind: Kind) -> Result<(Person, Grant)> {
        let hash = SecretHash::of(text);
        let event = if kind == Kind::Personal { Event::PersonalToken } else { Event::Session };
        match self.store.pass(hash, kind, self.now()).await? {
            Some(Bearer { actor: Actor::Person(person), expires_at }) => Ok((person, Grant { kind, hash, until: expires_at })),
            _ => {
                Entry::new(event).refused("unknown");
                Err(Error::Unauthenticated)
            }
        }
    }

    /// Creates a one-use ticket for a long-lived response. It expires no later than the credential it is
    /// created with.
    pub async fn ticket(&self, who: &Person, grant: Grant) -> Result<Fresh> {
        let text = secret::generate(&*self.random, Kind::Ticket);
        let expires_at = (self.now() + TICKET).min(grant.until);
        let pass = Pass { kind: Kind::Ticket, tenant: who.tenant, subject: PassSubject::Person(who.id), expires_at };
        self.store.keep_ticket(SecretHash::of(&text), pass, grant).await?;
        Ok(Fresh { secret: text, expires_at })
    }

    /// The person of a ticket and the credential it was created with. This uses the ticket up.
    pub async fn take_ticket(&self, ticket: &str) -> Result<(Person, Grant)> {
        let taken = self.store.take_ticket(SecretHash::of(ticket), self.now()).await?;
        match &taken {
            Some((who, _)) => Entry::new(Event::Ticket).by_person(who).done(),
            None => Entry::new(Event::Ticket).refused("unknown"),
        }
        taken.ok_or(Error::Unauthenticated)
    }

    /// Checks that a person's credential is still valid; [`Error::Unauthenticated`] if not.
    pub async fn check_grant(&self, who: &Person, grant: Grant) -> Result<()> {
        let listener = Listener { tenant: who.tenant, person: who.id, grant };
        match &*self.store.standings(vec![listener], self.now()).await? {
            [Some(_)] => Ok(()),
            _ => Err(Error::Unauthenticated),
        }
    }
}
