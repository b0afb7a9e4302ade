//! The port to saved drafts.

use async_trait::async_trait;
use campanile_domain::{PersonId, Result, TenantId, ports::saved_drafts::SavedDraftStore};
use campanile_shared::saved_draft::{SavedDraft, SavedDraftContent};
use uuid::Uuid;

use crate::sqlite::{Sqlite, saved_drafts};

#[async_trait]
impl SavedDraftStore for Sqlite {
    async fn saved_drafts(&self, tenant: TenantId, person: PersonId) -> Result<Vec<SavedDraft>> {
        self.read_pool.read(move |connection| saved_drafts::list(connection, tenant, person)).await
    }

    async fn saved_draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<SavedDraftContent>> {
        self.read_pool.read(move |connection| saved_drafts::find(connection, tenant, person, id)).await
    }

    async fn save_draft(&self, tenant: TenantId, person: PersonId, kept: SavedDraft, letter: String, most: u32) -> Result<bool> {
        self.writer.write(move |writing| saved_drafts::save(writing, tenant, person, &kept, &letter, most)).await
    }

    async fn delete_draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<()> {
        self.writer.write(move |writing| saved_drafts::delete(writing, tenant, person, id)).await
    }
}
