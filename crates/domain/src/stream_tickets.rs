//! One-use tickets for the event stream.

use crate::{
    Campanile, Error, Person, Result, SecretHash,
    lifetimes::STREAM_TICKET_LIFETIME,
    model::{
        grant::Grant,
        secret::SecretKind,
        token::{IssuedSecret, Token, TokenSubject},
    },
    secret,
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
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
}
