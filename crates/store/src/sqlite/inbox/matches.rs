//! The items of an inbox that match a filter, the newest first, within a budget of work.

use campanile_shared::Filter;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    super::{fault::Result, keys, search, values::severity},
    Inbox,
    descending::Descending,
    scan::{Candidate, Scan, one},
};
use crate::state::States;

/// The most items a scan of the keys looks at.
const SCANNED: u32 = 20_000;
/// The most items a search looks at: each costs several look-ups. Their rows are fetched in one go,
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
        let query = filter.text.as_deref().and_then(|text| search::query(inbox.tenant, text));
        let source = match (component, query) {
            (Some(None), _) => Source::Nothing,
            (_, None) => Source::Scan(Scan::new(connection, inbox, wanted, 0, before)),
            (_, Some(query)) => {
                let below = row_from(connection, inbox, before)?;
                Source::Search { query, rows: Descending::in_blocks(0, below.saturating_sub(1), SEARCHED, SEARCHED) }
            }
        };
        let severities = filter.severity.iter().fold(0, |set, wanted| set | 1 << severity(*wanted));
        let severities = if severities == 0 { u8::MAX } else { severities };
        let component = component.flatten();
        Ok(Self { connection, inbox, source, wanted, severities, component, steps: 0, position: None, ended: false })
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
                Some(Some(candidate)) if self.matches(&candidate) => return Ok(Some(candidate)),
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
        self.steps >= if matches!(self.source, Source::Search { .. }) { SEARCHED } else { SCANNED }
    }

    fn matches(&self, candidate: &Candidate) -> bool {
        self.wanted.contains(candidate.state)
            && self.severities & 1 << candidate.severity != 0
            && self.component.is_none_or(|component| component == candidate.component)
    }
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
