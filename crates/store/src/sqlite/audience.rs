//! Whom an audience reaches, now and at the time a notification was sent.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hasher},
    time::Duration,
};

use campanile_domain::{AudienceKey, PersonId, TenantId, model::listing::Listing};
use campanile_shared::{
    ItemState, Person as Profile,
    directory::AudienceSummary,
    sent::{Recipient, RecipientCounts},
};
use rusqlite::{Connection, Params, Row, params};
use uuid::Uuid;

use super::{
    audience_keys,
    error::Result,
    page_budget::PageBudget,
    pagination::{paginate, row_bytes},
    people,
    query_timeout::Deadline,
    read_pool::Reader,
};
use crate::{state::StateBits, watermarks::Watermarks};

/// Columns that identify a person and say what they did with a notification, and the index of the first column
/// after them.
const STATE_COLUMNS: &str = "p.id, i.seen_up_to, i.watermarks, s.state";
const FIRST_PROFILE_COLUMN: usize = 4;
/// Time limit for the first people of an audience, by name.
const PREVIEW_TIMEOUT: Duration = Duration::from_millis(100);
/// Time limit for counting the people that a notification reached.
const COUNT_TIMEOUT: Duration = Duration::from_millis(150);
const JOIN_ITEM_STATE: &str = "LEFT JOIN item_state s ON s.person = p.id AND s.sequence = ?3";

/// The people who hold some keys now, as a condition on `person p`. `?2` is a JSON array of role keys, `?3` one
/// of person ids.
const CURRENT_HOLDERS: &str = "p.tenant = ?1 AND p.disabled_at IS NULL AND p.id IN (
    SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?2)) AND until IS NULL AND person IS NOT NULL
    UNION SELECT value FROM json_each(?3))";

/// How many people the keys reach, how many of them have an address, how many distinct addresses get mail, and
/// the first people by name. What takes too long is left out, and the summary says so.
pub fn summary(reader: &Reader, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary> {
    let (mut roles, mut persons) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            AudienceKey::Everyone => {}
            AudienceKey::Person(person) => persons.push(person.0),
            AudienceKey::Role { .. } => roles.extend(audience_keys::find(reader, tenant, key)?),
        }
    }
    let condition = if keys.contains(&AudienceKey::Everyone) {
        "p.tenant = ?1 AND p.disabled_at IS NULL AND ?2 = ?2 AND ?3 = ?3"
    } else {
        CURRENT_HOLDERS
    };
    let arrays = (serde_json::to_string(&roles)?, serde_json::to_string(&persons)?);
    let mut summary = AudienceSummary::default();
    let deadline = reader.timeout.take_deadline();
    let sql = format!("SELECT p.email, p.unsubscribed FROM person p WHERE {condition}");
    let mut statement = reader.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, arrays.0, arrays.1])?;
    // Hashes instead of addresses, because there may be hundreds of thousands.
    let mut addresses = HashSet::new();
    while let Some(row) = rows.next()? {
        summary.people += 1;
        if let Some(email) = row.get_ref(0)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            summary.with_email += 1;
            if !row.get::<_, bool>(1)? {
                addresses.insert(hash(email));
            }
        }
        if deadline.is_past() {
            summary.incomplete = true;
            break;
        }
    }
    drop(rows);
    if summary.incomplete && matches!(keys, [_]) {
        // A single key has a counter.
        summary.people = audience_keys::audience_size(reader, tenant, keys)?;
    }
    summary.addresses = addresses.len() as u64;
    let mut first = |further: &str| -> Result<Vec<Profile>> {
        let sql =
            format!("SELECT {} FROM person p WHERE {condition}{further} ORDER BY p.folded_name, p.id LIMIT ?4", people::PROFILE_COLUMNS);
        let found = reader.timeout.run_within(PREVIEW_TIMEOUT, || {
            let mut statement = reader.prepare_cached(&sql)?;
            let rows = statement.query(params![tenant.0, arrays.0, arrays.1, u64::from(limit) + 1])?;
            paginate(rows, limit, |row| people::profile(row, 0).map(|person| ((), person)))
        })?;
        summary.incomplete |= found.is_none();
        Ok(found.map_or_else(Vec::new, |found| found.items))
    };
    let (some, without_email) = (first("")?, first(" AND p.email IS NULL")?);
    (summary.first, summary.without_email) = (some, without_email);
    Ok(summary)
}

/// A hash of an address that ignores the case of ASCII letters.
fn hash(email: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    email.bytes().for_each(|byte| hasher.write_u8(byte.to_ascii_lowercase()));
    hasher.finish()
}

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
            people::PROFILE_COLUMNS,
            self.condition()
        );
        let mut found = Vec::new();
        let values = params![tenant.0, after, self.sequence, self.roles, self.persons, limit];
        self.for_each_person(connection, &sql, values, |row, state, seen| {
            let Profile { login, name, email, languages } = people::profile(row, FIRST_PROFILE_COLUMN)?;
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
    fn count(&self, reader: &Reader, tenant: TenantId, deadline: Deadline) -> Result<RecipientCounts> {
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

/// A page of the people that a notification reached when it was sent, and the counts of all of them.
pub fn recipients(
    reader: &Reader,
    tenant: TenantId,
    id: Uuid,
    after: Option<PersonId>,
    limit: u32,
) -> Result<(Listing<Recipient, PersonId>, RecipientCounts)> {
    let deadline = reader.timeout.take_deadline();
    let mut statement = reader.prepare_cached("SELECT sequence, keys FROM notification WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    let no_one = || (Listing { items: Vec::new(), next: None }, RecipientCounts::default());
    let Some(row) = rows.next()? else { return Ok(no_one()) };
    let keys: String = row.get(1)?;
    let reached = AudienceWhenSent::load(reader, row.get(0)?, &keys)?;
    let mut budget = PageBudget::page();
    let mut people = reached.people(reader, tenant, after.map_or(0, |after| after.0), limit.saturating_add(1), Some(&mut budget))?;
    let more = people.len() > limit as usize || budget.is_exhausted();
    people.truncate(limit as usize);
    let next = people.last().filter(|_| more).map(|(id, _)| *id);
    let people = Listing { items: people.into_iter().map(|(_, recipient)| recipient).collect(), next };
    Ok((people, reached.count(reader, tenant, deadline)?))
}
