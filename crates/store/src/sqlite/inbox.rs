//! One person's inbox: everything that is loaded before a question about it can be answered.

pub mod broadcast_split;
pub mod button_clicks;
pub mod catch_up;
pub mod change;
mod compact;
pub mod components;
pub mod counts;
mod item_rows;
mod matched_keys;
mod matches;
pub mod merge;
pub mod page;
mod paged_rows;
mod read_times;
mod scan;
pub mod snooze;
pub mod undo;

use campanile_domain::{
    AudienceKey, Error, PersonId, StoreEvent, TenantId,
    model::{grant::ListenerAccess, inbox_item::StreamStart},
};
use campanile_shared::{Snapshot, live::ItemChange};
use rusqlite::{Connection, OptionalExtension, params};

use super::{audience_keys, error::Result, write_thread::WriteTransaction};
use crate::watermarks::Watermarks;

/// The inbox without its items.
pub struct Inbox {
    pub tenant: TenantId,
    pub person: PersonId,
    /// The generation of the store.
    generation: u64,
    /// The tenant's newest sequence.
    pub head: u64,
    /// The tenant's notifications up to this sequence are deleted.
    purged_up_to: u64,
    /// The ranges of each key that are in the inbox.
    pub ranges: Vec<Range>,
    /// The sum of the revisions of the keys.
    withdrawn: u64,
    pub seen_up_to: u64,
    pub watermarks: Watermarks,
    revision: u64,
    withdrawn_at_last_change: u64,
    unlisted_up_to: u64,
    rows_since_compaction: u64,
    compacted_revision: u64,
    cleaned_up_to: u64,
}

/// The sequences of a key that are in an inbox: `low < sequence ≤ high`.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub key: i64,
    pub low: u64,
    pub high: u64,
}

/// A key that a person holds or held.
struct HeldKey {
    name: AudienceKey,
    range: Range,
    withdrawn: u64,
}

/// The most inboxes that one step of housekeeping cleans.
const MAX_TIDIED_INBOXES: u32 = 100;

/// Above every sequence, and still an SQLite integer.
const NO_END: u64 = i64::MAX as u64;

impl Inbox {
    /// Loads the inbox; [`Error::NotFound`] when the tenant has no such person.
    pub fn load(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Self> {
        let sql = "SELECT t.last_sequence, t.purged_up_to, p.since_sequence, i.revision, i.keys_revision, i.unlisted_up_to,
                          i.seen_up_to, i.watermarks, i.rows_since_compaction, i.compacted_revision,
                          i.cleaned_up_to, (SELECT generation FROM meta)
                   FROM person p JOIN tenant t ON t.id = p.tenant LEFT JOIN inbox i ON i.person = p.id
                   WHERE p.id = ?1 AND p.tenant = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![person.0, tenant.0])?;
        let row = rows.next()?.ok_or(Error::NotFound)?;
        let number = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<u64>>(column)?.unwrap_or_default());
        let spans = row.get_ref(7)?.as_str_or_null().map_err(rusqlite::Error::from)?.unwrap_or_default();
        let mut inbox = Self {
            tenant,
            person,
            generation: number(11)?,
            head: row.get(0)?,
            purged_up_to: row.get(1)?,
            ranges: Vec::new(),
            withdrawn: 0,
            revision: number(3)?,
            withdrawn_at_last_change: number(4)?,
            unlisted_up_to: number(5)?,
            seen_up_to: number(6)?,
            watermarks: Watermarks::parse(spans).ok_or_else(|| Error::Unavailable("stored watermarks are malformed".into()))?,
            rows_since_compaction: number(8)?,
            compacted_revision: number(9)?,
            cleaned_up_to: number(10)?,
        };
        let mut counted = Vec::new();
        for held in held_keys(connection, tenant, person, row.get(2)?)? {
            // A key that was held twice, at different times, counts once.
            if !counted.contains(&held.range.key) {
                counted.push(held.range.key);
                inbox.withdrawn += held.withdrawn;
            }
            inbox.ranges.push(held.range);
        }
        Ok(inbox)
    }

    /// The revision that clients see. It grows with every change by the person, and whenever notifications
    /// under a key that the person ever held are withdrawn or corrected.
    pub fn shown_revision(&self) -> u64 {
        self.revision + self.withdrawn
    }

    /// Whether a notification under these keys is in the inbox.
    pub fn holds(&self, keys: &[i64], sequence: u64) -> bool {
        self.ranges.iter().any(|range| range.low < sequence && sequence <= range.high && keys.contains(&range.key))
    }

    pub fn snapshot(&self, connection: &Connection) -> Result<Snapshot> {
        let counts = counts::count(connection, self)?;
        Ok(Snapshot { generation: self.generation, sequence: self.head, revision: self.shown_revision(), counts })
    }

    /// Starts a change by the person and returns its revision.
    fn begin_change(&mut self) -> u64 {
        if self.withdrawn > self.withdrawn_at_last_change {
            // Notifications were withdrawn since the last change, and no row says which.
            self.unlisted_up_to = self.shown_revision();
            self.withdrawn_at_last_change = self.withdrawn;
        }
        self.revision += 1;
        self.shown_revision()
    }

    /// From now on, clients that know an earlier revision must fetch the inbox again.
    fn require_refetch(&mut self) {
        self.unlisted_up_to = self.shown_revision();
    }

    /// Saves the inbox, without states of deleted items.
    fn save(&mut self, connection: &Connection) -> Result<()> {
        self.watermarks.drop_up_to(self.purged_up_to);
        if self.cleaned_up_to < self.purged_up_to && item_rows::remove_up_to(connection, self.person, self.purged_up_to)? {
            self.cleaned_up_to = self.purged_up_to;
        }
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO inbox
                     (person, revision, keys_revision, unlisted_up_to, seen_up_to, watermarks, rows_since_compaction, compacted_revision,
                      cleaned_up_to, tenant)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                self.person.0,
                self.revision,
                self.withdrawn_at_last_change,
                self.unlisted_up_to,
                self.seen_up_to,
                self.watermarks.to_text(),
                self.rows_since_compaction,
                self.compacted_revision,
                self.cleaned_up_to,
                self.tenant.0
            ])?;
        Ok(())
    }

    /// Saves the inbox after a change and notifies listeners.
    fn save_and_notify(mut self, writing: &mut WriteTransaction<'_>, changes: Option<Vec<ItemChange>>) -> Result<Snapshot> {
        self.save(writing.connection)?;
        let snapshot = self.snapshot(writing.connection)?;
        writing.notify(StoreEvent::Changed { tenant: self.tenant, person: self.person, changes, snapshot });
        Ok(snapshot)
    }
}

