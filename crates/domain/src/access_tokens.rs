//! Short-lived access tokens for which API keys are exchanged.

use crate::{
    Campanile, Error, Result, SecretHash, Sender,
    lifetimes::ACCESS_TOKEN_LIFETIME,
    model::{
        access::Actor,
        secret::SecretKind,
        token::{IssuedSecret, TokenSubject},
    },
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
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
}
