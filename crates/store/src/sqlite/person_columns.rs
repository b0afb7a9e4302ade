//! Reads people from their columns, with the languages they read.

use campanile_shared::{Language, Person as Profile};
use rusqlite::Row;

use super::{columns, error::Result};

/// The languages a person reads, the preferred first: the one they chose, those of the directory, and the
/// tenant's. The two column indexes are given in this order.
pub fn reading_languages(row: &Row<'_>, (chosen, known): (usize, usize), tenants: Language) -> Result<Vec<Language>> {
    let chosen: Option<String> = row.get(chosen)?;
    let mut all: Vec<Language> = chosen.and_then(|chosen| chosen.parse().ok()).into_iter().collect();
    all.extend(languages(row, known)?);
    all.push(tenants);
    Ok(all)
}

fn languages(row: &Row<'_>, column: usize) -> Result<Vec<Language>> {
    columns::json(row, column)
}

/// The columns that [`profile`] reads, of `person p`.
pub const PROFILE_COLUMNS: &str = "p.login, p.name, p.email, p.languages";

/// Reads a person as other people see them.
pub fn profile(row: &Row<'_>, first: usize) -> Result<Profile> {
    Ok(Profile { login: row.get(first)?, name: row.get(first + 1)?, email: row.get(first + 2)?, languages: languages(row, first + 3)? })
}
