//! One person's inbox: everything that is loaded before a question about it can be answered.

pub mod bisect;
pub mod broadcast_split;
pub mod button_clicks;
pub mod catch_up;
pub mod change;
pub mod change_command;
pub mod cleanup;
pub mod click;
mod compact;
pub mod components;
pub mod content_filter;
pub mod counts;
pub mod item_changes;
mod item_rows;
pub mod key_ranges;
mod matched_keys;
mod matches;
pub mod merge;
pub mod page;
mod paged_rows;
mod read_times;
pub mod resurface;
mod scan;
pub mod seen;
pub mod snooze;
pub mod stream;
pub mod text_scan;
pub mod undo;
pub mod undo_log;

use campanile_domain::{Error, PersonId, StoreEvent, TenantId};
use campanile_shared::Snapshot;
use rusqlite::{Connection, params};

use self::key_ranges::Range;
use super::{error::Result, write_transaction::WriteTransaction};
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
        for held in key_ranges::held_keys(connection, tenant, person, row.get(2)?)? {
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
    fn save_and_notify(mut self, writing: &mut WriteTransaction<'_>) -> Result<Snapshot> {
        self.save(writing.connection)?;
        let snapshot = self.snapshot(writing.connection)?;
        writing.notify(StoreEvent::Changed { tenant: self.tenant, person: self.person, revision: snapshot.revision });
        Ok(snapshot)
    }
}
