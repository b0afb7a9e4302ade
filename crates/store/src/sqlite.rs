//! The SQLite adapter: one file, one thread that writes and a few that read.
//!
//! This module decides which call reads and which writes. The modules below do the work.

mod accept;
mod administrators;
mod alarm;
mod audience;
mod backup;
mod budget;
mod checkpoints;
mod claims;
mod connection;
mod copy;
mod deletion_time;
mod deliveries;
mod directory;
mod drafts;
mod elsewhere;
mod fault;
mod file_error;
mod generation;
mod grants;
mod hooks;
mod housekeeping;
mod inbox;
mod keys;
mod listing;
mod members;
mod migrations;
mod opening;
mod options;
mod people;
mod readers;
mod relations;
mod revise;
mod roles;
mod scheduled;
mod scratch;
mod search;
mod secrets;
mod sent;
mod server_lock;
mod space;
mod tenants;
mod texts;
mod threads;
mod values;
mod volume;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use campanile_domain::{
    AudienceKey, Error, KeyId, Live, NewNotification, NewPerson, Notification, Person, PersonId, Result, SecretHash, Sender, Store, Tenant,
    TenantId, TenantSettings,
    delivery::{Due, Outcome, Tried},
    grant::{Grant, Listener, Standing},
    members::Place as MemberPlace,
    notification::Reviser,
    relations::{Pattern, Put, Role, Roles},
    retention::DeletionTime,
    schedule::{Place, Scheduled},
    secret::Kind,
    store::{
        Accepted, Bearer, Claim, DatedItem, First, HalfQuery, Key, Listing, Missed, Pass, Room, Scratch, StoredItem, StoredPage,
        ThreadReport, Watch,
    },
    volume::Of,
    webhook::Hook,
};
use campanile_shared::{
    Change, Changed, Content, Filter, Matching, Person as Profile, Preferences, Snapshot,
    administration::{Member, NewApiKey},
    delivery::{Delivery, DeliveryCounts},
    directory::{AudienceSummary, ObjectRecord, PersonRecord, Record, Relation},
    inbox::Selection,
    kept::{KeptDraft, Letter},
    sent::{Press, Reach, Recipient},
    volume::Volume,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use self::{
    backup::{backup, restore},
    copy::Copied,
    file_error::FileError,
    options::{Limits, Options, Times},
    server_lock::{Locked, ServerLock},
};
use self::{
    checkpoints::Checkpoints,
    claims::Claims,
    elsewhere::Elsewhere,
    fault::Fault,
    inbox::change::{Order, Progress, Step},
    opening::Found,
    readers::{Reader, Readers, Turn},
    space::Space,
    writer::{INDEXED_AT_ONCE, Writer, Writing},
};
use crate::state::Mark;

/// Pages of the search index to merge after a search wrote a step of it: enough to keep up with what the step
/// adds.
const MERGED_WITH_A_STEP: u32 = 128;

/// The most steps of the index in one round of housekeeping.
const MOST_CAUGHT_UP: u32 = 10;

/// The most items that one step of a filtered change writes.
const MOST_CHANGED: usize = 500;

/// A database file. Dropping it waits until everything accepted is written.
pub struct Sqlite {
    readers: Readers,
    writer: Writer,
    claims: Claims,
    log: Option<threads::Watch>,
    elsewhere: Arc<Elsewhere>,
    /// Dropped last: until then no other process may serve the file.
    _served: Option<Served>,
}

/// The right to serve the file. Dropping it records that the server ended in order.
struct Served {
    path: PathBuf,
    lock: ServerLock,
}

impl Drop for Served {
    fn drop(&mut self) {
        generation::end(&self.path, &mut self.lock);
    }
}

impl Sqlite {
    /// Opens the file or creates it, and migrates its schema. Other processes may have it open too; `live` is
    /// notified of the commits of this process.
    pub fn open(path: &Path, options: Options, live: Arc<dyn Live>) -> Result<Self> {
        Self::open_as(path, options, live, None)
    }

    /// The same for the one process that serves the file, until this is dropped.
    pub fn serve(path: &Path, options: Options, live: Arc<dyn Live>, lock: ServerLock) -> Result<Self> {
        Self::open_as(path, options, live, Some(lock))
    }

    fn open_as(path: &Path, options: Options, live: Arc<dyn Live>, lock: Option<ServerLock>) -> Result<Self> {
        let explained = |fault: Fault| FileError::of_sqlite(&fault, path);
        if opening::inspect(path)? == Found::Nothing {
            let mut connection = connection::making(path).map_err(explained)?;
            migrations::run(&mut connection).map_err(explained)?;
        }
        let mut connection = connection::writing(path).map_err(explained)?;
        opening::check(&connection, path)?;
        if migrations::run(&mut connection).map_err(explained)? {
            // So that a plain copy of the file has the new schema at once.
            checkpoints::cut(&connection);
        }
        generation::draw_if_absent(&connection)?;
        let lock = lock.map(|mut lock| generation::serve(&connection, path, &mut lock).map(|()| lock)).transpose()?;
        let space = options.max_bytes.map(|bytes| Space::new(&connection, bytes)).transpose()?;
        if let Some(space) = space {
            space.close(&connection)?;
        }
        let elsewhere = Arc::new(Elsewhere::new(&connection)?);
        let checkpoints = Checkpoints::start(path, &mut connection)?;
        let log = checkpoints.watch();
        let writer =
            Writer::start(connection, checkpoints, live, options.limits, space).map_err(|error| Error::Unavailable(error.into()))?;
        let readers = Readers::start(path, options.readers, options.times)?;
        Ok(Self {
            readers,
            writer,
            claims: Claims::default(),
            log,
            elsewhere,
            _served: lock.map(|lock| Served { path: path.to_owned(), lock }),
        })
    }

    /// Waits for a thread to query the inbox. When the search index lags far behind, a search first writes one
    /// step of it: only one, so that others do not wait long for the writer. On a full disk the index stays
    /// behind and the search goes on.
    async fn turn(&self, filter: &Filter) -> Result<Turn> {
        let turn = self.readers.turn().await?;
        if filter.text.is_some() && self.readers.read(search::lags).await? {
            let step = |writing: &mut Writing<'_>| {
                search::index(writing.connection, INDEXED_AT_ONCE)?;
                search::merge(writing.connection, MERGED_WITH_A_STEP)
            };
            match self.writer.write_lightly(step).await {
                Ok(_) | Err(Error::Full) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(turn)
    }

    /// Writes a part of the search index when it lags far behind, for example after a full disk. Other writes
    /// may run between the steps.
    async fn catch_up(&self) -> Result<()> {
        for _ in 0..MOST_CAUGHT_UP {
            if !self.readers.read(search::is_far_behind).await? {
                break;
            }
            let step = |writing: &mut Writing<'_>| {
                search::index(writing.connection, INDEXED_AT_ONCE)?;
                search::merge(writing.connection, MERGED_WITH_A_STEP)
            };
            match self.writer.write_lightly(step).await {
                Ok(_) => {}
                Err(Error::Full) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Changes all items that match a filter. Readers find the items, so that the writer never searches.
    async fn change_found(&self, order: Order, filter: Filter, up_to: u64) -> Result<Changed> {
        let (tenant, person, view) = (order.tenant, order.person, filter.view);
        if let Some(text) = &filter.text {
            search::check_whole(tenant, text)?;
        }
        let filter = Arc::new(filter);
        let mut progress = Progress::default();
        loop {
            let before = progress.before.unwrap_or_else(|| up_to.saturating_add(1));
            let (turn, searched) = (self.turn(&filter).await?, Arc::clone(&filter));
            let find = move |reader: &Reader| inbox::page::candidates(reader, tenant, person, &searched, before, MOST_CHANGED);
            let (sequences, rest) = self.readers.query_in(turn, find).await?;
            let step = self.writer.write(move |writing| inbox::change::found(writing, &order, view, &sequences, rest, progress)).await?;
            match step {
                Step::More(further) => progress = further,
                Step::Done(changed) => return Ok(changed),
            }
        }
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn accept(&self, tenant: TenantId, new: NewNotification, claim: Option<Claim>) -> Result<Accepted> {
        let prepared = accept::Prepared::new(new, claim)?;
        self.writer.write_checked(move |writing| accept::accept(writing, tenant, prepared)).await
    }

    async fn first(&self, tenant: TenantId, claim: &Claim, now: DateTime<Utc>) -> Result<Option<First>> {
        let claim = claim.clone();
        self.readers.read(move |connection| accept::first(connection, tenant, &claim, now)).await
    }

    async fn notifications(&self, tenant: TenantId, before: Option<u64>, limit: u32) -> Result<Listing<Notification, u64>> {
        self.readers.read(move |connection| sent::page(connection, tenant, before, limit)).await
    }

    async fn notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<Notification>> {
        self.readers.read(move |connection| sent::by_id(connection, tenant, id)).await
    }

    async fn audience_size(&self, tenant: TenantId, keys: &[AudienceKey]) -> Result<u64> {
        let keys = keys.to_vec();
        self.readers.read(move |connection| keys::audience_size(connection, tenant, &keys)).await
    }

    async fn audience(&self, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary> {
        let keys = keys.to_vec();
        self.readers.query(move |connection| audience::summary(connection, tenant, &keys, limit)).await
    }

    async fn recipients(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<(Listing<Recipient, PersonId>, Reach)> {
        self.readers.query(move |connection| audience::recipients(connection, tenant, id, after, limit)).await
    }

    async fn schedule(&self, tenant: TenantId, scheduled: &Scheduled, claim: Option<Claim>, now: DateTime<Utc>) -> Result<Accepted> {
        let scheduled = scheduled.clone();
        self.writer.write(move |writing| scheduled::keep(writing, tenant, &scheduled, claim.as_ref(), now)).await
    }

    async fn scheduled(&self, tenant: TenantId, after: Option<Place>, limit: u32) -> Result<Listing<Scheduled, Place>> {
        self.readers.read(move |connection| scheduled::list(connection, tenant, after, limit)).await
    }

    async fn scheduled_one(&self, tenant: TenantId, id: Uuid) -> Result<Option<Scheduled>> {
        self.readers.read(move |connection| scheduled::one(connection, tenant, id)).await
    }

    async fn due(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<(TenantId, Scheduled)>> {
        self.readers.read(move |connection| scheduled::due(connection, now, limit)).await
    }

    async fn publish(&self, tenant: TenantId, new: NewNotification) -> Result<Accepted> {
        let prepared = accept::Prepared::new(new, None)?;
        self.writer.write(move |writing| scheduled::publish(writing, tenant, prepared)).await
    }

    async fn unschedule(&self, tenant: TenantId, id: Uuid) -> Result<()> {
        self.writer.write(move |writing| scheduled::forget(writing, tenant, id)).await
    }

    async fn spread(&self, now: DateTime<Utc>, lane: &str, limit: u32) -> Result<u32> {
        // No caller should wait for a write that does nothing.
        if !self.readers.read(deliveries::has_mailings).await? {
            return Ok(0);
        }
        let lane = lane.to_owned();
        self.writer.write_lightly(move |writing| deliveries::spread(writing, now, &lane, limit)).await
    }

    async fn claim(&self, now: DateTime<Utc>, lease: DateTime<Utc>, room: Room, limit: u32) -> Result<Vec<Due>> {
        let _turn = self.claims.turn().await;
        let held = self.claims.rows(now);
        let due = self.readers.read(move |connection| deliveries::due(connection, now, &held, &room, limit)).await?;
        self.claims.hold(due.iter().map(|(row, due)| (due.id, *row)), lease);
        Ok(due.into_iter().map(|(_, due)| due).collect())
    }

    async fn release(&self, claims: Vec<(Uuid, DateTime<Utc>)>, _: DateTime<Utc>) -> Result<()> {
        self.claims.release(&claims);
        Ok(())
    }

    async fn record(&self, outcomes: Vec<Outcome>) -> Result<()> {
        let ids: Vec<Uuid> = outcomes.iter().map(|outcome| outcome.id).collect();
        let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| (self.claims.row(outcome.id), outcome)).collect();
        self.writer.write(move |writing| deliveries::record(writing, &outcomes)).await?;
        self.claims.end(ids);
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let (held, ends) = self.claims.all();
        let next = self.readers.read(move |connection| {
            let (delivery, scheduled) = (deliveries::next_due(connection, &held)?, scheduled::next(connection)?);
            Ok(delivery.into_iter().chain(scheduled).min())
        });
        Ok(next.await?.map(values::instant).into_iter().chain(ends).min())
    }

    async fn deliveries(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<u64>,
        limit: u32,
    ) -> Result<(Listing<Delivery, u64>, DeliveryCounts)> {
        let read = move |connection: &Reader| {
            let deadline = connection.alarm.take();
            Ok((deliveries::page(connection, tenant, id, after, limit)?, deliveries::counts(connection, tenant, id, deadline)?))
        };
        self.readers.query(read).await
    }

    async fn tried(&self, tenant: TenantId, id: Uuid) -> Result<Tried> {
        self.readers.read(move |connection| deliveries::tried(connection, tenant, id)).await
    }

    async fn redeliver(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>) -> Result<u32> {
        self.writer.write(move |writing| deliveries::redeliver(writing, tenant, id, now)).await
    }

    async fn recall(&self, tenant: TenantId, id: Uuid, by: Reviser, now: DateTime<Utc>) -> Result<()> {
        self.writer.write(move |writing| revise::recall(writing, tenant, id, &by, now)).await
    }

    async fn cancel(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        self.writer.write(move |writing| revise::cancel(writing, tenant, id, now, limit)).await
    }

    async fn correct(&self, tenant: TenantId, id: Uuid, content: Vec<Content>, by: Reviser, now: DateTime<Utc>) -> Result<()> {
        self.writer.write(move |writing| revise::correct(writing, tenant, id, &content, &by, now)).await
    }

    async fn keep_hook(&self, tenant: TenantId, hook: &Hook, claim: Option<Claim>) -> Result<Accepted> {
        let hook = hook.clone();
        self.writer.write(move |writing| hooks::keep(writing, tenant, &hook, claim.as_ref())).await
    }

    async fn hooks(&self, tenant: TenantId) -> Result<Vec<Hook>> {
        self.readers.read(move |connection| hooks::list(connection, tenant)).await
    }

    async fn remove_hook(&self, tenant: TenantId, id: Uuid) -> Result<()> {
        self.writer.write(move |writing| hooks::remove(writing, tenant, id)).await
    }

    async fn put(&self, tenant: TenantId, records: Vec<Record>, dry: bool, now: DateTime<Utc>) -> Result<Vec<Put>> {
        self.writer.write(move |writing| directory::put(writing, tenant, &records, dry, now)).await
    }

    fn scratch(&self) -> Result<Box<dyn Scratch>> {
        Ok(Box::new(scratch::Names::new()?))
    }

    async fn relations(
        &self,
        tenant: TenantId,
        pattern: &Pattern,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Listing<(i64, Relation), i64>> {
        let pattern = pattern.clone();
        // Sending to a role asks for the relations of one object, which is short and needs no query permit.
        let turn = if pattern.exact { None } else { Some(self.readers.turn().await?) };
        self.readers.run(turn, move |reader| relations::find(reader, tenant, &pattern, after, limit)).await
    }

    async fn role_names(&self, tenant: TenantId, beginning: &str) -> Result<Vec<String>> {
        let beginning = beginning.to_owned();
        self.readers.query(move |connection| relations::role_names(connection, tenant, &beginning)).await
    }

    async fn end_relations(&self, tenant: TenantId, rows: Vec<i64>, now: DateTime<Utc>) -> Result<u32> {
        let end = move |writing: &mut Writing<'_>| relations::end(writing, tenant, &rows, now);
        self.writer.write(move |writing| administrators::keep_one(writing, tenant, end)).await
    }

    async fn objects(&self, tenant: TenantId, beginning: &str, after: Option<&str>, limit: u32) -> Result<Listing<ObjectRecord, String>> {
        let (beginning, after) = (beginning.to_owned(), after.map(str::to_owned));
        self.readers.read(move |connection| directory::objects(connection, tenant, &beginning, after.as_deref(), limit)).await
    }

    async fn roles(&self, tenant: TenantId, which: Roles, limit: u32) -> Result<(Vec<Role>, bool)> {
        let turn = if matches!(which, Roles::Of(_)) { None } else { Some(self.readers.turn().await?) };
        self.readers.run(turn, move |reader| roles::find(reader, tenant, &which, limit)).await
    }

    async fn person_records(&self, tenant: TenantId, after: Option<PersonId>, limit: u32) -> Result<Listing<PersonRecord, PersonId>> {
        self.readers.query(move |connection| directory::people(connection, tenant, after, limit)).await
    }

    async fn components(&self, tenant: TenantId, person: PersonId) -> Result<Vec<String>> {
        let list =
            move |connection: &rusqlite::Connection| inbox::components::list(connection, &inbox::Inbox::load(connection, tenant, person)?);
        self.readers.read(list).await
    }

    async fn snapshot(&self, tenant: TenantId, person: PersonId) -> Result<Snapshot> {
        self.readers.read(move |connection| inbox::Inbox::load(connection, tenant, person)?.snapshot(connection)).await
    }

    async fn page(&self, tenant: TenantId, person: PersonId, filter: &Filter, before: Option<u64>, limit: u32) -> Result<StoredPage> {
        let filter = filter.clone();
        // Reading a whole view is short. A filter may have to look at any item.
        let turn = if filter.is_whole() { None } else { Some(self.turn(&filter).await?) };
        self.readers.run(turn, move |reader| inbox::page::page(reader, tenant, person, &filter, before, limit)).await
    }

    async fn count_matching(&self, tenant: TenantId, person: PersonId, filter: &Filter, most: u32) -> Result<Matching> {
        let filter = filter.clone();
        let turn = if filter.is_whole() { None } else { Some(self.turn(&filter).await?) };
        self.readers.run(turn, move |reader| inbox::page::count(reader, tenant, person, &filter, most)).await
    }

    async fn item(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<StoredItem>> {
        self.readers.read(move |connection| inbox::page::by_id(connection, tenant, person, id)).await
    }

    async fn half(&self, tenant: TenantId, person: PersonId, query: HalfQuery, limit: u32) -> Result<(Vec<DatedItem>, Option<u64>)> {
        self.readers.query(move |connection| inbox::half::page(connection, tenant, person, &query, limit)).await
    }

    async fn count_half(&self, tenant: TenantId, person: PersonId, query: HalfQuery, most: u32) -> Result<u32> {
        self.readers.query(move |connection| inbox::half::count(connection, tenant, person, &query, most)).await
    }

    async fn press(&self, tenant: TenantId, person: PersonId, id: Uuid, button: u32, now: DateTime<Utc>) -> Result<StoredItem> {
        self.writer.write(move |writing| inbox::press::press(writing, tenant, person, id, button, now)).await
    }

    async fn presses(&self, tenant: TenantId, id: Uuid, after: Option<u64>, limit: u32) -> Result<Listing<Press, u64>> {
        self.readers.read(move |connection| inbox::press::of(connection, tenant, id, after, limit)).await
    }

    async fn change(&self, tenant: TenantId, person: PersonId, change: Change, undo: Uuid, now: DateTime<Utc>) -> Result<Changed> {
        let until = change.until.map(values::micros);
        let order = Order { tenant, person, mark: Mark::of(change.action), until, undo, now };
        let (view, up_to) = match change.items {
            Selection::Ids(ids) => return self.writer.write(move |writing| inbox::change::ids(writing, &order, &ids)).await,
            Selection::Matching { filter, up_to } if filter.is_whole() => (filter.view, up_to),
            Selection::Matching { filter, up_to } => return self.change_found(order, filter, up_to).await,
        };
        let mut progress = Progress::default();
        loop {
            let step = self.writer.write(move |writing| inbox::change::view(writing, &order, view, up_to, progress)).await?;
            match step {
                Step::More(further) => progress = further,
                Step::Done(changed) => return Ok(changed),
            }
        }
    }

    async fn undo(&self, tenant: TenantId, person: PersonId, undo: Uuid, now: DateTime<Utc>) -> Result<Changed> {
        self.writer.write(move |writing| inbox::undo::claim(writing, tenant, person, undo, now)).await?;
        loop {
            if let Some(changed) = self.writer.write(move |writing| inbox::undo::step(writing, tenant, person, undo)).await? {
                return Ok(changed);
            }
        }
    }

    async fn see(&self, tenant: TenantId, person: PersonId, up_to: u64) -> Result<Snapshot> {
        self.writer.write(move |writing| inbox::see(writing, tenant, person, up_to)).await
    }

    async fn watch(&self, tenant: TenantId, person: PersonId) -> Result<Watch> {
        self.readers.read(move |connection| inbox::watch(connection, tenant, person)).await
    }

    async fn missed(&self, tenant: TenantId, person: PersonId, sequence: u64, revision: u64, limit: u32) -> Result<Option<Missed>> {
        self.readers.read(move |connection| inbox::missed::missed(connection, tenant, person, sequence, revision, limit)).await
    }

    async fn create_tenant(&self, name: &str, settings: TenantSettings, portal_secret: &str, mail_secret: &str) -> Result<Tenant> {
        let (name, portal_secret, mail_secret) = (name.to_owned(), portal_secret.to_owned(), mail_secret.to_owned());
        self.writer.write(move |writing| tenants::create(writing, &name, settings, &portal_secret, &mail_secret)).await
    }

    async fn tenant(&self, name: &str) -> Result<Option<Tenant>> {
        let name = name.to_owned();
        self.readers.read(move |connection| tenants::find(connection, &name)).await
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.readers.read(tenants::all).await
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
        self.readers.read(move |connection| people::find(connection, tenant, &name)).await
    }

    async fn person(&self, tenant: TenantId, person: PersonId) -> Result<Option<Person>> {
        self.readers.read(move |connection| people::by_id(connection, tenant, person)).await
    }

    async fn people(&self, tenant: TenantId, beginning: &str, limit: u32) -> Result<Vec<Profile>> {
        let beginning = beginning.to_owned();
        self.readers.query(move |connection| people::list(connection, tenant, &beginning, limit)).await
    }

    async fn members(
        &self,
        tenant: TenantId,
        beginning: &str,
        after: Option<MemberPlace>,
        limit: u32,
    ) -> Result<Listing<Member, MemberPlace>> {
        let beginning = beginning.to_owned();
        self.readers.query(move |connection| members::list(connection, tenant, &beginning, after.as_ref(), limit)).await
    }

    async fn member(&self, tenant: TenantId, person: PersonId) -> Result<Option<Member>> {
        self.readers.read(move |connection| members::one(connection, tenant, person)).await
    }

    async fn set_disabled(&self, tenant: TenantId, person: PersonId, disabled: bool, now: DateTime<Utc>) -> Result<()> {
        let set = move |writing: &mut Writing<'_>| members::set_disabled(writing, tenant, person, disabled, now);
        self.writer.write(move |writing| administrators::keep_one(writing, tenant, set)).await
    }

    async fn remove_person(&self, tenant: TenantId, person: PersonId) -> Result<()> {
        let remove = move |writing: &mut Writing<'_>| people::remove(writing, tenant, person);
        self.writer.write(move |writing| administrators::keep_one(writing, tenant, remove)).await
    }

    async fn relate(
        &self,
        tenant: TenantId,
        person: PersonId,
        object: &str,
        relation: &str,
        holds: bool,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let (object, relation) = (object.to_owned(), relation.to_owned());
        let relate = move |writing: &mut Writing<'_>| people::relate(writing, tenant, person, &object, &relation, holds, now);
        self.writer.write(move |writing| administrators::keep_one(writing, tenant, relate)).await
    }

    async fn preferences(&self, tenant: TenantId, person: PersonId) -> Result<Preferences> {
        self.readers.read(move |connection| people::preferences(connection, tenant, person)).await
    }

    async fn set_preferences(&self, tenant: TenantId, person: PersonId, preferences: &Preferences) -> Result<()> {
        let preferences = preferences.clone();
        self.writer.write(move |writing| people::set_preferences(writing, tenant, person, &preferences)).await
    }

    async fn drafts(&self, tenant: TenantId, person: PersonId) -> Result<Vec<KeptDraft>> {
        self.readers.read(move |connection| drafts::list(connection, tenant, person)).await
    }

    async fn draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<Letter>> {
        self.readers.read(move |connection| drafts::one(connection, tenant, person, id)).await
    }

    async fn keep_draft(&self, tenant: TenantId, person: PersonId, kept: KeptDraft, letter: String, most: u32) -> Result<bool> {
        self.writer.write(move |writing| drafts::keep(writing, tenant, person, &kept, &letter, most)).await
    }

    async fn forget_draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<()> {
        self.writer.write(move |writing| drafts::forget(writing, tenant, person, id)).await
    }

    async fn end_mail(&self, tenant: TenantId, person: PersonId) -> Result<()> {
        self.writer.write(move |writing| people::end_mail(writing, tenant, person)).await
    }

    async fn password(&self, tenant: TenantId, person: PersonId) -> Result<Option<String>> {
        self.readers.read(move |connection| secrets::password(connection, tenant, person)).await
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

    async fn keys(&self, tenant: TenantId, after: Option<KeyId>, limit: u32) -> Result<Listing<Key, KeyId>> {
        self.readers.read(move |connection| secrets::keys(connection, tenant, after, limit)).await
    }

    async fn note_uses(&self, uses: Vec<(KeyId, DateTime<Utc>)>) -> Result<()> {
        self.writer.write_lightly(move |writing| secrets::note_uses(writing, &uses)).await
    }

    async fn revoke_key(&self, tenant: TenantId, name: &str, now: DateTime<Utc>) -> Result<()> {
        let name = name.to_owned();
        self.writer.write(move |writing| secrets::revoke_key(writing, tenant, &name, now)).await
    }

    async fn sender(&self, key: SecretHash) -> Result<Option<Sender>> {
        self.readers.read(move |connection| secrets::sender(connection, key)).await
    }

    async fn keep_pass(&self, hash: SecretHash, pass: Pass) -> Result<()> {
        self.writer.write(move |writing| secrets::keep_pass(writing, hash, &pass)).await
    }

    async fn pass(&self, hash: SecretHash, kind: Kind, now: DateTime<Utc>) -> Result<Option<Bearer>> {
        self.readers.read(move |connection| secrets::pass(connection, hash, kind, now)).await
    }

    async fn take_pass(&self, hash: SecretHash, kind: Kind, now: DateTime<Utc>) -> Result<Option<Bearer>> {
        self.writer.write(move |writing| secrets::take_pass(writing, hash, kind, now)).await
    }

    async fn keep_ticket(&self, hash: SecretHash, pass: Pass, maker: Grant) -> Result<()> {
        self.writer.write(move |writing| grants::keep_ticket(writing, hash, &pass, &maker)).await
    }

    async fn take_ticket(&self, hash: SecretHash, now: DateTime<Utc>) -> Result<Option<(Person, Grant)>> {
        self.writer.write(move |writing| grants::take_ticket(writing, hash, now)).await
    }

    async fn standings(&self, listeners: Vec<Listener>, now: DateTime<Utc>) -> Result<Vec<Option<Standing>>> {
        self.readers.read(move |connection| grants::standings(connection, &listeners, now)).await
    }

    async fn end_pass(&self, hash: SecretHash) -> Result<()> {
        self.writer.write(move |writing| secrets::end_pass(writing, hash)).await
    }

    async fn look_elsewhere(&self) -> Result<()> {
        let elsewhere = Arc::clone(&self.elsewhere);
        self.writer.write_lightly(move |writing| elsewhere.look(writing)).await
    }

    async fn wake(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        // No caller should wait for a write that does nothing.
        if !self.readers.read(move |connection| inbox::snoozes::is_due(connection, now)).await? {
            return Ok(0);
        }
        self.writer.write(move |writing| inbox::snoozes::wake(writing, now, limit)).await
    }

    async fn expire(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        self.writer.write(move |writing| housekeeping::expire(writing, now, limit)).await
    }

    async fn purge(&self, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        let purged = self.writer.write(move |writing| housekeeping::purge(writing, now, limit)).await?;
        match self.writer.write(move |writing| housekeeping::tidy_search(writing, limit)).await {
            // The next round tries again, when there is more room.
            Err(Error::Full) => return Ok(purged),
            tidied => tidied?,
        }
        self.catch_up().await?;
        Ok(purged)
    }

    async fn deletion_time(&self) -> Result<Option<DeletionTime>> {
        self.readers.read(deletion_time::load).await
    }

    async fn keep_deletion_time(&self, time: DeletionTime) -> Result<()> {
        self.writer.write_lightly(move |writing| deletion_time::keep(writing, time)).await
    }

    async fn count_volume(&self, first: NaiveDate, limit: u32) -> Result<u32> {
        let step = self.readers.read(move |connection| volume::count(connection, first, limit)).await?;
        let notifications = step.notifications;
        // No caller should wait for a write that does nothing.
        if notifications > 0 {
            self.writer.write_lightly(move |writing| volume::keep(writing, &step, first)).await?;
        }
        Ok(notifications)
    }

    async fn volume(&self, tenant: TenantId, first: NaiveDate, days: u32, of: &Of) -> Result<Volume> {
        let of = of.clone();
        self.readers.query(move |connection| volume::report(connection, tenant, first, days, &of)).await
    }

    fn threads(&self) -> Vec<ThreadReport> {
        self.writer.report().into_iter().chain(self.log.iter().map(threads::Watch::report)).chain(self.readers.report()).collect()
    }

    async fn check(&self) -> Result<()> {
        self.readers.read(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)).await?;
        self.writer.write(|_| Ok(())).await
    }
}
