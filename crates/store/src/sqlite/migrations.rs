//! Runs the migrations of the schema. One transaction that holds the write lock from its first statement runs
//! the missing ones, so that two processes that open a file at once do not both run them. The number of
//! migrations done is SQLite's `user_version`.

use campanile_domain::Error;
use rusqlite::{Connection, TransactionBehavior};

use super::error::Result;

/// All migrations, the oldest first. Migrations are only ever appended.
const STEPS: &[&str] = &[include_str!("../../migrations/sqlite/0001_schema.sql")];

/// The latest schema version that this program knows.
pub const LATEST: usize = STEPS.len();

/// Brings the schema up to date. Returns whether there was anything to do.
pub fn run(connection: &mut Connection) -> Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if done > STEPS.len() {
        return Err(Error::Unavailable("the database was written by a newer version of Campanile".into()).into());
    }
    if done == STEPS.len() {
        // Writes nothing, because other processes would then see a commit.
        return Ok(false);
    }
    for step in &STEPS[done..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len())?;
    transaction.commit()?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_run_once_and_a_later_schema_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(run(&mut connection).unwrap());
        assert!(!run(&mut connection).unwrap());
        connection.pragma_update(None, "user_version", LATEST + 1).unwrap();
        assert!(run(&mut connection).is_err());
    }
}
