//! Who an audience reaches: now, and at the time a notification was sent.

use campanile_domain::{AudienceKey, PersonId, TenantId};
use campanile_shared::{
    ItemState, Person as Profile,
    directory::AudienceSummary,
    sent::{Reach, Recipient},
};
use rusqlite::{Connection, Params, Row, params};
use uuid::Uuid;

use super::{fault::Result, keys, people};
use crate::{spans::Spans, state::State};

/// What tells who somebody is and what they did with a notification, and where further columns begin.
const DONE: &str = "p.id, i.seen_up_to, i.spans, t.state";
const FURTHER: usize = 4;
const TOUCHED: &str = "LEFT JOIN touched t ON t.person = p.id AND t.sequence = ?3";

/// The people of some keys at this moment, as a condition on `person p`: `?2` a JSON array of role
/// keys, `?3` one of people.
const NOW: &str = "p.tenant = ?1 AND p.disabled_at IS NULL AND p.id IN (
    SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?2)) AND until IS NULL AND person IS NOT NULL
    UNION SELECT value FROM json_each(?3))";

/// How many people the keys reach, how many of them have an address, at how many addresses mail
/// reaches them, and the first by name.
pub fn summary(connection: &Connection, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary> {
    let (mut roles, mut persons) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            AudienceKey::Everyone => {}
            AudienceKey::Person(person) => persons.push(person.0),
            AudienceKey::Role { .. } => roles.extend(keys::find(connection, tenant, key)?),
        }
    }
    let condition =
        if keys.contains(&AudienceKey::Everyone) { "p.tenant = ?1 AND p.disabled_at IS NULL AND ?2 = ?2 AND ?3 = ?3" } else { NOW };
    let arrays = (serde_json::to_string(&roles)?, serde_json::to_string(&persons)?);
    let sql = format!(
        "SELECT COUNT(*), COUNT(p.email), COUNT(DISTINCT CASE WHEN NOT p.no_mail THEN lower(p.email) END) FROM person p WHERE {condition}"
    );
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
        let sql = format!(
            "SELECT {DONE}, {} FROM person p LEFT JOIN inbox i ON i.person = p.id {TOUCHED}
             WHERE p.tenant = ?1 AND p.id > ?2 AND {} ORDER BY p.id LIMIT ?6",
            people::PROFILE,
            self.among()
        );
        let mut found = Vec::new();
        let values = params![tenant.0, after, self.sequence, self.roles, self.persons, limit];
        self.each(connection, &sql, values, |row, state, seen| {
            let Profile { login, name, email, languages } = people::profile(row, FURTHER)?;
            let ItemState { read, dismissed, .. } = state.shown();
            found.push((PersonId(row.get(0)?), Recipient { login, name, email, languages, seen, read, dismissed }));
            Ok(())
        })?;
        Ok(found)
    }

    /// All of them.
    pub fn everybody(&self, connection: &Connection, tenant: TenantId) -> Result<Vec<PersonId>> {
        let sql = format!("SELECT p.id FROM person p WHERE p.tenant = ?1 AND p.id > ?2 AND {}", self.among());
        let mut statement = connection.prepare_cached(&sql)?;
        let people = statement.query_map(params![tenant.0, 0, self.sequence, self.roles, self.persons], |row| Ok(PersonId(row.get(0)?)))?;
        Ok(people.collect::<rusqlite::Result<_>>()?)
    }

    /// How many of them did what. Who has no inbox yet did nothing, and is only counted.
    fn count(&self, connection: &Connection, tenant: TenantId) -> Result<Reach> {
        let sql = format!("SELECT COUNT(*) FROM person p WHERE p.tenant = ?1 AND p.id > ?2 AND {}", self.among());
        let mut statement = connection.prepare_cached(&sql)?;
        let people = statement.query_row(params![tenant.0, 0, self.sequence, self.roles, self.persons], |row| row.get(0))?;
        let mut reach = Reach { people, ..Reach::default() };
        let rest = format!("JOIN inbox i ON i.person = p.id {TOUCHED} WHERE p.tenant = ?1 AND p.id > ?2 AND {}", self.among());
        self.each(
            connection,
            &format!("SELECT {DONE} FROM person p {rest}"),
            params![tenant.0, 0, self.sequence, self.roles, self.persons],
            |_, state, seen| {
                reach.seen += u64::from(seen);
                reach.read += u64::from(state.is_read());
                reach.dismissed += u64::from(state.is_dismissed());
                Ok(())
            },
        )?;
        Ok(reach)
    }

    /// The people it reached, as a condition on `person p`: `?2` whom to begin after, `?3` its
    /// sequence, `?4` its role keys, `?5` its persons.
    const fn among(&self) -> &'static str {
        if self.everyone {
            "p.since_sequence < ?3 AND ?4 = ?4 AND ?5 = ?5"
        } else {
            "p.id IN (
                SELECT person FROM relation WHERE key IN (SELECT value FROM json_each(?4)) AND person > ?2
                    AND since_sequence < ?3 AND (until_sequence IS NULL OR until_sequence >= ?3)
                UNION SELECT value FROM json_each(?5))"
        }
    }

    /// Goes through the rows of a query that begin with [`DONE`], with what each person did.
    fn each(
        &self,
        connection: &Connection,
        sql: &str,
        values: impl Params,
        mut take: impl FnMut(&Row<'_>, State, bool) -> Result<()>,
    ) -> Result<()> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            let spans = row.get_ref(2)?.as_str_or_null().map_err(rusqlite::Error::from)?.unwrap_or_default();
            let state = match row.get::<_, Option<u8>>(3)? {
                Some(state) => State(state),
                None => Spans::parse(spans).unwrap_or_default().at(self.sequence),
            };
            let seen = state.is_read() || row.get::<_, Option<u64>>(1)?.is_some_and(|up_to| up_to >= self.sequence);
            take(row, state, seen)?;
        }
        Ok(())
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
