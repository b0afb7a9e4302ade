//! Who an audience reaches: now, and at the time a notification was sent.

use campanile_domain::{AudienceKey, PersonId, TenantId};
use campanile_shared::{
    ItemState, Person as Profile,
    directory::AudienceSummary,
    sent::{COUNTED, Reach, Recipient},
};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::{fault::Result, keys, people};
use crate::{spans::Spans, state::State};

/// Where the columns begin that are asked for of each person a notification reached.
const FURTHER: usize = 4;

/// The people of some keys at this moment, as a condition on `person p`: `?2` a JSON array of role
/// keys, `?3` one of people.
const NOW: &str = "p.tenant = ?1 AND p.id IN (
    SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?2)) AND until IS NULL AND person IS NOT NULL
    UNION SELECT value FROM json_each(?3))";

/// How many people the keys reach, how many of them have an address, and the first by name.
pub fn summary(connection: &Connection, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary> {
    let (mut roles, mut persons) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            AudienceKey::Everyone => {}
            AudienceKey::Person(person) => persons.push(person.0),
            AudienceKey::Role { .. } => roles.extend(keys::find(connection, tenant, key)?),
        }
    }
    let condition = if keys.contains(&AudienceKey::Everyone) { "p.tenant = ?1 AND ?2 = ?2 AND ?3 = ?3" } else { NOW };
    let arrays = (serde_json::to_string(&roles)?, serde_json::to_string(&persons)?);
    let sql = format!("SELECT COUNT(*), COUNT(p.email), COUNT(DISTINCT lower(p.email)) FROM person p WHERE {condition}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut summary = statement.query_row(params![tenant.0, arrays.0, arrays.1], |row| {
        let (people, with_email, addresses) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(AudienceSummary { people, with_email, addresses, ..AudienceSummary::default() })
    })?;
    let first = |further: &str| -> Result<Vec<Profile>> {
        let sql = format!("SELECT {} FROM person p WHERE {condition}{further} ORDER BY p.folded_name, p.id LIMIT ?4", people::PROFILE);
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![tenant.0, arrays.0, arrays.1, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(people::profile(row, 0)?);
        }
        Ok(found)
    };
    summary.first = first("")?;
    if summary.with_email < summary.people {
        summary.without_email = first(" AND p.email IS NULL")?;
    }
    Ok(summary)
}

/// A notification's audience, for reading who was in it when it was sent.
pub struct Reached {
    pub sequence: u64,
    pub everyone: bool,
    /// JSON arrays of role keys and of people.
    roles: String,
    persons: String,
    /// All keys.
    pub keys: Vec<i64>,
}

impl Reached {
    /// By the ids of its keys.
    pub fn load(connection: &Connection, sequence: u64, keys: &str) -> Result<Self> {
        let keys: Vec<i64> = serde_json::from_str(keys)?;
        let (mut roles, mut persons, mut everyone) = (Vec::new(), Vec::new(), false);
        for key in &keys {
            let mut statement = connection.prepare_cached("SELECT kind, object, relation FROM audience_key WHERE id = ?1")?;
            let mut rows = statement.query([key])?;
            let Some(row) = rows.next()? else { continue };
            match keys::from_columns(row, 0)? {
                AudienceKey::Everyone => everyone = true,
                AudienceKey::Person(person) => persons.push(person.0),
                AudienceKey::Role { .. } => roles.push(*key),
            }
        }
        Ok(Self { sequence, everyone, roles: serde_json::to_string(&roles)?, persons: serde_json::to_string(&persons)?, keys })
    }

    /// The people it reached, by place in the store, with what each did with it.
    pub fn people(&self, connection: &Connection, tenant: TenantId, after: i64, limit: u32) -> Result<Vec<(PersonId, Recipient)>> {
        self.each(connection, tenant, after, limit, people::PROFILE, |row, state, seen| {
            let Profile { login, name, email, languages } = people::profile(row, FURTHER)?;
            let ItemState { read, dismissed } = state.shown();
            Ok((PersonId(row.get(0)?), Recipient { login, name, email, languages, seen, read, dismissed }))
        })
    }

    /// How many of them did what.
    fn count(&self, connection: &Connection, tenant: TenantId) -> Result<Reach> {
        let mut reach = Reach::default();
        self.each(connection, tenant, 0, COUNTED, "NULL", |_, state, seen| {
            reach.people += 1;
            reach.seen += u64::from(seen);
            reach.read += u64::from(state.is_read());
            reach.dismissed += u64::from(state.is_dismissed());
            Ok(())
        })?;
        Ok(reach)
    }

    /// Goes through the people it reached: a row begins with the person's place, the columns asked
    /// for begin at [`FURTHER`].
    fn each<T>(
        &self,
        connection: &Connection,
        tenant: TenantId,
        after: i64,
        limit: u32,
        columns: &str,
        mut take: impl FnMut(&Row<'_>, State, bool) -> Result<T>,
    ) -> Result<Vec<T>> {
        let among = if self.everyone {
            "p.since_sequence < ?3 AND ?4 = ?4 AND ?5 = ?5"
        } else {
            "p.id IN (
                SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?4)) AND person > ?2
                    AND since_sequence < ?3 AND (until_sequence IS NULL OR until_sequence >= ?3)
                UNION SELECT value FROM json_each(?5))"
        };
        let sql = format!(
            "SELECT p.id, i.seen_up_to, i.spans, t.state, {columns} FROM person p
             LEFT JOIN inbox i ON i.person = p.id LEFT JOIN touched t ON t.person = p.id AND t.sequence = ?3
             WHERE p.tenant = ?1 AND p.id > ?2 AND {among} ORDER BY p.id LIMIT ?6"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![tenant.0, after, self.sequence, self.roles, self.persons, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let spans = row.get_ref(2)?.as_str_or_null().map_err(rusqlite::Error::from)?.unwrap_or_default();
            let state = match row.get::<_, Option<u8>>(3)? {
                Some(state) => State(state),
                None => Spans::parse(spans).unwrap_or_default().at(self.sequence),
            };
            let seen = state.is_read() || row.get::<_, Option<u64>>(1)?.is_some_and(|up_to| up_to >= self.sequence);
            found.push(take(row, state, seen)?);
        }
        Ok(found)
    }
}

/// The people whom a notification reached when it was sent, and all of them counted.
pub fn recipients(
    connection: &Connection,
    tenant: TenantId,
    id: Uuid,
    after: Option<PersonId>,
    limit: u32,
) -> Result<(Vec<(PersonId, Recipient)>, Reach)> {
    let mut statement = connection.prepare_cached("SELECT sequence, keys FROM notification WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok((Vec::new(), Reach::default())) };
    let keys: String = row.get(1)?;
    let reached = Reached::load(connection, row.get(0)?, &keys)?;
    let people = reached.people(connection, tenant, after.map_or(0, |after| after.0), limit)?;
    Ok((people, reached.count(connection, tenant)?))
}
