//! The port to tokens and stream tickets.

use async_trait::async_trait;
use campanile_domain::{
    Person, Result, SecretHash,
    model::{
        grant::{Grant, Listener, ListenerAccess},
        secret::SecretKind,
        token::{Token, TokenHolder},
    },
    ports::tokens::TokenStore,
};
use chrono::{DateTime, Utc};

use crate::sqlite::{Sqlite, grants, tickets, tokens};

#[async_trait]
impl TokenStore for Sqlite {
    async fn insert_token(&self, hash: SecretHash, pass: Token) -> Result<()> {
        self.writer.write(move |writing| tokens::create_token(writing, hash, &pass)).await
    }

    async fn token(&self, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>> {
        self.read_pool.read(move |connection| tokens::find_token(connection, hash, kind, now)).await
    }

    async fn take_token(&self, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>> {
        self.writer.write(move |writing| tokens::redeem_token(writing, hash, kind, now)).await
    }

    async fn insert_ticket(&self, hash: SecretHash, pass: Token, maker: Grant) -> Result<()> {
        self.writer.write(move |writing| tickets::create_ticket(writing, hash, &pass, &maker)).await
    }

    async fn take_ticket(&self, hash: SecretHash, now: DateTime<Utc>) -> Result<Option<(Person, Grant)>> {
        self.writer.write(move |writing| tickets::redeem_ticket(writing, hash, now)).await
    }

    async fn listener_access(&self, listeners: Vec<Listener>, now: DateTime<Utc>) -> Result<Vec<Option<ListenerAccess>>> {
        self.read_pool.read(move |connection| grants::stream_states(connection, &listeners, now)).await
    }

    async fn delete_token(&self, hash: SecretHash) -> Result<()> {
        self.writer.write(move |writing| tokens::revoke_token(writing, hash)).await
    }
}
