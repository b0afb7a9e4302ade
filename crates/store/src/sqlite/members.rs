//! People as administrators see them.

use campanile_domain::{
    AudienceKey, Error, PersonId, TenantId,
    model::{listing::Listing, member_cursor::MemberCursor},
};
use campanile_shared::administration::Member;
use rusqlite::{Connection, OptionalExtension, params};

use super::{columns::from_micros, directory, error::Result, pagination::paginate_sized, people, person_lookup};
use crate::tokenizer::folding;

/// People whose login or a part of whose name begins with a text, by name, after a cursor. When thousands
/// match, some of them are left out.
pub fn list(
    connection: &Connection,
    tenant: TenantId,
    beginning: &str,
    after: Option<&MemberCursor>,
    limit: u32,
) -> Result<Listing<Member, MemberCursor>> {
    let beginning = folding::fold(beginning.trim());
    let among = if beginning.is_empty() { "?2 = ?2 AND ?3 = ?3 AND ?4 = ?4" } else { person_lookup::MATCHES_PREFIX };
    let sql = format!(
        "SELECT id, folded_name FROM person WHERE tenant = ?1 AND {among} AND (folded_name, id) > (?5, ?6)
         ORDER BY folded_name, id LIMIT ?7"
    );
    let (name, id) = after.map_or(("", 0), |place| (&place.name, place.id.0));
    let mut statement = connection.prepare_cached(&sql)?;
    let limits = (person_lookup::MAX_CANDIDATES, u64::from(limit) + 1);
    let rows = statement.query(params![tenant.0, beginning, person_lookup::prefix_end(&beginning), limits.0, name, id, limits.1])?;
    paginate_sized(rows, limit, |row| {
        let place = MemberCursor { id: PersonId(row.get(0)?), name: row.get(1)? };
        let member = find(connection, tenant, place.id)?.ok_or(Error::NotFound)?;
        let bytes = directory::record_bytes(&member.person);
        Ok((place, member, bytes))
    })
}

/// One person.
pub fn find(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Option<Member>> {
    let mut statement = connection.prepare_cached("SELECT disabled_at FROM person WHERE id = ?1 AND tenant = ?2")?;
    let disabled: Option<Option<i64>> = statement.query_row(params![person.0, tenant.0], |row| row.get(0)).optional()?;
    let Some(disabled) = disabled else { return Ok(None) };
    Ok(Some(Member {
        person: directory::person_record(connection, tenant, person)?,
        administrator: people::holds_key(connection, tenant, person, &AudienceKey::administrators())?,
        disabled_at: disabled.map(from_micros),
    }))
}
