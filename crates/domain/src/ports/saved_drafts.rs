//! The port to saved drafts in the store.

use async_trait::async_trait;
use campanile_shared::saved_draft::{SavedDraft, SavedDraftContent};
use uuid::Uuid;

use crate::{PersonId, Result, TenantId};

/// The store of saved drafts.
#[async_trait]
pub trait SavedDraftStore: Send + Sync + 'static {
    /// A person's saved drafts, last saved first.
    async fn saved_drafts(&self, tenant: TenantId, person: PersonId) -> Result<Vec<SavedDraft>>;

    /// One saved draft.
    async fn saved_draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<SavedDraftContent>>;

    /// Saves a draft, replacing the one with its id. Returns `false`, and saves nothing, if the person would
    /// have more than `most`.
    async fn save_draft(&self, tenant: TenantId, person: PersonId, kept: SavedDraft, letter: String, most: u32) -> Result<bool>;

    /// Deletes a saved draft; does nothing if there is none.
    async fn delete_draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<()>;
}
