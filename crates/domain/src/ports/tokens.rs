//! The port to tokens and stream tickets in the store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Person, Result, SecretHash,
    model::{
        grant::{Grant, Listener, ListenerAccess},
        secret::SecretKind,
        token::{Token, TokenHolder},
    },
};

/// The store of tokens and stream tickets.
#[async_trait]
pub trait TokenStore: Send + Sync + 'static {
    /// Stores a token until it expires; [`crate::Error::Unauthenticated`] if its person is disabled or its
    /// key revoked. Only the last 20 known browsers of a person are kept.
    async fn insert_token(&self, hash: SecretHash, pass: Token) -> Result<()>;

    /// The holder of a token of this kind with this hash, if the token has not expired and its person or key
    /// is still valid.
    async fn token(&self, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>>;

    /// Like [`token`](Self::token), but also deletes the token, so that it cannot be used again.
    async fn take_token(&self, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>>;

    /// Stores a stream ticket until it expires, with the credential of the person who requested it.
    async fn insert_ticket(&self, hash: SecretHash, pass: Token, maker: Grant) -> Result<()>;

    /// The person of a stream ticket and the credential they requested it with, if both are still valid.
    /// Deletes the ticket.
    async fn take_ticket(&self, hash: SecretHash, now: DateTime<Utc>) -> Result<Option<(Person, Grant)>>;

    /// What each listener has access to now; `None` for those who have lost access.
    async fn listener_access(&self, listeners: Vec<Listener>, now: DateTime<Utc>) -> Result<Vec<Option<ListenerAccess>>>;

    /// Deletes a token; does nothing if there is none.
    async fn delete_token(&self, hash: SecretHash) -> Result<()>;
}
