//! API calls for the person's saved drafts.

use campanile_shared::saved_draft::{SavedDraft, SavedDraftContent};
use gloo_net::http::Method;
use serde::Deserialize;
use uuid::Uuid;

use super::{Api, Result, execute};

#[derive(Deserialize)]
struct Drafts {
    items: Vec<SavedDraft>,
}

impl Api {
    /// The person's drafts, the last saved first.
    pub async fn drafts(&self) -> Result<Vec<SavedDraft>> {
        self.get("/drafts").await.map(|drafts: Drafts| drafts.items)
    }

    /// A draft.
    pub async fn draft(&self, id: Uuid) -> Result<SavedDraftContent> {
        self.get(&format!("/drafts/{id}")).await
    }

    /// Saves a draft. A draft with the same id is replaced.
    pub async fn save_draft(&self, id: Uuid, letter: &SavedDraftContent) -> Result<SavedDraft> {
        self.send(Method::PUT, &format!("/drafts/{id}"), letter).await
    }

    /// Deletes a draft.
    pub async fn delete_draft(&self, id: Uuid) -> Result<()> {
        execute(self.request(Method::DELETE, &format!("/drafts/{id}")), None).await.map(drop)
    }
}
