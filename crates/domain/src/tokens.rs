//! Issuing tokens, and the person who holds one.

use std::time::Duration;

use crate::{
    Campanile, Error, Person, Result, SecretHash, TenantId,
    model::{
        access::Actor,
        secret::SecretKind,
        token::{IssuedSecret, Token, TokenHolder, TokenSubject},
    },
    secret,
};

impl Campanile {
    pub(crate) async fn issue(&self, kind: SecretKind, tenant: TenantId, subject: TokenSubject, life: Duration) -> Result<IssuedSecret> {
        let secret = secret::generate(&*self.random, kind);
        let expires_at = self.now() + life;
        self.store.insert_token(SecretHash::of(&secret), Token { kind, tenant, subject, expires_at }).await?;
        Ok(IssuedSecret { secret, expires_at })
    }
}

pub(crate) fn token_person(bearer: Option<TokenHolder>) -> Result<Person> {
    match bearer.map(|bearer| bearer.actor) {
        Some(Actor::Person(person)) => Ok(person),
        _ => Err(Error::Unauthenticated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn a_token_of_a_key_is_not_a_person() {
        let bearer = |actor| Some(TokenHolder { actor, expires_at: fixtures::at(1) });
        let who = fixtures::person(false);
        assert_eq!(token_person(bearer(Actor::Person(who.clone()))).unwrap(), who);
        assert!(matches!(token_person(bearer(Actor::Sender(fixtures::key(&[])))), Err(Error::Unauthenticated)));
        assert!(matches!(token_person(None), Err(Error::Unauthenticated)));
    }
}
