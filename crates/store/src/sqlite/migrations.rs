//! The schema's history. One transaction that holds the write lock from its first statement does
//! what is missing, so that two processes opening one file at once cannot both do it; the number
//! of steps done is SQLite's `user_version`.

use campanile_domain::Error;
use rusqlite::{Connection, TransactionBehavior};

use super::fault::Result;

/// Every step, the oldest first. Steps are only ever appended.
const STEPS: &[&str] = &[
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
    include_str!("../../migrations/sqlite/0015_revisers.sql"),
    include_str!("../../migrations/sqlite/0016_makers_of_tickets.sql"),
    include_str!("../../migrations/sqlite/0017_hook_events.sql"),
    include_str!("../../migrations/sqlite/0018_words.sql"),
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
    if done == STEPS.len() {
        // Not even the number is written: other processes would have to look what changed.
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

    /// Links in mails were signed with the portal secret until the step with this in it.
    const PARTED: &str = "ADD COLUMN mail_secret";

    #[test]
    fn links_that_are_in_mailboxes_stay_good() {
        let mut connection = Connection::open_in_memory().unwrap();
        let before = STEPS.iter().position(|step| step.contains(PARTED)).unwrap();
        STEPS[..before].iter().for_each(|step| connection.execute_batch(step).unwrap());
        connection.pragma_update(None, "user_version", before).unwrap();
        let tenant = "INSERT INTO tenant (name, folded, settings, portal_secret) VALUES ('a', 'a', '{}', 'cmx_first')";
        connection.execute(tenant, []).unwrap();
        assert!(run(&mut connection).unwrap());
        let read = "SELECT portal_secret, mail_secret, former_portal_secret FROM tenant";
        let secrets: (String, String, Option<String>) =
            connection.query_row(read, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        assert_eq!(secrets, ("cmx_first".to_owned(), "cmx_first".to_owned(), None));
        assert!(!run(&mut connection).unwrap());
    }
}
