//! Changing all items of an inbox that match a filter, step by step.

use std::sync::Arc;

use campanile_domain::Result;
use campanile_shared::{Filter, InboxChangeResult};

use super::{
    Sqlite,
    inbox::{
        self,
        change::{Progress, StepResult},
        change_command::ChangeCommand,
    },
    read_pool::Reader,
    search_query,
};

/// The most items that one step of a filtered change writes.
const MAX_CHANGED_PER_STEP: usize = 500;

impl Sqlite {
    /// Changes all items that match a filter. Readers find the items, so that the writer never searches.
    pub(crate) async fn change_matching(&self, order: ChangeCommand, filter: Filter, up_to: u64) -> Result<InboxChangeResult> {
        let (tenant, person, view) = (order.tenant, order.person, filter.view);
        if let Some(text) = &filter.text {
            search_query::check_complete(tenant, text)?;
        }
        let filter = Arc::new(filter);
        let mut progress = Progress::default();
        loop {
            let before = progress.before.unwrap_or_else(|| up_to.saturating_add(1));
            let (turn, searched) = (self.query_permit(&filter).await?, Arc::clone(&filter));
            let find =
                move |reader: &Reader| inbox::page::matching_sequences(reader, tenant, person, &searched, before, MAX_CHANGED_PER_STEP);
            let (sequences, rest) = self.read_pool.query_with(turn, find).await?;
            let step =
                self.writer.write(move |writing| inbox::change::change_found(writing, &order, view, &sequences, rest, progress)).await?;
            match step {
                StepResult::More(further) => progress = further,
                StepResult::Done(changed) => return Ok(changed),
            }
        }
    }
}
