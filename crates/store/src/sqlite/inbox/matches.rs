//! The items of an inbox that match a filter, the newest first, within a budget of steps and of time.
//!
//! A search asks the index. Words that are so common that the index takes too long match many items, so the
//! newest items are searched one by one instead.

use campanile_shared::Filter;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    super::{
        columns::severity,
        components,
        error::Result,
        query_timeout::Deadline,
        read_pool::Reader,
        search_index,
        search_query::{self, Query},
    },
    Inbox, bisect,
    content_filter::ContentFilter,
    key_ranges,
    paged_rows::PagedRows,
    scan::{InboxRow, Scan, find_row},
    text_scan::TextScan,
};
use crate::state::StateSet;

/// The most items that a scan of the keys looks at.
const MAX_SCANNED: u32 = 20_000;
/// The most items that a search looks at, or a filter that reads the message: each costs several look-ups. The
/// index returns their rows in one query, because starting a search costs more than continuing it.
const MAX_SEARCHED: u32 = 4_000;

/// The matching items.
pub struct Matches<'a> {
    reader: &'a Reader,
    inbox: &'a Inbox,
    source: Source<'a>,
    wanted: StateSet,
    /// One bit for each severity.
    severities: u8,
    component: Option<i64>,
    content_filter: ContentFilter,
    /// The search query.
    query: Option<String>,
    /// Only sequences above `low` and below `before` can match.
    low: u64,
    before: Option<u64>,
    steps: u32,
    position: Option<u64>,
    ended: bool,
    deadline: Deadline,
    interrupted: bool,
}

