//! The roles of the directory as senders search them, with the number of holders.

use campanile_domain::{
    TenantId,
    model::{
        audience_key::ADMINISTRATOR_ROLE,
        relation::{PERSON_PREFIX, Role, RoleQuery, SUBSCRIBED},
    },
};
use rusqlite::params;

use super::{error::Result, read_pool::Reader};
use crate::tokenizer::folding;

/// Finds roles, by object and relation, within the time limit. Returns whether the time was over.
pub fn find(reader: &Reader, tenant: TenantId, which: &RoleQuery, limit: u32) -> Result<(Vec<Role>, bool)> {
    // Relations to people (their followers) lie between `person:` and `person;`.
    let sql = "SELECT k.object, k.relation, o.name, k.holder_count FROM audience_key k
               LEFT JOIN object o ON o.tenant = k.tenant AND o.object = k.object
               WHERE k.tenant = ?1 AND k.kind = 2 AND (k.holder_count > 0 OR k.relation = ?2)
                   AND (k.object < ?3 OR k.object >= ?4) AND k.object != ?5 AND (?6 IS NULL OR k.object = ?6)
               ORDER BY k.object, k.relation";
    let (object, words) = match which {
        RoleQuery::Object(object) => (Some(object), &[][..]),
        RoleQuery::Matching(words) => (None, &words[..]),
    };
    let behind = format!("{};", PERSON_PREFIX.trim_end_matches(':'));
    let deadline = reader.timeout.take_deadline();
    let mut statement = reader.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, SUBSCRIBED, PERSON_PREFIX, behind, ADMINISTRATOR_ROLE.0, object])?;
    let folded: Vec<_> = words.iter().map(|word| folding::fold(word)).collect();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let role = Role { object: row.get(0)?, relation: row.get(1)?, name: row.get(2)?, holders: row.get(3)? };
        let said = format!("{} {} {}", role.object, role.relation, role.name.as_deref().unwrap_or_default());
        let said = folding::fold(&said);
        if folded.iter().all(|word| said.contains(&**word)) {
            found.push(role);
        }
        if found.len() >= limit as usize {
            break;
        }
        if deadline.is_past() {
            return Ok((found, true));
        }
    }
    Ok((found, false))
}
