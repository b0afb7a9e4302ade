//! The schema's history. One transaction that holds the write lock from its first statement does
//! what is missing, so that two processes opening one file at once cannot both do it; the number
//! of steps done is SQLite's `user_version`.

use campanile_domain::Error;
use rusqlite::{Connection, TransactionBehavior};

use super::{fault::Result, names};

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
    NAMES,
];

/// The step with which stored names get their form, which SQL cannot give them.
const NAMES: &str = include_str!("../../migrations/sqlite/0019_names.sql");

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
        if *step == NAMES {
            names::normalise(&transaction)?;
        }
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

    #[test]
    fn stored_names_get_their_form_and_nobody_loses_an_own_one() {
        let mut connection = Connection::open_in_memory().unwrap();
        let before = STEPS.iter().position(|step| *step == NAMES).unwrap();
        STEPS[..before].iter().for_each(|step| connection.execute_batch(step).unwrap());
        connection.pragma_update(None, "user_version", before).unwrap();
        connection.execute("INSERT INTO tenant (name, folded, settings, portal_secret) VALUES ('a', 'a', '{}', 'x')", []).unwrap();
        let people = [("Jose\u{301}", "ids:e\u{301}"), ("josé", "ids:é"), ("zoe\u{308}", "ids:z"), ("ada", "ids:a")];
        for (at, (login, id)) in people.into_iter().enumerate() {
            let sql = "INSERT INTO person (tenant, login, name, folded_name, email, languages, since, since_sequence)
                       VALUES (1, ?1, ?1, ?1, ?1 || '@example.com', '[]', 0, 0)";
            connection.execute(sql, [login]).unwrap();
            for name in [login.to_lowercase().as_str(), id] {
                connection.execute("INSERT INTO handle (tenant, name, person) VALUES (1, ?1, ?2)", (name, at as i64 + 1)).unwrap();
            }
        }
        assert!(run(&mut connection).unwrap());
        let texts = |sql: &str| {
            let mut statement = connection.prepare(sql).unwrap();
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
            rows.collect::<rusqlite::Result<Vec<_>>>().unwrap()
        };
        assert_eq!(texts("SELECT login FROM person ORDER BY id"), ["José-2", "josé", "zoë", "ada"]);
        assert_eq!(texts("SELECT email FROM person WHERE id = 3"), ["zoë@example.com"]);
        let handles = texts("SELECT person || ' ' || name FROM handle ORDER BY person, name");
        assert_eq!(handles, ["1 josé-2", "2 ids:é", "2 josé", "3 ids:z", "3 zoë", "4 ada", "4 ids:a"]);
        assert_eq!(texts("SELECT text FROM beginning WHERE person = 3"), ["zoe"]);
    }
}