enum Source<'a> {
    /// Nothing can match.
    Nothing,
    Scan(Scan<'a>),
    /// Searches the texts of a scan, and whether the index follows for older items.
    Texts(TextScan<'a>, bool),
    Index(PagedRows<()>),
}

impl<'a> Matches<'a> {
    /// The matches in `sequence < before` and in the wanted states, until the deadline.
    pub fn new(
        reader: &'a Reader,
        inbox: &'a Inbox,
        filter: &Filter,
        wanted: StateSet,
        before: Option<u64>,
        deadline: Deadline,
    ) -> Result<Self> {
        let component = match &filter.component {
            Some(name) => Some(components::find(reader, inbox.tenant, name)?),
            None => None,
        };
        let low = filter.after.map_or(Ok(0), |at| bisect::sequence_at(reader, inbox, at))?.saturating_sub(1);
        let end = filter.before.map(|at| bisect::sequence_at(reader, inbox, at)).transpose()?;
        let before = before.into_iter().chain(end).min().map(|before| before.min(inbox.head + 1));
        let query = filter.text.as_deref().map(|text| search_query::query(inbox.tenant, text));
        let source = match (component, &query) {
            (Some(None), _) | (_, Some(Query::Empty)) => Source::Nothing,
            (_, None) => Source::Scan(Scan::new(reader, inbox, wanted, low, before)),
            // The index lacks only the newest notifications.
            (_, Some(Query::Words { .. })) => {
                let border = bisect::first_unindexed(reader, inbox)?;
                Source::Texts(TextScan::new(Scan::new(reader, inbox, wanted, low.max(border - 1), before)), true)
            }
        };
        let query = query.and_then(|query| match query {
            Query::Words { query, .. } => Some(query),
            Query::Empty => None,
        });
        let severities = filter.severity.iter().fold(0, |set, wanted| set | 1 << severity(*wanted));
        let severities = if severities == 0 { u8::MAX } else { severities };
        let component = component.flatten();
        let said = ContentFilter::from_filter(filter);
        Ok(Self {
            reader,
            inbox,
            source,
            wanted,
            severities,
            component,
            content_filter: said,
            query,
            low,
            before,
            steps: 0,
            position: None,
            ended: false,
            deadline,
            interrupted: false,
        })
    }

    /// The next item; `None` at the end, when the budget is used up and when the time is over.
    pub fn next(&mut self) -> Result<Option<InboxRow>> {
        while !self.is_budget_used() && !self.ended {
            // At least one step is made, so that each page makes progress.
            if self.position.is_some() && self.deadline.is_past() {
                self.interrupted = true;
                break;
            }
            let found = self.step()?;
            self.steps += 1;
            match found {
                None => self.ended = true,
                Some(Some(candidate)) if self.matches(&candidate)? => return Ok(Some(candidate)),
                Some(_) => {}
            }
        }
        Ok(None)
    }

    /// Looks at one item: `Some(None)` when it does not match, `None` at the end.
    fn step(&mut self) -> Result<Option<Option<InboxRow>>> {
        loop {
            match &mut self.source {
                Source::Nothing => return Ok(None),
                Source::Scan(scan) => {
                    let found = scan.step()?;
                    self.position = scan.position;
                    return Ok(found);
                }
                Source::Texts(texts, index_follows) => {
                    let query = self.query.as_deref().unwrap_or_default();
                    let (severities, component) = (self.severities, self.component);
                    let fits = |candidate: &InboxRow| has_severity_and_component(candidate, severities, component);
                    match texts.next(self.reader, self.inbox.tenant, query, fits)? {
                        Some((candidate, matches)) => {
                            self.position = Some(candidate.sequence);
                            return Ok(Some(Some(candidate).filter(|_| matches)));
                        }
                        None if *index_follows => {
                            let below = self.below_unindexed()?;
                            self.source = Source::Index(PagedRows::with_page_sizes(0, below, MAX_SEARCHED, MAX_SEARCHED));
                        }
                        None => return Ok(None),
                    }
                }
                Source::Index(rows) => {
                    let (reader, query) = (self.reader, self.query.as_deref().unwrap_or_default());
                    let block = |low, high, limit| {
                        reader.timeout.run_within(reader.timeouts.index, || search_block(reader, query, low, high, limit))
                    };
                    let row = match rows.next_within(block)? {
                        Some(row) => row,
                        // The words are too common for the index.
                        None => {
                            let before = self.position.or(self.before);
                            self.source = Source::Texts(TextScan::new(Scan::new(reader, self.inbox, self.wanted, self.low, before)), false);
                            continue;
                        }
                    };
                    return Ok(match row {
                        None => None,
                        Some((row, ())) => match sequence_of(reader, row)? {
                            None => Some(None),
                            Some(sequence) if sequence <= self.low => None,
                            Some(sequence) => {
                                self.position = Some(sequence);
                                Some(find_row(reader, self.inbox, sequence)?)
                            }
                        },
                    });
                }
            }
        }
    }

    /// The highest row in the index that can match.
    fn below_unindexed(&self) -> Result<u64> {
        let below = first_row_from(self.reader, self.inbox, self.before)?.saturating_sub(1);
        Ok(below.min(search_index::indexed_up_to(self.reader)?))
    }

    /// The sequence to continue below, when there may be more.
    pub fn rest(&self) -> Option<u64> {
        if self.ended { None } else { self.position }
    }

    /// Whether the time was over before the end.
    pub const fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    fn is_budget_used(&self) -> bool {
        let costly = self.query.is_some() || self.content_filter.is_set();
        self.steps >= if costly { MAX_SEARCHED } else { MAX_SCANNED }
    }

    fn matches(&self, candidate: &InboxRow) -> Result<bool> {
        let fits = self.wanted.contains(candidate.state) && has_severity_and_component(candidate, self.severities, self.component);
        Ok(fits && (!self.content_filter.is_set() || self.content_filter.fits(self.reader, self.inbox, candidate.sequence)?))
    }
}

/// Whether an item has one of these severities and this component.
fn has_severity_and_component(candidate: &InboxRow, severities: u8, component: Option<i64>) -> bool {
    severities & 1 << candidate.severity != 0 && component.is_none_or(|component| component == candidate.component)
}

/// The first row whose sequence is not below `before`.
fn first_row_from(connection: &Connection, inbox: &Inbox, before: Option<u64>) -> Result<u64> {
    let Some(before) = before else { return Ok(key_ranges::NO_END) };
    let sql = "SELECT row FROM notification WHERE tenant = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![inbox.tenant.0, before], |row| row.get(0)).optional()?.unwrap_or(key_ranges::NO_END))
}

fn search_block(connection: &Connection, query: &str, _: u64, high: u64, limit: u32) -> Result<Vec<(u64, ())>> {
    let below = i64::try_from(high).unwrap_or(i64::MAX).saturating_add(1);
    Ok(search_index::matching_rows(connection, query, below, limit)?.into_iter().map(|row| (row.unsigned_abs(), ())).collect())
}

fn sequence_of(connection: &Connection, row: u64) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached("SELECT sequence FROM notification WHERE row = ?1")?;
    Ok(statement.query_row([row], |row| row.get(0)).optional()?)
}
