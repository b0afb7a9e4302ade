//! The items of an inbox that match a filter, the newest first, within a budget of steps and of time.
//!
//! A search asks the index. Words that are so common that the index takes too long match many items, so the
//! newest items are searched one by one instead.

use std::collections::VecDeque;

use campanile_domain::{TenantId, model::names};
use campanile_shared::Filter;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::{
    super::{
        audience_keys,
        columns::{severity, to_micros},
        error::Result,
        query_timeout::Deadline,
        read_pool::Reader,
        search_index::{self, Query},
        search_unindexed,
    },
    Inbox,
    paged_rows::PagedRows,
    scan::{InboxRow, Scan, find_row},
};
use crate::state::StateSet;

/// The most items that a scan of the keys looks at.
const MAX_SCANNED: u32 = 20_000;
/// The most items that a search looks at, or a filter that reads the message: each costs several look-ups. The
/// index returns their rows in one query, because starting a search costs more than continuing it.
const MAX_SEARCHED: u32 = 4_000;
/// The most items to fetch for one block of texts, whether or not they match the rest of the filter.
const MAX_FETCHED: usize = 512;

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

/// A scan whose texts are searched in blocks.
struct TextScan<'a> {
    scan: Scan<'a>,
    /// Items whose texts were searched, each with whether it matches.
    checked: VecDeque<(InboxRow, bool)>,
    /// Items that come next, each with whether it matches the rest of the filter.
    fetched: VecDeque<(InboxRow, bool)>,
    ended: bool,
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
            Some(name) => Some(audience_keys::component(reader, inbox.tenant, name)?),
            None => None,
        };
        let low = filter.after.map_or(Ok(0), |at| sequence_at(reader, inbox, at))?.saturating_sub(1);
        let end = filter.before.map(|at| sequence_at(reader, inbox, at)).transpose()?;
        let before = before.into_iter().chain(end).min().map(|before| before.min(inbox.head + 1));
        let query = filter.text.as_deref().map(|text| search_index::query(inbox.tenant, text));
        let source = match (component, &query) {
            (Some(None), _) | (_, Some(Query::Empty)) => Source::Nothing,
            (_, None) => Source::Scan(Scan::new(reader, inbox, wanted, low, before)),
            // The index lacks only the newest notifications.
            (_, Some(Query::Words { .. })) => {
                let border = first_unindexed(reader, inbox)?;
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

impl<'a> TextScan<'a> {
    fn new(scan: Scan<'a>) -> Self {
        Self { scan, checked: VecDeque::new(), fetched: VecDeque::new(), ended: false }
    }

    /// The next item and whether its text matches. Texts of items that do not match the rest of the filter are
    /// not searched.
    fn next(
        &mut self,
        connection: &Connection,
        tenant: TenantId,
        query: &str,
        fits: impl Fn(&InboxRow) -> bool,
    ) -> Result<Option<(InboxRow, bool)>> {
        if self.checked.is_empty() {
            let mut fitting = self.fetched.iter().filter(|(_, fits)| *fits).count();
            while fitting < search_unindexed::BATCH && self.fetched.len() < MAX_FETCHED && !self.ended {
                match self.scan.next()? {
                    Some(candidate) => {
                        let fits = fits(&candidate);
                        fitting += usize::from(fits);
                        self.fetched.push_back((candidate, fits));
                    }
                    None => self.ended = true,
                }
            }
            let sequences: Vec<u64> = self.fetched.iter().filter(|(_, fits)| *fits).map(|(candidate, _)| candidate.sequence).collect();
            let looked = search_unindexed::search_batch(connection, tenant, query, &sequences)?;
            let mut left = looked.count;
            while let Some((candidate, fits)) = self.fetched.pop_front() {
                if fits && left == 0 {
                    self.fetched.push_front((candidate, fits));
                    break;
                }
                left -= usize::from(fits);
                self.checked.push_back((candidate, looked.found.contains(&candidate.sequence)));
            }
        }
        Ok(self.checked.pop_front())
    }
}

/// The first sequence that is not in the index, or the one after the newest.
fn first_unindexed(connection: &Connection, inbox: &Inbox) -> Result<u64> {
    let indexed = search_index::indexed_up_to(connection)?;
    let mut statement = connection.prepare_cached("SELECT row FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
    // Rows rise with sequences, and deleted notifications were older than all others.
    first_sequence(inbox, |sequence| {
        let row: Option<u64> = statement.query_row(params![inbox.tenant.0, sequence], |row| row.get(0)).optional()?;
        Ok(row.is_some_and(|row| row > indexed))
    })
}

/// Conditions on the message itself, folded.
struct ContentFilter {
    category: Option<String>,
    sender: Option<String>,
}

/// The parts of a stored message that are compared.
#[derive(Deserialize)]
struct MessageParts {
    source: MessageSender,
    #[serde(default)]
    categories: Vec<String>,
}

#[derive(Deserialize)]
struct MessageSender {
    sender: String,
    /// The API key that named the sender.
    #[serde(default)]
    through: Option<String>,
}

impl ContentFilter {
    fn from_filter(filter: &Filter) -> Self {
        let small = |text: &Option<String>| text.as_ref().map(|text| names::comparison_form(text.trim()));
        Self { category: small(&filter.category), sender: small(&filter.sender) }
    }

    const fn is_set(&self) -> bool {
        self.category.is_some() || self.sender.is_some()
    }

    fn fits(&self, connection: &Connection, inbox: &Inbox, sequence: u64) -> Result<bool> {
        let mut statement = connection.prepare_cached("SELECT message FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
        let mut rows = statement.query(params![inbox.tenant.0, sequence])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        let parts: MessageParts = serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        let is = |wanted: &String, said: &String| names::comparison_form(said.trim()) == *wanted;
        let sent = |wanted| is(wanted, &parts.source.sender) || parts.source.through.as_ref().is_some_and(|key| is(wanted, key));
        Ok(self.sender.as_ref().is_none_or(sent)
            && self.category.as_ref().is_none_or(|wanted| parts.categories.iter().any(|said| is(wanted, said))))
    }
}

/// The first sequence that was accepted at or after a time, or the one after the newest. Times rise with
/// sequences, unless the clock was set back.
fn sequence_at(connection: &Connection, inbox: &Inbox, at: DateTime<Utc>) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT accepted_at FROM notification WHERE tenant = ?1 AND sequence = ?2")?;
    first_sequence(inbox, |sequence| {
        let stored: Option<i64> = statement.query_row(params![inbox.tenant.0, sequence], |row| row.get(0)).optional()?;
        Ok(stored.is_some_and(|stored| stored >= to_micros(at)))
    })
}

/// The first sequence for which `holds` is true, or the one after the newest. It must then be true for all
/// later ones.
fn first_sequence(inbox: &Inbox, mut holds: impl FnMut(u64) -> Result<bool>) -> Result<u64> {
    let (mut low, mut high) = (inbox.purged_up_to + 1, inbox.head + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle)? { high = middle } else { low = middle + 1 }
    }
    Ok(low)
}

/// The first row whose sequence is not below `before`.
fn first_row_from(connection: &Connection, inbox: &Inbox, before: Option<u64>) -> Result<u64> {
    let Some(before) = before else { return Ok(super::NO_END) };
    let sql = "SELECT row FROM notification WHERE tenant = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![inbox.tenant.0, before], |row| row.get(0)).optional()?.unwrap_or(super::NO_END))
}

fn search_block(connection: &Connection, query: &str, _: u64, high: u64, limit: u32) -> Result<Vec<(u64, ())>> {
    let below = i64::try_from(high).unwrap_or(i64::MAX).saturating_add(1);
    Ok(search_index::matching_rows(connection, query, below, limit)?.into_iter().map(|row| (row.unsigned_abs(), ())).collect())
}

fn sequence_of(connection: &Connection, row: u64) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached("SELECT sequence FROM notification WHERE row = ?1")?;
    Ok(statement.query_row([row], |row| row.get(0)).optional()?)
}
