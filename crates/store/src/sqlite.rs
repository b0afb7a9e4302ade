//! The SQLite adapter: one file, one thread that writes and a few that read.
//!
//! This module decides which call reads and which writes. The modules below do the work.

mod audience;
mod audience_keys;
mod backup;
mod checkpoints;
mod columns;
mod connection;
mod database_paths;
mod deletion_time;
mod deliveries;
mod directory;
mod error;
mod external_commits;
mod file_checks;
mod file_copy;
mod file_error;
mod generation;
mod grants;
mod housekeeping;
mod inbox;
mod last_administrator;
mod leases;
mod limits;
mod members;
mod migrations;
mod name_set;
mod notifications;
mod notifications_read;
mod options;
mod page_budget;
mod pagination;
mod people;
mod query_timeout;
mod read_pool;
mod recall_and_correct;
mod relations;
mod roles;
mod saved_drafts;
mod scheduled;
mod search_index;
mod search_unindexed;
mod secrets;
mod server_lock;
mod size_quota;
mod tenants;
mod threads;
mod timeouts;
mod volume;
mod webhooks;
mod write_thread;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use campanile_domain::{
    AudienceKey, Error, KeyId, NewNotification, NewPerson, Notification, Person, PersonId, Result, SecretHash, Sender, Store,
    StoreListener, Tenant, TenantId, TenantSettings,
    delivery::{AttemptRecord, DueDelivery, FirstAttempts},
    grant::{Grant, Listener, ListenerAccess},
    housekeeping::DeletionTime,
    members::MemberCursor as MemberPlace,
    notification::Reviser,
    relations::{PutResult, RelationPattern, Role, RoleQuery},
    scheduled::{ScheduledCursor, ScheduledNotification},
    secret::SecretKind,
    store::{
        Accepted, BroadcastQuery, CatchUp, DatedItem, IdempotencyKey, Listing, QueueCapacity, RecordedResponse, StoredApiKey, StoredItem,
        StoredPage, StreamStart, TemporaryNames, ThreadReport, Token, TokenHolder,
    },
    volume::VolumeFilter,
    webhook::WebhookEndpoint,
};
use campanile_shared::{
    Content, Filter, InboxChange, InboxChangeResult, MatchCount, Person as Profile, Preferences, Snapshot,
    administration::{Member, NewApiKey},
    delivery::{Delivery, DeliveryCounts},
    directory::{AudienceSummary, ObjectRecord, PersonRecord, Record, Relation},
    inbox::Selection,
    saved_draft::{SavedDraft, SavedDraftContent},
    sent::{ButtonClick, Recipient, RecipientCounts},
    volume::Volume,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use self::{
    backup::{backup, restore},
    file_copy::CopySummary,
    file_error::FileError,
    options::{Limits, Options, Timeouts},
    server_lock::{Locked, ServerLock},
};
use self::{
    checkpoints::Checkpoints,
    error::StoreError,
    external_commits::ExternalCommits,
    file_checks::FileState,
    inbox::change::{ChangeCommand, Progress, StepResult},
    leases::Leases,
    read_pool::{QueryPermit, ReadPool, Reader},
    size_quota::SizeQuota,
    write_thread::{INDEX_BATCH, WriteThread, WriteTransaction},
};
use crate::state::StateChange;

/// Pages of the search index to merge after a search wrote a step of it: enough to keep up with what the step
/// adds.
const MERGE_PAGES_PER_STEP: u32 = 128;

/// The most steps of the index in one round of housekeeping.
const MAX_REBUILD_STEPS: u32 = 10;

/// The most items that one step of a filtered change writes.
const MAX_CHANGED_PER_STEP: usize = 500;

/// A database file. Dropping it waits until everything accepted is written.
pub struct Sqlite {
    read_pool: ReadPool,
    writer: WriteThread,
    leases: Leases,
    checkpoint_thread: Option<threads::ThreadMonitor>,
    external_commits: Arc<ExternalCommits>,
    /// Dropped last: until then no other process may serve the file.
    _serving: Option<ServingGuard>,
}

/// The right to serve the file. Dropping it records that the server ended in order.
struct ServingGuard {
    path: PathBuf,
    lock: ServerLock,
}

impl Drop for ServingGuard {
    fn drop(&mut self) {
        generation::stop_serving(&self.path, &mut self.lock);
    }
}

impl Sqlite {
    /// Opens the file or creates it, and migrates its schema. Other processes may have it open too; `live` is
    /// notified of the commits of this process.
    pub fn open(path: &Path, options: Options, live: Arc<dyn StoreListener>) -> Result<Self> {
        Self::open_as(path, options, live, None)
    }

    /// The same for the one process that serves the file, until this is dropped.
    pub fn serve(path: &Path, options: Options, live: Arc<dyn StoreListener>, lock: ServerLock) -> Result<Self> {
        Self::open_as(path, options, live, Some(lock))
    }

    fn open_as(path: &Path, options: Options, live: Arc<dyn StoreListener>, lock: Option<ServerLock>) -> Result<Self> {
        let explained = |fault: StoreError| FileError::from_sqlite(&fault, path);
        if file_checks::inspect(path)? == FileState::Nothing {
            let mut connection = connection::create(path).map_err(explained)?;
            migrations::run(&mut connection).map_err(explained)?;
        }
        let mut connection = connection::open_writer(path).map_err(explained)?;
        file_checks::check_schema(&connection, path)?;
        if migrations::run(&mut connection).map_err(explained)? {
            // So that a plain copy of the file has the new schema at once.
            checkpoints::truncate(&connection);
        }
        generation::create_if_absent(&connection)?;
        let lock = lock.map(|mut lock| generation::start_serving(&connection, path, &mut lock).map(|()| lock)).transpose()?;
        let space = options.max_bytes.map(|bytes| SizeQuota::new(&connection, bytes)).transpose()?;
        if let Some(space) = space {
            space.close_reserve(&connection)?;
        }
        let elsewhere = Arc::new(ExternalCommits::new(&connection)?);
        let checkpoints = Checkpoints::start(path, &mut connection)?;
        let log = checkpoints.watch();
        let writer =
            WriteThread::start(connection, checkpoints, live, options.limits, space).map_err(|error| Error::Unavailable(error.into()))?;
        let readers = ReadPool::start(path, options.reader_threads, options.timeouts)?;
        Ok(Self {
            read_pool: readers,
            writer,
            leases: Leases::default(),
            checkpoint_thread: log,
            external_commits: elsewhere,
            _serving: lock.map(|lock| ServingGuard { path: path.to_owned(), lock }),
        })
    }

    /// Waits for a thread to query the inbox. When the search index lags far behind, a search first writes one
    /// step of it: only one, so that others do not wait long for the writer. On a full disk the index stays
    /// behind and the search goes on.
    async fn query_permit(&self, filter: &Filter) -> Result<QueryPermit> {
        let turn = self.read_pool.acquire_query().await?;
        if filter.text.is_some() && self.read_pool.read(search_index::is_lagging).await? {
            let step = |writing: &mut WriteTransaction<'_>| {
                search_index::index(writing.connection, INDEX_BATCH)?;
                search_index::merge(writing.connection, MERGE_PAGES_PER_STEP)
            };
            match self.writer.write_relaxed(step).await {
                Ok(_) | Err(Error::StorageFull) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(turn)
    }

    /// Writes a part of the search index when it lags far behind, for example after a full disk. Other writes
    /// may run between the steps.
    async fn rebuild_search_index(&self) -> Result<()> {
        for _ in 0..MAX_REBUILD_STEPS {
            if !self.read_pool.read(search_index::is_far_behind).await? {
                break;
            }
            let step = |writing: &mut WriteTransaction<'_>| {
                search_index::index(writing.connection, INDEX_BATCH)?;
                search_index::merge(writing.connection, MERGE_PAGES_PER_STEP)
            };
            match self.writer.write_relaxed(step).await {
                Ok(_) => {}
                Err(Error::StorageFull) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Changes all items that match a filter. Readers find the items, so that the writer never searches.
    async fn change_matching(&self, order: ChangeCommand, filter: Filter, up_to: u64) -> Result<InboxChangeResult> {
        let (tenant, person, view) = (order.tenant, order.person, filter.view);
        if let Some(text) = &filter.text {
            search_index::check_complete(tenant, text)?;
        }
        let filter = Arc::new(filter);
        let mut progress = Progress::default();
        loop {
            let before = progress.before.unwrap_or_else(|| up_to.saturating_add(1));
            let (turn, searched) = (self.query_permit(&filter).await?, Arc::clone(&filter));
            let find =
                move |reader: &Reader| inbox::page::matching_sequences(reader, tenant, person, &searched, before, MAX_CHANGED_PER_STEP);
            let (sequences, rest) = self.read_pool.query_with(turn, find).await?;
            let step =
                self.writer.write(move |writing| inbox::change::change_found(writing, &order, view, &sequences, rest, progress)).await?;
            match step {
                StepResult::More(further) => progress = further,
                StepResult::Done(changed) => return Ok(changed),
            }
        }
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn insert_notification(&self, tenant: TenantId, new: NewNotification, claim: Option<IdempotencyKey>) -> Result<Accepted> {
        let prepared = notifications::PreparedNotification::new(new, claim)?;
        self.writer.write_without_savepoint(move |writing| notifications::accept(writing, tenant, prepared)).await
    }

    async fn recorded_response(&self, tenant: TenantId, claim: &IdempotencyKey, now: DateTime<Utc>) -> Result<Option<RecordedResponse>> {
        let claim = claim.clone();
        self.read_pool.read(move |connection| notifications::recorded_response(connection, tenant, &claim, now)).await
    }

    async fn notifications(&self, tenant: TenantId, before: Option<u64>, limit: u32) -> Result<Listing<Notification, u64>> {
        self.read_pool.read(move |connection| notifications_read::page(connection, tenant, before, limit)).await
    }

    async fn notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<Notification>> {
        self.read_pool.read(move |connection| notifications_read::by_id(connection, tenant, id)).await
    }

    async fn audience_size(&self, tenant: TenantId, keys: &[AudienceKey]) -> Result<u64> {
        let keys = keys.to_vec();
        self.read_pool.read(move |connection| audience_keys::audience_size(connection, tenant, &keys)).await
    }

    async fn audience(&self, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary> {
        let keys = keys.to_vec();
        self.read_pool.query(move |connection| audience::summary(connection, tenant, &keys, limit)).await
    }

    async fn recipients(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<(Listing<Recipient, PersonId>, RecipientCounts)> {
        self.read_pool.query(move |connection| audience::recipients(connection, tenant, id, after, limit)).await
    }

    async fn schedule(
        &self,
        tenant: TenantId,
        scheduled: &ScheduledNotification,
        claim: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Accepted> {
        let scheduled = scheduled.clone();
        self.writer.write(move |writing| scheduled::insert(writing, tenant, &scheduled, claim.as_ref(), now)).await
    }

    async fn scheduled(
        &self,
        tenant: TenantId,
        after: Option<ScheduledCursor>,
        limit: u32,
    ) -> Result<Listing<ScheduledNotification, ScheduledCursor>> {
        self.read_pool.read(move |connection| scheduled::list(connection, tenant, after, limit)).await
    }

    async fn scheduled_notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<ScheduledNotification>> {
        self.read_pool.read(move |connection| scheduled::find(connection, tenant, id)).await
    }

    async fn due_scheduled(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<(TenantId, ScheduledNotification)>> {
        self.read_pool.read(move |connection| scheduled::find_due(connection, now, limit)).await
    }

    async fn publish_scheduled(&self, tenant: TenantId, new: NewNotification) -> Result<Accepted> {
        let prepared = notifications::PreparedNotification::new(new, None)?;
        self.writer.write(move |writing| scheduled::publish(writing, tenant, prepared)).await
    }

    async fn cancel_scheduled(&self, tenant: TenantId, id: Uuid) -> Result<()> {
        self.writer.write(move |writing| scheduled::delete(writing, tenant, id)).await
    }

    async fn expand_mailing(&self, now: DateTime<Utc>, lane: &str, limit: u32) -> Result<u32> {
        // No caller should wait for a write that does nothing.
        if !self.read_pool.read(deliveries::has_mailings).await? {
            return Ok(0);
        }
        let lane = lane.to_owned();
        self.writer.write_relaxed(move |writing| deliveries::expand_mailing(writing, now, &lane, limit)).await
    }

    async fn lease_deliveries(
        &self,
        now: DateTime<Utc>,
        lease: DateTime<Utc>,
        room: QueueCapacity,
        limit: u32,
    ) -> Result<Vec<DueDelivery>> {
        let _turn = self.leases.lock_leasing().await;
        let held = self.leases.leased_rows(now);
        let due = self.read_pool.read(move |connection| deliveries::find_due(connection, now, &held, &room, limit)).await?;
        self.leases.lease(due.iter().map(|(row, due)| (due.id, *row)), lease);
        Ok(due.into_iter().map(|(_, due)| due).collect())
    }

    async fn release_leases(&self, claims: Vec<(Uuid, DateTime<Utc>)>, _: DateTime<Utc>) -> Result<()> {
        self.leases.release(&claims);
        Ok(())
    }

    async fn record_attempts(&self, outcomes: Vec<AttemptRecord>) -> Result<()> {
        let ids: Vec<Uuid> = outcomes.iter().map(|outcome| outcome.id).collect();
        let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| (self.leases.row_of(outcome.id), outcome)).collect();
        self.writer.write(move |writing| deliveries::record(writing, &outcomes)).await?;
        self.leases.end(ids);
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let (held, ends) = self.leases.rows_and_first_end();
        let next = self.read_pool.read(move |connection| {
            let (delivery, scheduled) = (deliveries::next_due(connection, &held)?, scheduled::next_due(connection)?);
            Ok(delivery.into_iter().chain(scheduled).min())
        });
        Ok(next.await?.map(columns::from_micros).into_iter().chain(ends).min())
    }

    async fn deliveries(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<u64>,
        limit: u32,
    ) -> Result<(Listing<Delivery, u64>, DeliveryCounts)> {
        let read = move |connection: &Reader| {
            let deadline = connection.timeout.take_deadline();
            Ok((deliveries::page(connection, tenant, id, after, limit)?, deliveries::counts(connection, tenant, id, deadline)?))
        };
        self.read_pool.query(read).await
    }

    async fn first_attempts(&self, tenant: TenantId, id: Uuid) -> Result<FirstAttempts> {
        self.read_pool.read(move |connection| deliveries::first_attempts(connection, tenant, id)).await
    }

    async fn redeliver(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>) -> Result<u32> {
        self.writer.write(move |writing| deliveries::redeliver(writing, tenant, id, now)).await
    }

    async fn recall(&self, tenant: TenantId, id: Uuid, by: Reviser, now: DateTime<Utc>) -> Result<()> {
        self.writer.write(move |writing| recall_and_correct::recall(writing, tenant, id, &by, now)).await
    }

    async fn cancel_deliveries(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        self.writer.write(move |writing| recall_and_correct::cancel_deliveries(writing, tenant, id, now, limit)).await
    }

    async fn correct(&self, tenant: TenantId, id: Uuid, content: Vec<Content>, by: Reviser, now: DateTime<Utc>) -> Result<()> {
        self.writer.write(move |writing| recall_and_correct::correct(writing, tenant, id, &content, &by, now)).await
    }

    async fn insert_webhook(&self, tenant: TenantId, hook: &WebhookEndpoint, claim: Option<IdempotencyKey>) -> Result<Accepted> {
        let hook = hook.clone();
        self.writer.write(move |writing| webhooks::create(writing, tenant, &hook, claim.as_ref())).await
    }

    async fn webhooks(&self, tenant: TenantId) -> Result<Vec<WebhookEndpoint>> {
        self.read_pool.read(move |connection| webhooks::list(connection, tenant)).await
    }

    async fn remove_webhook(&self, tenant: TenantId, id: Uuid) -> Result<()> {
        self.writer.write(move |writing| webhooks::remove(writing, tenant, id)).await
    }

    async fn put_records(&self, tenant: TenantId, records: Vec<Record>, dry: bool, now: DateTime<Utc>) -> Result<Vec<PutResult>> {
        self.writer.write(move |writing| directory::write_records(writing, tenant, &records, dry, now)).await
    }

    fn temporary_names(&self) -> Result<Box<dyn TemporaryNames>> {
        Ok(Box::new(name_set::NameSet::new()?))
    }

    async fn relations(
        &self,
        tenant: TenantId,
        pattern: &RelationPattern,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Listing<(i64, Relation), i64>> {
        let pattern = pattern.clone();
        // Sending to a role asks for the relations of one object, which is short and needs no query permit.
        let turn = if pattern.exact { None } else { Some(self.read_pool.acquire_query().await?) };
        self.read_pool.run(turn, move |reader| relations::find(reader, tenant, &pattern, after, limit)).await
    }

    async fn role_names(&self, tenant: TenantId, beginning: &str) -> Result<Vec<String>> {
        let beginning = beginning.to_owned();
        self.read_pool.query(move |connection| relations::role_names(connection, tenant, &beginning)).await
    }

    async fn end_relations(&self, tenant: TenantId, rows: Vec<i64>, now: DateTime<Utc>) -> Result<u32> {
        let end = move |writing: &mut WriteTransaction<'_>| relations::end(writing, tenant, &rows, now);
        self.writer.write(move |writing| last_administrator::keep_last_administrator(writing, tenant, end)).await
    }

    async fn objects(&self, tenant: TenantId, beginning: &str, after: Option<&str>, limit: u32) -> Result<Listing<ObjectRecord, String>> {
        let (beginning, after) = (beginning.to_owned(), after.map(str::to_owned));
        self.read_pool.read(move |connection| directory::objects(connection, tenant, &beginning, after.as_deref(), limit)).await
    }

    async fn roles(&self, tenant: TenantId, which: RoleQuery, limit: u32) -> Result<(Vec<Role>, bool)> {
        let turn = if matches!(which, RoleQuery::Object(_)) { None } else { Some(self.read_pool.acquire_query().await?) };
        self.read_pool.run(turn, move |reader| roles::find(reader, tenant, &which, limit)).await
    }

    async fn person_records(&self, tenant: TenantId, after: Option<PersonId>, limit: u32) -> Result<Listing<PersonRecord, PersonId>> {
        self.read_pool.query(move |connection| directory::person_records(connection, tenant, after, limit)).await
    }

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
        self.writer.write(move |writing| inbox::button_clicks::record_click(writing, tenant, person, id, button, now)).await
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
        self.writer.write(move |writing| inbox::mark_seen(writing, tenant, person, up_to)).await
    }

    async fn stream_start(&self, tenant: TenantId, person: PersonId) -> Result<StreamStart> {
        self.read_pool.read(move |connection| inbox::stream_start(connection, tenant, person)).await
    }

    async fn missed_since(&self, tenant: TenantId, person: PersonId, sequence: u64, revision: u64, limit: u32) -> Result<Option<CatchUp>> {
        self.read_pool.read(move |connection| inbox::catch_up::catch_up(connection, tenant, person, sequence, revision, limit)).await
    }

    async fn create_tenant(&self, name: &str, settings: TenantSettings, portal_secret: &str, mail_secret: &str) -> Result<Tenant> {
        let (name, portal_secret, mail_secret) = (name.to_owned(), portal_secret.to_owned(), mail_secret.to_owned());
        self.writer.write(move |writing| tenants::create(writing, &name, settings, &portal_secret, &mail_secret)).await
    }

    async fn tenant(&self, name: &str) -> Result<Option<Tenant>> {
        let name = name.to_owned();
        self.read_pool.read(move |connection| tenants::find(connection, &name)).await
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.read_pool.read(tenants::all).await
    }

    async fn set_tenant_settings(&self, tenant: TenantId, settings: TenantSettings) -> Result<()> {
        self.writer.write(move |writing| tenants::set_settings(writing, tenant, &settings)).await
    }

    async fn rotate_portal_secret(&self, tenant: TenantId, secret: &str, former_until: Option<DateTime<Utc>>) -> Result<()> {
        let secret = secret.to_owned();
        self.writer.write(move |writing| tenants::rotate_portal_secret(writing, tenant, &secret, former_until)).await
    }

    async fn create_person(&self, tenant: TenantId, new: NewPerson, now: DateTime<Utc>) -> Result<PersonId> {
        self.writer.write(move |writing| people::create(writing, tenant, &new, now)).await
    }

    async fn find_person(&self, tenant: TenantId, name: &str) -> Result<Option<PersonId>> {
        let name = name.to_owned();
        self.read_pool.read(move |connection| people::find(connection, tenant, &name)).await
    }

    async fn person(&self, tenant: TenantId, person: PersonId) -> Result<Option<Person>> {
        self.read_pool.read(move |connection| people::by_id(connection, tenant, person)).await
    }

    async fn people(&self, tenant: TenantId, beginning: &str, limit: u32) -> Result<Vec<Profile>> {
        let beginning = beginning.to_owned();
        self.read_pool.query(move |connection| people::list(connection, tenant, &beginning, limit)).await
    }

    async fn members(
        &self,
        tenant: TenantId,
        beginning: &str,
        after: Option<MemberPlace>,
        limit: u32,
    ) -> Result<Listing<Member, MemberPlace>> {
        let beginning = beginning.to_owned();
        self.read_pool.query(move |connection| members::list(connection, tenant, &beginning, after.as_ref(), limit)).await
    }

    async fn member(&self, tenant: TenantId, person: PersonId) -> Result<Option<Member>> {
        self.read_pool.read(move |connection| members::find(connection, tenant, person)).await
    }

    async fn set_disabled(&self, tenant: TenantId, person: PersonId, disabled: bool, now: DateTime<Utc>) -> Result<()> {
        let set = move |writing: &mut WriteTransaction<'_>| members::set_disabled(writing, tenant, person, disabled, now);
        self.writer.write(move |writing| last_administrator::keep_last_administrator(writing, tenant, set)).await
    }

    async fn remove_person(&self, tenant: TenantId, person: PersonId) -> Result<()> {
        let remove = move |writing: &mut WriteTransaction<'_>| people::remove(writing, tenant, person);
        self.writer.write(move |writing| last_administrator::keep_last_administrator(writing, tenant, remove)).await
    }

    async fn set_relation(
        &self,
        tenant: TenantId,
        person: PersonId,
        object: &str,
        relation: &str,
        holds: bool,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let (object, relation) = (object.to_owned(), relation.to_owned());
        let relate =
            move |writing: &mut WriteTransaction<'_>| people::set_relation(writing, tenant, person, &object, &relation, holds, now);
        self.writer.write(move |writing| last_administrator::keep_last_administrator(writing, tenant, relate)).await
    }

    async fn preferences(&self, tenant: TenantId, person: PersonId) -> Result<Preferences> {
        self.read_pool.read(move |connection| people::preferences(connection, tenant, person)).await
    }

    async fn set_preferences(&self, tenant: TenantId, person: PersonId, preferences: &Preferences) -> Result<()> {
        let preferences = preferences.clone();
        self.writer.write(move |writing| people::set_preferences(writing, tenant, person, &preferences)).await
    }

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

    async fn end_all_mail(&self, tenant: TenantId, person: PersonId) -> Result<()> {
        self.writer.write(move |writing| people::end_mail(writing, tenant, person)).await
    }

    async fn password(&self, tenant: TenantId, person: PersonId) -> Result<Option<String>> {
        self.read_pool.read(move |connection| secrets::password(connection, tenant, person)).await
    }

    async fn set_password(&self, tenant: TenantId, person: PersonId, hash: &str) -> Result<()> {
        let hash = hash.to_owned();
        self.writer.write(move |writing| secrets::set_password(writing, tenant, person, &hash)).await
    }

    async fn change_password(&self, tenant: TenantId, person: PersonId, former: &str, hash: &str, session: SecretHash) -> Result<()> {
        let (former, hash) = (former.to_owned(), hash.to_owned());
        self.writer.write(move |writing| secrets::change_password(writing, tenant, person, &former, &hash, session)).await
    }

    async fn create_key(&self, tenant: TenantId, new: &NewApiKey, hash: SecretHash, now: DateTime<Utc>) -> Result<KeyId> {
        let new = new.clone();
        self.writer.write(move |writing| secrets::create_key(writing, tenant, &new, hash, now)).await
    }

    async fn keys(&self, tenant: TenantId, after: Option<KeyId>, limit: u32) -> Result<Listing<StoredApiKey, KeyId>> {
        self.read_pool.read(move |connection| secrets::keys(connection, tenant, after, limit)).await
    }

    async fn record_key_uses(&self, uses: Vec<(KeyId, DateTime<Utc>)>) -> Result<()> {
        self.writer.write_relaxed(move |writing| secrets::record_uses(writing, &uses)).await
    }

    async fn revoke_key(&self, tenant: TenantId, name: &str, now: DateTime<Utc>) -> Result<()> {
        let name = name.to_owned();
        self.writer.write(move |writing| secrets::revoke_key(writing, tenant, &name, now)).await
    }

    async fn sender(&self, key: SecretHash) -> Result<Option<Sender>> {
        self.read_pool.read(move |connection| secrets::sender(connection, key)).await
    }

    async fn insert_token(&self, hash: SecretHash, pass: Token) -> Result<()> {
        self.writer.write(move |writing| secrets::create_token(writing, hash, &pass)).await
    }

    async fn token(&self, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>> {
        self.read_pool.read(move |connection| secrets::find_token(connection, hash, kind, now)).await
    }

    async fn take_token(&self, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>> {
        self.writer.write(move |writing| secrets::redeem_token(writing, hash, kind, now)).await
    }

    async fn insert_ticket(&self, hash: SecretHash, pass: Token, maker: Grant) -> Result<()> {
        self.writer.write(move |writing| grants::create_ticket(writing, hash, &pass, &maker)).await
    }

    async fn take_ticket(&self, hash: SecretHash, now: DateTime<Utc>) -> Result<Option<(Person, Grant)>> {
        self.writer.write(move |writing| grants::redeem_ticket(writing, hash, now)).await
    }

    async fn listener_access(&self, listeners: Vec<Listener>, now: DateTime<Utc>) -> Result<Vec<Option<ListenerAccess>>> {
        self.read_pool.read(move |connection| grants::stream_states(connection, &listeners, now)).await
    }

    async fn delete_token(&self, hash: SecretHash) -> Result<()> {
        self.writer.write(move |writing| secrets::revoke_token(writing, hash)).await
    }

    async fn check_other_processes(&self) -> Result<()> {
        let elsewhere = Arc::clone(&self.external_commits);
        self.writer.write_relaxed(move |writing| elsewhere.check(writing)).await
    }

    async fn resurface_snoozed(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        // No caller should wait for a write that does nothing.
        if !self.read_pool.read(move |connection| inbox::snooze::is_due(connection, now)).await? {
            return Ok(0);
        }
        self.writer.write(move |writing| inbox::snooze::resurface_due(writing, now, limit)).await
    }

    async fn expire(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        self.writer.write(move |writing| housekeeping::expire(writing, now, limit)).await
    }

    async fn purge(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        let purged = self.writer.write(move |writing| housekeeping::purge(writing, now, limit)).await?;
        match self.writer.write(move |writing| housekeeping::tidy_search(writing, limit)).await {
            // The next round tries again, when there is more room.
            Err(Error::StorageFull) => return Ok(purged),
            tidied => tidied?,
        }
        self.rebuild_search_index().await?;
        Ok(purged)
    }

    async fn deletion_time(&self) -> Result<Option<DeletionTime>> {
        self.read_pool.read(deletion_time::load).await
    }

    async fn set_deletion_time(&self, time: DeletionTime) -> Result<()> {
        self.writer.write_relaxed(move |writing| deletion_time::save(writing, time)).await
    }

    async fn count_volume(&self, first: NaiveDate, limit: u32) -> Result<u32> {
        let step = self.read_pool.read(move |connection| volume::count(connection, first, limit)).await?;
        let notifications = step.notifications;
        // No caller should wait for a write that does nothing.
        if notifications > 0 {
            self.writer.write_relaxed(move |writing| volume::save(writing, &step, first)).await?;
        }
        Ok(notifications)
    }

    async fn volume(&self, tenant: TenantId, first: NaiveDate, days: u32, of: &VolumeFilter) -> Result<Volume> {
        let of = of.clone();
        self.read_pool.query(move |connection| volume::report(connection, tenant, first, days, &of)).await
    }

    fn threads(&self) -> Vec<ThreadReport> {
        self.writer
            .report()
            .into_iter()
            .chain(self.checkpoint_thread.iter().map(threads::ThreadMonitor::report))
            .chain(self.read_pool.report())
            .collect()
    }

    async fn check(&self) -> Result<()> {
        self.read_pool.read(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)).await?;
        self.writer.write(|_| Ok(())).await
    }
}
