//! Drafts that people saved for themselves.

use campanile_domain::{PersonId, TenantId};
use campanile_shared::saved_draft::{SavedDraft, SavedDraftContent};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{
    columns::{from_micros, to_micros, uuid},
    error::Result,
    person_lookup,
    write_transaction::WriteTransaction,
};

/// A person's drafts, the last saved first.
pub fn list(connection: &Connection, tenant: TenantId, person: PersonId) -> Result<Vec<SavedDraft>> {
    person_lookup::require_exists(connection, tenant, person)?;
    let sql = "SELECT id, title, saved_at FROM saved_draft WHERE person = ?1 ORDER BY saved_at DESC, row DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([person.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(SavedDraft { id: uuid(row, 0)?, title: row.get(1)?, saved_at: from_micros(row.get(2)?) });
    }
    Ok(found)
}

/// Finds a draft.
pub fn find(connection: &Connection, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<SavedDraftContent>> {
    person_lookup::require_exists(connection, tenant, person)?;
    let mut statement = connection.prepare_cached("SELECT title, content FROM saved_draft WHERE person = ?1 AND id = ?2")?;
    let read = |row: &rusqlite::Row<'_>| Ok(SavedDraftContent { title: row.get(0)?, letter: row.get(1)? });
    Ok(statement.query_row(params![person.0, id.as_bytes()], read).optional()?)
}

/// Saves a draft; false when the person has `most` others already.
pub fn save(
    writing: &mut WriteTransaction<'_>,
    tenant: TenantId,
    person: PersonId,
    kept: &SavedDraft,
    letter: &str,
    most: u32,
) -> Result<bool> {
    let connection = writing.connection;
    person_lookup::require_exists(connection, tenant, person)?;
    let sql = "INSERT INTO saved_draft (person, id, title, saved_at, content) SELECT ?1, ?2, ?3, ?4, ?5
               WHERE (SELECT COUNT(*) FROM saved_draft WHERE person = ?1 AND id != ?2) < ?6
               ON CONFLICT (person, id) DO UPDATE
                   SET title = excluded.title, saved_at = excluded.saved_at, content = excluded.content";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.execute(params![person.0, kept.id.as_bytes(), kept.title, to_micros(kept.saved_at), letter, most])? > 0)
}

/// Deletes a draft.
pub fn delete(writing: &mut WriteTransaction<'_>, tenant: TenantId, person: PersonId, id: Uuid) -> Result<()> {
    person_lookup::require_exists(writing.connection, tenant, person)?;
    let mut statement = writing.connection.prepare_cached("DELETE FROM saved_draft WHERE person = ?1 AND id = ?2")?;
    statement.execute(params![person.0, id.as_bytes()])?;
    Ok(())
}
