//! The schema's history. One transaction that holds the write lock from its first statement does
//! what is missing, so that two processes opening one file at once cannot both do it; the number
//! of steps done is SQLite's `user_version`.

use campanile_domain::Error;
use rusqlite::{Connection, TransactionBehavior};

use super::fault::Result;

/// Every step, the oldest first. Steps are only ever appended.
const STEPS: [&str; 14] = [
    include_str!("../../migrations/sqlite/0001_beginning.sql"),
    include_str!("../../migrations/sqlite/0002_directory_and_deliveries.sql"),
    include_str!("../../migrations/sqlite/0003_presses.sql"),
    include_str!("../../migrations/sqlite/0004_first_answers.sql"),
    include_str!("../../migrations/sqlite/0005_moments.sql"),
    include_str!("../../migrations/sqlite/0006_search_merges.sql"),
    include_str!("../../migrations/sqlite/0007_gone.sql"),
    include_str!("../../migrations/sqlite/0008_snoozes.sql"),
    include_str!("../../migrations/sqlite/0009_administration.sql"),
    include_str!("../../migrations/sqlite/0010_all_at_once.sql"),
    include_str!("../../migrations/sqlite/0011_no_mail.sql"),
    include_str!("../../migrations/sqlite/0012_generation.sql"),
    include_str!("../../migrations/sqlite/0013_deletion_time.sql"),
    include_str!("../../migrations/sqlite/0014_secrets_and_limits.sql"),
];

/// The schema that this version knows.
pub const LATEST: usize = STEPS.len();

/// Brings the schema up to date; whether there was anything to do.
pub fn run(connection: &mut Connection) -> Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if done > STEPS.len() {
        return Err(Error::Unavailable("the database was written by a newer version of Campanile".into()).into());
    }
    for step in &STEPS[done..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len())?;
    transaction.commit()?;
    Ok(done < STEPS.len())
}
