//! Reading one's own inbox by whether its items were sent to everyone, for dialects that list the two apart.

use crate::{
    Campanile, Person, Result,
    model::inbox_item::{BroadcastQuery, DatedItem},
};

impl Campanile {
    /// The items that match, newest first, and the sequence below which the next page begins.
    pub async fn items_by_broadcast(&self, who: &Person, query: BroadcastQuery, limit: u32) -> Result<(Vec<DatedItem>, Option<u64>)> {
        self.store.items_by_broadcast(who.tenant, who.id, query, limit).await
    }

    /// How many items match, counted up to `most`.
    pub async fn count_by_broadcast(&self, who: &Person, query: BroadcastQuery, most: u32) -> Result<u32> {
        self.store.count_by_broadcast(who.tenant, who.id, query, most).await
    }
}
