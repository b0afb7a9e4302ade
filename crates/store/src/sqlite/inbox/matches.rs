//! The items of an inbox that match a filter, the newest first, within a budget of work.

use campanile_shared::Filter;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::{
    super::{
        fault::Result,
        keys, search,
        values::{micros, severity},
    },
    Inbox,
    descending::Descending,
    scan::{Candidate, Scan, one},
};
use crate::state::States;

/// The most items a scan of the keys looks at.
const SCANNED: u32 = 20_000;
/// The most items looked at when they are searched, or when what they say has to be read: each costs several look-ups. Their rows are fetched in one go,
/// because beginning a search costs more than going on with it.
const SEARCHED: u32 = 4_000;

/// The matching items.
pub struct Matches<'a> {
    connection: &'a Connection,
    inbox: &'a Inbox,
    source: Source<'a>,
    wanted: States,
    /// One bit for each severity.
    severities: u8,
    component: Option<i64>,
    said: Said,
    /// Nothing up to this sequence is meant.
    low: u64,
    steps: u32,
    position: Option<u64>,
    ended: bool,
}

enum Source<'a> {
    /// Nothing can match.
    Nothing,
    Scan(Scan<'a>),
    Search {
        query: String,
        rows: Descending<()>,
    },
}

impl<'a> Matches<'a> {
    /// What matches in `sequence < before`, among the states of the filter's view for which `keep` holds.
    pub fn new(connection: &'a Connection, inbox: &'a Inbox, filter: &Filter, wanted: States, before: Option<u64>) -> Result<Self> {
        let component = match &filter.component {
            Some(name) => Some(keys::component(connection, inbox.tenant, name)?),
            None => None,
        };
        let low = filter.after.map_or(Ok(0), |at| sequence_at(connection, inbox, at))?.saturating_sub(1);
        let end = filter.before.map(|at| sequence_at(connection, inbox, at)).transpose()?;
        let before = before.into_iter().chain(end).min();
        let query = filter.text.as_deref().and_then(|text| search::query(inbox.tenant, text));
        let source = match (component, query) {
            (Some(None), _) => Source::Nothing,
            (_, None) => Source::Scan(Scan::new(connection, inbox, wanted, low, before)),
            (_, Some(query)) => {
                let below = row_from(connection, inbox, before)?;
                Source::Search { query, rows: Descending::in_blocks(0, below.saturating_sub(1), SEARCHED, SEARCHED) }
            }
        };
        let severities = filter.severity.iter().fold(0, |set, wanted| set | 1 << severity(*wanted));
        let severities = if severities == 0 { u8::MAX } else { severities };
        let component = component.flatten();
        let said = Said::of(filter);
        Ok(Self { connection, inbox, source, wanted, severities, component, said, low, steps: 0, position: None, ended: false })
    }

    /// The next item; `None` at the end and when the budget is used up.
    pub fn next(&mut self) -> Result<Option<Candidate>> {
        while !self.spent() && !self.ended {
            let found = match &mut self.source {
                Source::Nothing => None,
                Source::Scan(scan) => {
                    let found = scan.step()?;
                    self.position = scan.position;
                    found
                }
                Source::Search { query, rows } => {
                    match rows.next(|low, high, limit| search_block(self.connection, query, low, high, limit))? {
                        None => None,
                        Some((row, ())) => match sequence_of(self.connection, row)? {
                            None => Some(None),
                            Some(sequence) if sequence <= self.low => None,
                            Some(sequence) => {
                                self.position = Some(sequence);
                                Some(one(self.connection, self.inbox, sequence)?)
                            }
                        },
                    }
                }
            };
            self.steps += 1;
            match found {
                None => self.ended = true,
                Some(Some(candidate)) if self.matches(&candidate)? => return Ok(Some(candidate)),
                Some(_) => {}
            }
        }
        Ok(None)
    }

    /// Below which sequence to go on, when there may be more.
    pub fn rest(&self) -> Option<u64> {
        if self.ended { None } else { self.position }
    }

    fn spent(&self) -> bool {
        let costly = matches!(self.source, Source::Search { .. }) || self.said.is_asked();
        self.steps >= if costly { SEARCHED } else { SCANNED }
    }

    fn matches(&self, candidate: &Candidate) -> Result<bool> {
        let fits = self.wanted.contains(candidate.state)
            && self.severities & 1 << candidate.severity != 0
            && self.component.is_none_or(|component| component == candidate.component);
        Ok(fits && (!self.said.is_asked() || self.said.fits(self.connection, self.inbox, candidate.sequence)?))
    }
}

/// What must stand in a notification itself, in small letters.
struct Said {
    category: Option<String>,
    sender: Option<String>,
}

/// The parts of a stored message that are looked at.
#[derive(Deserialize)]
struct Parts {
    source: Sender,
    #[serde(default)]
    categories: Vec<String>,
}

#[derive(Deserialize)]
struct Sender {
    sender: String,
}

impl Said {
    fn of(filter: &Filter) -> Self {
        let small = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_lowercase());
        Self { category: small(&filter.category), sender: small(&filter.sender) }
    }

    const fn is_asked(&self) -> bool {
        self.category.is_some() || self.sender.is_some()
    }

    fn fits(&self, connection: &Connection, inbox: &Inbox, sequence: u64) -> Result<bool> {
        let mut statement = connection.prepare_cached("SELECT message FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
        let mut rows = statement.query(params![inbox.tenant.0, sequence])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        let parts: Parts = serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        let is = |wanted: &String, said: &String| said.trim().to_lowercase() == *wanted;
        Ok(self.sender.as_ref().is_none_or(|wanted| is(wanted, &parts.source.sender))
            && self.category.as_ref().is_none_or(|wanted| parts.categories.iter().any(|said| is(wanted, said))))
    }
}

/// The first sequence that was stored at an instant or later; the next to come when there is none. Times rise
/// with sequences, but for a clock that was set back.
fn sequence_at(connection: &Connection, inbox: &Inbox, at: DateTime<Utc>) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT accepted_at FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
    let (mut low, mut high) = (inbox.purged_up_to + 1, inbox.head + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let stored: Option<i64> = statement.query_row(params![inbox.tenant.0, middle], |row| row.get(0)).optional()?;
        if stored.is_some_and(|stored| stored >= micros(at)) { high = middle } else { low = middle + 1 }
    }
    Ok(low)
}

/// The first row whose sequence is not below `before`.
fn row_from(connection: &Connection, inbox: &Inbox, before: Option<u64>) -> Result<u64> {
    let Some(before) = before else { return Ok(super::NO_END) };
    let sql = "SELECT row FROM notification WHERE tenant = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![inbox.tenant.0, before], |row| row.get(0)).optional()?.unwrap_or(super::NO_END))
}

fn search_block(connection: &Connection, query: &str, _: u64, high: u64, limit: u32) -> Result<Vec<(u64, ())>> {
    let below = i64::try_from(high).unwrap_or(i64::MAX).saturating_add(1);
    Ok(search::rows(connection, query, below, limit)?.into_iter().map(|row| (row.unsigned_abs(), ())).collect())
}

fn sequence_of(connection: &Connection, row: u64) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached("SELECT sequence FROM notification WHERE row = ?1")?;
    Ok(statement.query_row([row], |row| row.get(0)).optional()?)
}
