//! The port to inboxes.

use async_trait::async_trait;
use campanile_domain::{
    PersonId, Result, TenantId,
    model::{
        inbox_item::{BroadcastQuery, DatedItem, InboxUpdate, StoredItem, StoredPage, StreamStart},
        listing::Listing,
    },
    ports::inboxes::InboxStore,
};
use campanile_shared::{Filter, InboxChange, InboxChangeResult, MatchCount, Snapshot, inbox::Selection, sent::ButtonClick};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::sqlite::{
    Sqlite, columns,
    inbox::{
        self,
        change::{Progress, StepResult},
        change_command::ChangeCommand,
        seen, stream,
    },
};
use crate::state::StateChange;

#[async_trait]
impl InboxStore for Sqlite {
    async fn components(&self, tenant: TenantId, person: PersonId) -> Result<Vec<String>> {
        let list =
            move |connection: &rusqlite::Connection| inbox::components::list(connection, &inbox::Inbox::load(connection, tenant, person)?);
        self.read_pool.read(list).await
    }

    async fn snapshot(&self, tenant: TenantId, person: PersonId) -> Result<Snapshot> {
        self.read_pool.read(move |connection| inbox::Inbox::load(connection, tenant, person)?.snapshot(connection)).await
    }

    async fn inbox_page(&self, tenant: TenantId, person: PersonId, filter: &Filter, before: Option<u64>, limit: u32) -> Result<StoredPage> {
        let filter = filter.clone();
        // Reading a whole view is short. A filter may have to look at any item.
        let turn = if filter.is_whole_view() { None } else { Some(self.query_permit(&filter).await?) };
        self.read_pool.run(turn, move |reader| inbox::page::page(reader, tenant, person, &filter, before, limit)).await
    }

    async fn count_matching(&self, tenant: TenantId, person: PersonId, filter: &Filter, most: u32) -> Result<MatchCount> {
        let filter = filter.clone();
        let turn = if filter.is_whole_view() { None } else { Some(self.query_permit(&filter).await?) };
        self.read_pool.run(turn, move |reader| inbox::page::count(reader, tenant, person, &filter, most)).await
    }

    async fn inbox_item(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<StoredItem>> {
        self.read_pool.read(move |connection| inbox::page::by_id(connection, tenant, person, id)).await
    }

    async fn items_by_broadcast(
        &self,
        tenant: TenantId,
        person: PersonId,
        query: BroadcastQuery,
        limit: u32,
    ) -> Result<(Vec<DatedItem>, Option<u64>)> {
        self.read_pool.query(move |connection| inbox::broadcast_split::page(connection, tenant, person, &query, limit)).await
    }

    async fn count_by_broadcast(&self, tenant: TenantId, person: PersonId, query: BroadcastQuery, most: u32) -> Result<u32> {
        self.read_pool.query(move |connection| inbox::broadcast_split::count(connection, tenant, person, &query, most)).await
    }

    async fn record_click(&self, tenant: TenantId, person: PersonId, id: Uuid, button: u32, now: DateTime<Utc>) -> Result<StoredItem> {
        self.writer.write(move |writing| inbox::click::record_click(writing, tenant, person, id, button, now)).await
    }

    async fn button_clicks(&self, tenant: TenantId, id: Uuid, after: Option<u64>, limit: u32) -> Result<Listing<ButtonClick, u64>> {
        self.read_pool.read(move |connection| inbox::button_clicks::clicks(connection, tenant, id, after, limit)).await
    }

    async fn change_items(
        &self,
        tenant: TenantId,
        person: PersonId,
        change: InboxChange,
        undo: Uuid,
        now: DateTime<Utc>,
    ) -> Result<InboxChangeResult> {
        let until = change.until.map(columns::to_micros);
        let order = ChangeCommand { tenant, person, change: StateChange::of(change.action), snooze_until: until, undo, now };
        let (view, up_to) = match change.items {
            Selection::Ids(ids) => return self.writer.write(move |writing| inbox::change::change_ids(writing, &order, &ids)).await,
            Selection::Matching { filter, up_to } if filter.is_whole_view() => (filter.view, up_to),
            Selection::Matching { filter, up_to } => return self.change_matching(order, filter, up_to).await,
        };
        let mut progress = Progress::default();
        loop {
            let step = self.writer.write(move |writing| inbox::change::change_view(writing, &order, view, up_to, progress)).await?;
            match step {
                StepResult::More(further) => progress = further,
                StepResult::Done(changed) => return Ok(changed),
            }
        }
    }

    async fn undo_change(&self, tenant: TenantId, person: PersonId, undo: Uuid, now: DateTime<Utc>) -> Result<InboxChangeResult> {
        self.writer.write(move |writing| inbox::undo::claim(writing, tenant, person, undo, now)).await?;
        loop {
            if let Some(changed) = self.writer.write(move |writing| inbox::undo::step(writing, tenant, person, undo)).await? {
                return Ok(changed);
            }
        }
    }

    async fn mark_seen(&self, tenant: TenantId, person: PersonId, up_to: u64) -> Result<Snapshot> {
        self.writer.write(move |writing| seen::mark_seen(writing, tenant, person, up_to)).await
    }

    async fn stream_start(&self, tenant: TenantId, person: PersonId) -> Result<StreamStart> {
        self.read_pool.read(move |connection| stream::stream_start(connection, tenant, person)).await
    }

    async fn inbox_since(&self, tenant: TenantId, person: PersonId, since: Snapshot, limit: u32) -> Result<InboxUpdate> {
        self.read_pool.read(move |connection| inbox::catch_up::inbox_since(connection, tenant, person, since, limit)).await
    }
}
