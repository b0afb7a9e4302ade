//! Sending, and finding whom to send to.

use campanile_shared::{Audience, Draft, Person, Receipt};
use gloo_net::http::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Api, Result};
use crate::query;

#[derive(Deserialize)]
struct People {
    items: Vec<Person>,
}

#[derive(Serialize)]
struct Question<'a> {
    to: &'a Audience,
}

#[derive(Deserialize)]
struct Size {
    people: u64,
}

impl Api {
    /// People whose login or name begins with `start`, at most `limit` (1 to 50) of them.
    pub async fn people(&self, start: &str, limit: u32) -> Result<Vec<Person>> {
        let query = query::write(&[("q", start), ("limit", &limit.to_string())]);
        self.get(&format!("/people{query}")).await.map(|people: People| people.items)
    }

    /// How many people an audience reaches now.
    pub async fn audience_size(&self, to: &Audience) -> Result<u64> {
        self.send(Method::POST, "/audience", &Question { to }).await.map(|size: Size| size.people)
    }

    /// Sends a notification. The server answers a repeat with the same `key` and the same draft as
    /// it answered the first, and sends nothing more.
    pub async fn send_draft(&self, draft: &Draft, key: Uuid) -> Result<Receipt> {
        let key = key.to_string();
        self.send_with(Method::POST, "/notifications", &[("Idempotency-Key", &key)], draft).await
    }
}
