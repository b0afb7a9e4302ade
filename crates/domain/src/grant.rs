//! The credential of a person, and when it expires. Long-lived responses, such as the event stream, end with
//! it.

use crate::{
    Campanile, Error, Person, Result, SecretHash,
    identity::STREAM_TICKET_LIFETIME,
    model::{
        access::Actor,
        grant::{Grant, Listener},
        secret::SecretKind,
        token::{IssuedSecret, Token, TokenHolder, TokenSubject},
    },
    secret,
    security_log::{Entry, SecurityEvent},
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

    /// Creates a one-use ticket for a long-lived response. It expires no later than the credential it is
    /// created with.
    pub async fn create_ticket(&self, who: &Person, grant: Grant) -> Result<IssuedSecret> {
        let text = secret::generate(&*self.random, SecretKind::StreamTicket);
        let expires_at = (self.now() + STREAM_TICKET_LIFETIME).min(grant.expires_at);
        let pass = Token { kind: SecretKind::StreamTicket, tenant: who.tenant, subject: TokenSubject::Person(who.id), expires_at };
        self.store.insert_ticket(SecretHash::of(&text), pass, grant).await?;
        Ok(IssuedSecret { secret: text, expires_at })
    }

    /// The person of a ticket and the credential it was created with. This uses the ticket up.
    pub async fn redeem_ticket(&self, ticket: &str) -> Result<(Person, Grant)> {
        let taken = self.store.take_ticket(SecretHash::of(ticket), self.now()).await?;
        match &taken {
            Some((who, _)) => Entry::new(SecurityEvent::Ticket).by_person(who).done(),
            None => Entry::new(SecurityEvent::Ticket).refused("unknown"),
        }
        taken.ok_or(Error::Unauthenticated)
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
