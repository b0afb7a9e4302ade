//! API calls for sending and for finding recipients.

use campanile_shared::{
    Audience, Person, Receipt, SendRequest,
    directory::{AudienceSummary, Group},
    request_preview::RequestPreview,
};
use gloo_net::http::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Api, Result};
use crate::query_string;

#[derive(Deserialize)]
struct Groups {
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct People {
    items: Vec<Person>,
}

#[derive(Deserialize)]
struct RequestPreviews {
    items: Vec<RequestPreview>,
}

#[derive(Serialize)]
struct AudienceRequest<'a> {
    to: &'a Audience,
}

impl Api {
    /// People whose login or name begins with `start`, at most `limit` (1 to 50).
    pub async fn people(&self, start: &str, limit: u32) -> Result<Vec<Person>> {
        let query = query_string::encode(&[("q", start), ("limit", &limit.to_string())]);
        self.get(&format!("/people{query}")).await.map(|people: People| people.items)
    }

    /// Groups whose name, object or relation contains each of the words, at most `limit` (1 to 50).
    pub async fn groups(&self, words: &str, limit: u32) -> Result<Vec<Group>> {
        let query = query_string::encode(&[("q", words), ("limit", &limit.to_string())]);
        self.get(&format!("/directory/groups{query}")).await.map(|groups: Groups| groups.items)
    }

    /// The people whom an audience reaches now.
    pub async fn audience(&self, to: &Audience) -> Result<AudienceSummary> {
        self.send(Method::POST, "/audience", &AudienceRequest { to }).await
    }

    /// A send request as a request to each API that the server supports.
    pub async fn request_previews(&self, request: &SendRequest) -> Result<Vec<RequestPreview>> {
        self.send(Method::POST, "/request-previews", request).await.map(|previews: RequestPreviews| previews.items)
    }

    /// Sends a notification. `key` is the idempotency key: the server answers a repeated request with the first
    /// answer and sends nothing more.
    pub async fn send_notification(&self, request: &SendRequest, key: Uuid) -> Result<Receipt> {
        let key = key.to_string();
        self.send_with_headers(Method::POST, "/notifications", &[("Idempotency-Key", &key)], request).await
    }
}
