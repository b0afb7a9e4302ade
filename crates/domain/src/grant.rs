//! What lets a person in, and until when. An answer that lasts, such as the event stream, ends with it.

use chrono::{DateTime, Utc};

use crate::{
    AudienceKey, Campanile, Error, Person, PersonId, Result, SecretHash, TenantId,
    access::Actor,
    identity::{Fresh, TICKET},
    secret::{self, Kind},
    security_log::{Entry, Event},
    store::{Bearer, Pass, PassSubject},
};

/// What a person was let in by. It ends at its time, or before that when it is revoked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Grant {
    /// [`Kind::Session`], [`Kind::Personal`], or [`Kind::Portal`] for a token that a portal signed.
    pub kind: Kind,
    /// Of its text; for a portal's token, of the secret that signed it.
    pub hash: SecretHash,
    /// When it ends at the latest.
    pub until: DateTime<Utc>,
}

/// Somebody who gets an answer that lasts.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// The person's tenant.
    pub tenant: TenantId,
    /// Who.
    pub person: PersonId,
    /// What let them in.
    pub grant: Grant,
}

/// What a listener may hear now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// The keys the person holds.
    pub keys: Vec<AudienceKey>,
    /// How often their inbox was changed: [`campanile_shared::Snapshot::revision`].
    pub revision: u64,
}

impl Campanile {
    /// The person of a session or of a token of their own, and what it is good for.
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

    /// A one-use ticket to an answer that lasts. It is good for no longer than what its maker came by.
    pub async fn ticket(&self, who: &Person, grant: Grant) -> Result<Fresh> {
        let text = secret::generate(&*self.random, Kind::Ticket);
        let expires_at = (self.now() + TICKET).min(grant.until);
        let pass = Pass { kind: Kind::Ticket, tenant: who.tenant, subject: PassSubject::Person(who.id), expires_at };
        self.store.keep_ticket(SecretHash::of(&text), pass, grant).await?;
        Ok(Fresh { secret: text, expires_at })
    }

    /// The person of a ticket, which is then used up, and what its maker came by.
    pub async fn take_ticket(&self, ticket: &str) -> Result<(Person, Grant)> {
        let taken = self.store.take_ticket(SecretHash::of(ticket), self.now()).await?;
        match &taken {
            Some((who, _)) => Entry::new(Event::Ticket).by_person(who).done(),
            None => Entry::new(Event::Ticket).refused("unknown"),
        }
        taken.ok_or(Error::Unauthenticated)
    }

    /// Asks again whether a person may be here; [`Error::Unauthenticated`] when not any more.
    pub async fn check_grant(&self, who: &Person, grant: Grant) -> Result<()> {
        let listener = Listener { tenant: who.tenant, person: who.id, grant };
        match &*self.store.standings(vec![listener], self.now()).await? {
            [Some(_)] => Ok(()),
            _ => Err(Error::Unauthenticated),
        }
    }
}
