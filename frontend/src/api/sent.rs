//! What the tenant sent.

use campanile_shared::sent::{Sent, SentPage};
use uuid::Uuid;

use super::{Api, Result};
use crate::query;

impl Api {
    /// A page of what was sent, the newest first; `cursor` is the `next` of the page before.
    pub async fn sent(&self, cursor: Option<&str>, limit: u32) -> Result<SentPage> {
        let query = query::write(&[("cursor", cursor.unwrap_or_default()), ("limit", &limit.to_string())]);
        self.get(&format!("/notifications{query}")).await
    }

    /// One notification that was sent.
    pub async fn sent_one(&self, id: Uuid) -> Result<Sent> {
        self.get(&format!("/notifications/{id}")).await
    }
}
