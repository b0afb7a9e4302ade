//! Which content the file holds. Clients compare it: what they know of another content is nothing.

use rusqlite::Connection;

use super::fault::Result;

/// A new generation: 1 to 2^53 - 1, which JavaScript counts exactly. SQLite draws it from the system's
/// randomness; it is a name, not a secret.
const DRAW: &str = "abs(random() % 9007199254740991) + 1";

/// Draws a generation for a file that has none: a new one, or the copy that a backup is.
pub fn draw_if_absent(connection: &Connection) -> Result<()> {
    let sql = format!(
        "INSERT INTO meta (one, generation) SELECT 1, {DRAW} WHERE NOT EXISTS (SELECT 1 FROM meta WHERE generation NOT NULL)
         ON CONFLICT (one) DO UPDATE SET generation = excluded.generation"
    );
    connection.execute(&sql, [])?;
    Ok(())
}
