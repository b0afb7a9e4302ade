//! Searches the texts of a scan without the search index, in blocks.

use std::collections::VecDeque;

use campanile_domain::TenantId;
use rusqlite::Connection;

use super::{
    super::{error::Result, search_unindexed},
    scan::{InboxRow, Scan},
};

/// The most items to fetch for one block of texts, whether or not they match the rest of the filter.
const MAX_FETCHED: usize = 512;

/// A scan whose texts are searched in blocks.
pub struct TextScan<'a> {
    scan: Scan<'a>,
    /// Items whose texts were searched, each with whether it matches.
    checked: VecDeque<(InboxRow, bool)>,
    /// Items that come next, each with whether it matches the rest of the filter.
    fetched: VecDeque<(InboxRow, bool)>,
    ended: bool,
}

impl<'a> TextScan<'a> {
    pub fn new(scan: Scan<'a>) -> Self {
        Self { scan, checked: VecDeque::new(), fetched: VecDeque::new(), ended: false }
    }

    /// The next item and whether its text matches. Texts of items that do not match the rest of the filter are
    /// not searched.
    pub fn next(
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
