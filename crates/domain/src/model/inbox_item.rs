//! What the store returns about inboxes.

use campanile_shared::{ItemState, Snapshot, View, live::ItemChange};
use chrono::{DateTime, Utc};

use crate::{AudienceKey, Notification};

/// A notification with its state in one person's inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredItem {
    /// The notification.
    pub notification: Notification,
    /// Its state for the person.
    pub state: ItemState,
    /// The indexes of the buttons that the person clicked, and when first; only set when a single item is
    /// read.
    pub button_clicks: Vec<(u32, DateTime<Utc>)>,
    /// Those of its keys that the person held when it was sent; for roles, since when. Only set when a single
    /// item is read.
    pub matched_keys: Vec<(AudienceKey, Option<DateTime<Utc>>)>,
}

/// Which items of an inbox to list, by whether they were broadcast. Used by dialects that know broadcasts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BroadcastFilter {
    /// Items sent to everyone in the tenant.
    Broadcast,
    /// All other items.
    Targeted,
    /// All items.
    All,
}

/// A query for items by whether they were broadcast.
#[derive(Clone, Copy, Debug)]
pub struct BroadcastQuery {
    /// Whether broadcasts, other items or both are meant.
    pub filter: BroadcastFilter,
    /// In which view; `None` means in any.
    pub view: Option<View>,
    /// Only those above this sequence.
    pub above: Option<u64>,
    /// Only those below this sequence.
    pub before: Option<u64>,
    /// How many to skip first.
    pub skip: u32,
}

impl BroadcastQuery {
    /// All items that match the filter.
    pub const fn all(filter: BroadcastFilter) -> Self {
        Self { filter, view: None, above: None, before: None, skip: 0 }
    }
}

/// An item with the times of the person's actions.
#[derive(Clone, Debug, PartialEq)]
pub struct DatedItem {
    /// The item.
    pub item: StoredItem,
    /// When it was first read, by itself or in a bulk action; `None` for bulk actions from before these times
    /// were stored.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was last dismissed by itself or, if it was not, first in a bulk action.
    pub dismissed_at: Option<DateTime<Utc>>,
}

/// A page of an inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPage {
    /// The items, newest first.
    pub items: Vec<StoredItem>,
    /// The items above the first page: those that are pinned, or were snoozed, came back and are still
    /// unread.
    pub top: Vec<StoredItem>,
    /// The sequence below which the next page begins; `None` at the end.
    pub next: Option<u64>,
    /// Whether the time ran out before the page was full or everything was looked at.
    pub incomplete: bool,
    /// The sequence up to which the person has seen the inbox.
    pub seen_up_to: u64,
    /// The inbox's counts at this moment.
    pub snapshot: Snapshot,
}

/// What a stream starts with.
#[derive(Clone, Debug)]
pub struct StreamStart {
    /// The keys the person holds now.
    pub keys: Vec<AudienceKey>,
    /// The inbox's counts at this moment.
    pub snapshot: Snapshot,
}

/// A notification that has just arrived, with the keys it is filed under.
#[derive(Clone, Debug)]
pub struct ArrivedNotification {
    /// The notification.
    pub notification: Notification,
    /// The keys of its audience.
    pub keys: Vec<AudienceKey>,
}

/// What happened in an inbox since a snapshot.
#[derive(Clone, Debug)]
pub enum InboxUpdate {
    /// All of it, item by item.
    CaughtUp(CatchUp),
    /// Too much, or something that is not listed. The client must fetch the inbox, which has this snapshot.
    Reset(Snapshot),
}

/// Everything that happened in an inbox since a snapshot.
#[derive(Clone, Debug)]
pub struct CatchUp {
    /// Items that arrived, oldest first, in their current state.
    pub arrived: Vec<StoredItem>,
    /// Older items that changed.
    pub changed: Vec<ItemChange>,
    /// The inbox's counts at this moment.
    pub snapshot: Snapshot,
}