/// Removes rows of deleted items from inboxes that did not change since, a few inboxes at a time.
pub fn tidy(connection: &Connection, tenant: TenantId, purged_up_to: u64) -> Result<()> {
    let sql = "SELECT person FROM inbox WHERE tenant = ?1 AND cleaned_up_to < ?2 ORDER BY cleaned_up_to LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let people: Vec<i64> =
        statement.query_map(params![tenant.0, purged_up_to, MAX_TIDIED_INBOXES], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for person in people {
        if !item_rows::remove_up_to(connection, PersonId(person), purged_up_to)? {
            break;
        }
        let sql = "UPDATE inbox SET cleaned_up_to = ?2 WHERE person = ?1";
        connection.prepare_cached(sql)?.execute(params![person, purged_up_to])?;
    }
    Ok(())
}

/// Records that the person saw everything up to a sequence.
pub fn mark_seen(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, up_to: u64) -> Result<Snapshot> {
    let mut inbox = Inbox::load(writing.connection, tenant, person)?;
    let up_to = up_to.min(inbox.head);
    if up_to <= inbox.seen_up_to {
        return inbox.snapshot(writing.connection);
    }
    inbox.begin_change();
    inbox.seen_up_to = up_to;
    inbox.save_and_notify(writing, Some(Vec::new()))
}

/// What a live stream starts with.
pub fn stream_start(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<StreamStart> {
    let inbox = Inbox::load(connection, tenant, person)?;
    Ok(StreamStart { keys: current_keys(connection, tenant, person)?, snapshot: inbox.snapshot(connection)? })
}

/// What decides whether a live stream may go on.
pub fn stream_state(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<ListenerAccess> {
    let inbox = Inbox::load(connection, tenant, person)?;
    Ok(ListenerAccess { keys: current_keys(connection, tenant, person)?, revision: inbox.shown_revision() })
}

/// The keys that a person holds now.
fn current_keys(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Vec<AudienceKey>> {
    let held = held_keys(connection, tenant, person, 0)?;
    // Every person holds these two, even when they have no row yet.
    let mut keys = vec![AudienceKey::Everyone, AudienceKey::Person(person)];
    keys.extend(held.into_iter().filter(|held| held.range.high == NO_END).map(|held| held.name));
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// The keys that a person holds or held.
fn held_keys(connection: &Connection, tenant: TenantId, person: PersonId, since: u64) -> Result<Vec<HeldKey>> {
    let mut found = Vec::new();
    for name in [AudienceKey::Everyone, AudienceKey::Person(person)] {
        let (kind, object, relation) = audience_keys::key_columns(&name);
        let sql = "SELECT id, revision FROM audience_key WHERE tenant = ?1 AND kind = ?2 AND object = ?3 AND relation = ?4";
        let mut statement = connection.prepare_cached(sql)?;
        let row = statement.query_row(params![tenant.0, kind, object, relation], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        // A key without a row has no notifications.
        if let Some((key, withdrawn)) = row {
            found.push(HeldKey { name, range: Range { key, low: since, high: NO_END }, withdrawn });
        }
    }
    let sql = "SELECT k.id, k.kind, k.object, k.relation, k.revision, r.since_sequence, r.until_sequence
               FROM relation r JOIN audience_key k ON k.id = r.key WHERE r.tenant = ?1 AND r.subject = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, audience_keys::subject(person)])?;
    while let Some(row) = rows.next()? {
        let range = Range { key: row.get(0)?, low: row.get(5)?, high: row.get::<_, Option<u64>>(6)?.unwrap_or(NO_END) };
        found.push(HeldKey { name: audience_keys::from_columns(row, 1)?, range, withdrawn: row.get(4)? });
    }
    Ok(found)
}
