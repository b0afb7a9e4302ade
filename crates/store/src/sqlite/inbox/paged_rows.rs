//! Reads rows in descending order of sequence, in pages that grow: short reads stay short, and long ones need
//! few queries. One prepared statement serves any number of such lists at the same time.

use std::collections::VecDeque;

use super::super::error::Result;

/// Rows of the first page.
const FIRST_PAGE: u32 = 32;
/// Rows of the largest page.
const MAX_PAGE_SIZE: u32 = 512;

/// A list of rows `R`, each with its sequence.
pub struct PagedRows<R> {
    low: u64,
    high: u64,
    page: u32,
    largest: u32,
    rows: VecDeque<(u64, R)>,
}

impl<R> PagedRows<R> {
    /// The rows in `low < sequence ≤ high`.
    pub fn new(low: u64, high: u64) -> Self {
        Self::with_page_sizes(low, high, FIRST_PAGE, MAX_PAGE_SIZE)
    }

    /// The same with other page sizes, for rows that are cheaper or dearer to fetch.
    pub fn with_page_sizes(low: u64, high: u64, first: u32, largest: u32) -> Self {
        Self { low, high, page: first, largest, rows: VecDeque::new() }
    }

    /// The next row. `fetch(low, high, limit)` returns the newest rows of an interval.
    pub fn next(&mut self, fetch: impl FnOnce(u64, u64, u32) -> Result<Vec<(u64, R)>>) -> Result<Option<(u64, R)>> {
        let next = self.next_within(|low, high, limit| fetch(low, high, limit).map(Some))?;
        Ok(next.flatten())
    }

    /// The same when fetching may take too long: then `fetch` returns `None`, and so does this.
    pub fn next_within(&mut self, fetch: impl FnOnce(u64, u64, u32) -> Result<Option<Vec<(u64, R)>>>) -> Result<Option<Option<(u64, R)>>> {
        if self.rows.is_empty() && self.low < self.high {
            let Some(rows) = fetch(self.low, self.high, self.page)? else { return Ok(None) };
            self.high = match rows.last() {
                Some((sequence, _)) if rows.len() == self.page as usize => sequence - 1,
                _ => self.low,
            };
            self.rows.extend(rows);
            self.page = self.largest.min(self.page * 4);
        }
        Ok(Some(self.rows.pop_front()))
    }

    /// Skips the rows above a sequence without fetching them.
    pub fn skip_above(&mut self, sequence: u64) {
        while self.rows.front().is_some_and(|(at, _)| *at > sequence) {
            self.rows.pop_front();
        }
        if self.rows.is_empty() {
            self.high = self.high.min(sequence);
        }
    }

    /// Puts back a row that was read too early.
    pub fn put_back(&mut self, row: (u64, R)) {
        self.rows.push_front(row);
    }
}
