//! Merges several descending lists of rows into one.

use std::collections::BinaryHeap;

use super::{super::error::Result, paged_rows::PagedRows};

/// Merges several descending lists; an equal sequence comes once.
pub struct Merge<R> {
    lists: Vec<(i64, PagedRows<R>)>,
    heads: BinaryHeap<(u64, usize)>,
    rows: Vec<Option<R>>,
    started: bool,
}

impl<R: Copy> Merge<R> {
    /// The lists, each with the parameter of its fetch: a key or a state.
    pub fn new(lists: Vec<(i64, PagedRows<R>)>) -> Self {
        let rows = lists.iter().map(|_| None).collect();
        Self { lists, heads: BinaryHeap::new(), rows, started: false }
    }

    fn advance(&mut self, at: usize, fetch: impl FnOnce(i64, u64, u64, u32) -> Result<Vec<(u64, R)>>) -> Result<()> {
        let (name, list) = &mut self.lists[at];
        let name = *name;
        if let Some((sequence, row)) = list.next(|low, high, limit| fetch(name, low, high, limit))? {
            self.rows[at] = Some(row);
            self.heads.push((sequence, at));
        }
        Ok(())
    }

    pub fn next(&mut self, fetch: impl Fn(i64, u64, u64, u32) -> Result<Vec<(u64, R)>>) -> Result<Option<(u64, R)>> {
        if !self.started {
            self.started = true;
            for at in 0..self.lists.len() {
                self.advance(at, &fetch)?;
            }
        }
        let mut found = None;
        while let Some((sequence, at)) = self.heads.peek().copied() {
            if found.is_some_and(|(first, _)| first != sequence) {
                break;
            }
            self.heads.pop();
            if let Some(row) = self.rows[at].take() {
                found = Some((sequence, row));
            }
            self.advance(at, &fetch)?;
        }
        Ok(found)
    }
}
