//! The audience of a notification at the time it was sent, and what each person did with it.

use std::time::Duration;

use campanile_domain::{AudienceKey, PersonId, TenantId};
use campanile_shared::{
    ItemState, Person as Profile,
    sent::{Recipient, RecipientCounts},
};
use rusqlite::{Connection, Params, Row, params};

use super::{
    audience_keys, error::Result, page_budget::PageBudget, pagination::row_bytes, person_columns, query_timeout::Deadline,
    read_pool::Reader,
};
use crate::{state::StateBits, watermarks::Watermarks};

/// Columns that identify a person and say what they did with a notification, and the index of the first column
/// after them.
const STATE_COLUMNS: &str = "p.id, i.seen_up_to, i.watermarks, s.state";
const FIRST_PROFILE_COLUMN: usize = 4;
/// Time limit for counting the people that a notification reached.
const COUNT_TIMEOUT: Duration = Duration::from_millis(150);
const JOIN_ITEM_STATE: &str = "LEFT JOIN item_state s ON s.person = p.id AND s.sequence = ?3";

/// The audience of a notification at the time it was sent.
pub struct AudienceWhenSent {
    pub sequence: u64,
    pub everyone: bool,
    /// JSON arrays of role keys and of person ids.
    roles: String,
    persons: String,
    /// The ids of all keys.
    pub keys: Vec<i64>,
}

impl AudienceWhenSent {
    /// Loads the audience from the JSON array of its key ids.
    pub fn load(connection: &Connection, sequence: u64, keys: &str) -> Result<Self> {
        let keys: Vec<i64> = serde_json::from_str(keys)?;
        let (mut roles, mut persons, mut everyone) = (Vec::new(), Vec::new(), false);
        for key in &keys {
            let mut statement = connection.prepare_cached("SELECT kind, object, relation FROM audience_key WHERE id = ?1")?;
            let mut rows = statement.query([key])?;
            let Some(row) = rows.next()? else { continue };
            match audience_keys::from_columns(row, 0)? {
                AudienceKey::Everyone => everyone = true,
                AudienceKey::Person(person) => persons.push(person.0),
                AudienceKey::Role { .. } => roles.push(*key),
            }
        }
        Ok(Self { sequence, everyone, roles: serde_json::to_string(&roles)?, persons: serde_json::to_string(&persons)?, keys })
    }

    /// The people it reached, in the order of their ids, with what each did with the notification. Stops when
    /// the budget is used up.
    pub fn people(
        &self,
        connection: &Connection,
        tenant: TenantId,
        after: i64,
        limit: u32,
        mut budget: Option<&mut PageBudget>,
    ) -> Result<Vec<(PersonId, Recipient)>> {
        let sql = format!(
            "SELECT {STATE_COLUMNS}, {} FROM person p LEFT JOIN inbox i ON i.person = p.id {JOIN_ITEM_STATE}
             WHERE p.tenant = ?1 AND p.id > ?2 AND {} ORDER BY p.id LIMIT ?6",
            person_columns::PROFILE_COLUMNS,
            self.condition()
        );
        let mut found = Vec::new();
        let values = params![tenant.0, after, self.sequence, self.roles, self.persons, limit];
        self.for_each_person(connection, &sql, values, |row, state, seen| {
            let Profile { login, name, email, languages } = person_columns::profile(row, FIRST_PROFILE_COLUMN)?;
            let ItemState { read, dismissed, .. } = state.to_item_state();
            let fits = budget.as_mut().is_none_or(|budget| budget.take(row_bytes(row)));
            if fits {
                found.push((PersonId(row.get(0)?), Recipient { login, name, email, languages, seen, read, dismissed }));
            }
            Ok(fits)
        })?;
        Ok(found)
    }

    /// The ids of all people it reached.
    pub fn all_people(&self, connection: &Connection, tenant: TenantId) -> Result<Vec<PersonId>> {
        let sql = format!("SELECT p.id FROM person p WHERE p.tenant = ?1 AND p.id > ?2 AND {}", self.condition());
        let mut statement = connection.prepare_cached(&sql)?;
        let people = statement.query_map(params![tenant.0, 0, self.sequence, self.roles, self.persons], |row| Ok(PersonId(row.get(0)?)))?;
        Ok(people.collect::<rusqlite::Result<_>>()?)
    }

    /// Counts the people it reached and what they did, until the deadline. People without an inbox row did
    /// nothing and are only counted.
    pub fn count(&self, reader: &Reader, tenant: TenantId, deadline: Deadline) -> Result<RecipientCounts> {
        let sql = format!("SELECT COUNT(*) FROM person p WHERE p.tenant = ?1 AND p.id > ?2 AND {}", self.condition());
        let values = params![tenant.0, 0, self.sequence, self.roles, self.persons];
        let people =
            reader.timeout.run_within(COUNT_TIMEOUT, || Ok(reader.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?))?;
        let mut reach = RecipientCounts { people: people.unwrap_or_default(), incomplete: people.is_none(), ..RecipientCounts::default() };
        let sql = format!(
            "SELECT {STATE_COLUMNS} FROM person p JOIN inbox i ON i.person = p.id {JOIN_ITEM_STATE} WHERE p.tenant = ?1 AND p.id > ?2 AND {}",
            self.condition()
        );
        self.for_each_person(reader, &sql, values, |_, state, seen| {
            reach.seen += u64::from(seen);
            reach.read += u64::from(state.is_read());
            reach.dismissed += u64::from(state.is_dismissed());
            reach.incomplete |= deadline.is_past();
            Ok(!reach.incomplete)
        })?;
        Ok(reach)
    }

    /// The people it reached, as a condition on `person p`. `?2` is the person id to start after, `?3` the
    /// sequence, `?4` the role keys, `?5` the person ids.
    const fn condition(&self) -> &'static str {
        if self.everyone {
            "p.since_sequence < ?3 AND ?4 = ?4 AND ?5 = ?5"
        } else {
            "p.id IN (
                SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?4)) AND person > ?2
                    AND since_sequence < ?3 AND (until_sequence IS NULL OR until_sequence >= ?3)
                UNION SELECT value FROM json_each(?5))"
        }
    }

    /// Reads the rows of a query that begins with [`STATE_COLUMNS`], until `take` returns false.
    fn for_each_person(
        &self,
        connection: &Connection,
        sql: &str,
        values: impl Params,
        mut take: impl FnMut(&Row<'_>, StateBits, bool) -> Result<bool>,
    ) -> Result<()> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            let spans = row.get_ref(2)?.as_str_or_null().map_err(rusqlite::Error::from)?.unwrap_or_default();
            let state = match row.get::<_, Option<u8>>(3)? {
                Some(state) => StateBits(state),
                None => Watermarks::parse(spans).unwrap_or_default().at(self.sequence),
            };
            let seen = state.is_read() || row.get::<_, Option<u64>>(1)?.is_some_and(|up_to| up_to >= self.sequence);
            if !take(row, state, seen)? {
                break;
            }
        }
        Ok(())
    }
}
