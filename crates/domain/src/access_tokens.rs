//! Short-lived access tokens for which API keys are exchanged.

use crate::{
    Campanile, Error, Result, Sender,
    lifetimes::ACCESS_TOKEN_LIFETIME,
    model::{
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

    /// The sender of an access token. A token is cached for a second, like an API key.
    pub async fn token_sender(&self, token: &str) -> Result<Sender> {
        let sender = self.cached_sender(SecretKind::AccessToken, token).await;
        if let Err(Error::Unauthenticated) = sender {
            Entry::new(SecurityEvent::ApiKey).detail("token").refused("unknown");
        }
        sender
    }
}
