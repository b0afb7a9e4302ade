//! Known browsers: those in which a person has signed in before. Each is a token.

use campanile_domain::{PersonId, model::secret::SecretKind};
use rusqlite::{Connection, params};

use super::error::Result;

/// The most known browsers of a person.
const MAX_KNOWN_BROWSERS: u32 = 20;

/// Forgets the known browsers of a person beyond the limit: those that expire first.
pub fn keep_newest(connection: &Connection, person: PersonId) -> Result<()> {
    let sql = "DELETE FROM token WHERE hash IN
                   (SELECT hash FROM token WHERE person = ?1 AND kind = ?2 ORDER BY expires_at DESC LIMIT -1 OFFSET ?3)";
    connection.prepare_cached(sql)?.execute(params![person.0, SecretKind::KnownBrowser.name(), MAX_KNOWN_BROWSERS])?;
    Ok(())
}
