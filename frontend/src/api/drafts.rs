//! API calls for the person's saved drafts.

use campanile_shared::kept::{KeptDraft, Letter};
use gloo_net::http::Method;
use serde::Deserialize;
use uuid::Uuid;

use super::{Api, Result, answer};

#[derive(Deserialize)]
struct Drafts {
    items: Vec<KeptDraft>,
}

impl Api {
    /// The person's drafts, the last saved first.
    pub async fn drafts(&self) -> Result<Vec<KeptDraft>> {
        self.get("/drafts").await.map(|drafts: Drafts| drafts.items)
    }

    /// A draft.
    pub async fn draft(&self, id: Uuid) -> Result<Letter> {
        self.get(&format!("/drafts/{id}")).await
    }

    /// Saves a draft. A draft with the same id is replaced.
    pub async fn keep_draft(&self, id: Uuid, letter: &Letter) -> Result<KeptDraft> {
        self.send(Method::PUT, &format!("/drafts/{id}"), letter).await
    }

    /// Deletes a draft.
    pub async fn forget_draft(&self, id: Uuid) -> Result<()> {
        answer(self.request(Method::DELETE, &format!("/drafts/{id}")), None).await.map(drop)
    }
}
