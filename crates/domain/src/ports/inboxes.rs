//! The port to inboxes in the store.

use async_trait::async_trait;
use campanile_shared::{Filter, InboxChange, InboxChangeResult, MatchCount, Snapshot, sent::ButtonClick};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    PersonId, Result, TenantId,
    model::{
        inbox_item::{BroadcastQuery, DatedItem, InboxUpdate, StoredItem, StoredPage, StreamStart},
        listing::Listing,
    },
};

/// The store of inboxes.
#[async_trait]
pub trait InboxStore: Send + Sync + 'static {
    /// The components of the notifications in a person's inbox, dismissed ones included, in alphabetical
    /// order. About the newest 20,000 notifications are looked at, and at most 1,000 components returned.
    async fn components(&self, tenant: TenantId, person: PersonId) -> Result<Vec<String>>;

    /// The counts of an inbox.
    async fn snapshot(&self, tenant: TenantId, person: PersonId) -> Result<Snapshot>;

    /// A page of an inbox, newest first, below the sequence `before`. The work is bounded by the page and a
    /// fixed scan budget: a page may hold fewer items than asked for (even none) and still return a `next`.
    async fn inbox_page(&self, tenant: TenantId, person: PersonId, filter: &Filter, before: Option<u64>, limit: u32) -> Result<StoredPage>;

    /// How many items of an inbox match a filter, counted up to `most`. The work is bounded.
    async fn count_matching(&self, tenant: TenantId, person: PersonId, filter: &Filter, most: u32) -> Result<MatchCount>;

    /// One item of an inbox; `None` if it is not in the inbox.
    async fn inbox_item(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<StoredItem>>;

    /// Items of an inbox by whether they were broadcast, newest first, and the sequence below which the next
    /// page begins. The cost depends only on the items that match.
    async fn items_by_broadcast(
        &self,
        tenant: TenantId,
        person: PersonId,
        query: BroadcastQuery,
        limit: u32,
    ) -> Result<(Vec<DatedItem>, Option<u64>)>;

    /// How many items match such a query, counted up to `most`.
    async fn count_by_broadcast(&self, tenant: TenantId, person: PersonId, query: BroadcastQuery, most: u32) -> Result<u32>;

    /// Records that a person clicked a button of an item, by its index from 0. Only the first click counts.
    /// Returns the item as it is then; [`crate::Error::NotFound`] if it is not in the inbox or has no such
    /// button.
    async fn record_click(&self, tenant: TenantId, person: PersonId, id: Uuid, button: u32, now: DateTime<Utc>) -> Result<StoredItem>;

    /// All clicks on a notification's buttons after the row `after`, earliest first.
    async fn button_clicks(&self, tenant: TenantId, id: Uuid, after: Option<u64>, limit: u32) -> Result<Listing<ButtonClick, u64>>;

    /// Changes items of an inbox. A change that snoozes must have a time. The change can be undone with the
    /// id `undo`, returned in `InboxChangeResult::undo`.
    async fn change_items(
        &self,
        tenant: TenantId,
        person: PersonId,
        change: InboxChange,
        undo: Uuid,
        now: DateTime<Utc>,
    ) -> Result<InboxChangeResult>;

    /// Undoes a change that is at most ten minutes old, once; [`crate::Error::NotFound`] otherwise.
    async fn undo_change(&self, tenant: TenantId, person: PersonId, undo: Uuid, now: DateTime<Utc>) -> Result<InboxChangeResult>;

    /// Records that the person has seen everything up to this sequence.
    async fn mark_seen(&self, tenant: TenantId, person: PersonId, up_to: u64) -> Result<Snapshot>;

    /// What a stream starts with: the keys that the person holds and the inbox, both now.
    async fn stream_start(&self, tenant: TenantId, person: PersonId) -> Result<StreamStart>;

    /// What happened in an inbox since a snapshot, whose counts are ignored. More than `limit` items are not listed, and
    /// nothing since a snapshot of another generation.
    async fn inbox_since(&self, tenant: TenantId, person: PersonId, since: Snapshot, limit: u32) -> Result<InboxUpdate>;
}
