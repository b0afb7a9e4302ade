//! What is read of inboxes.

use campanile_shared::{ItemState, Snapshot, View, live::ItemChange};
use chrono::{DateTime, Utc};

use crate::{AudienceKey, Notification};

/// A notification with what a person did to it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredItem {
    /// The notification.
    pub notification: Notification,
    /// What the person did to it.
    pub state: ItemState,
    /// Which of its buttons the person pressed, and when first; only when one item is asked for.
    pub pressed: Vec<(u32, DateTime<Utc>)>,
    /// Those of its keys that the person held when it was sent, roles with since when; only when one
    /// item is asked for.
    pub held: Vec<(AudienceKey, Option<DateTime<Utc>>)>,
}

/// One half of an inbox, as dialects tell them apart that know broadcasts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Half {
    /// What was sent to everyone in the tenant.
    Everyone,
    /// Everything else.
    Others,
    /// Both: the whole inbox.
    Both,
}

/// Which items of a half are meant.
#[derive(Clone, Copy, Debug)]
pub struct HalfQuery {
    /// Which half.
    pub half: Half,
    /// In which view; in any when absent.
    pub view: Option<View>,
    /// Only those above this sequence.
    pub above: Option<u64>,
    /// Only those below this sequence.
    pub before: Option<u64>,
    /// How many to pass over first.
    pub skip: u32,
}

impl HalfQuery {
    /// Everything of a half.
    pub const fn all(half: Half) -> Self {
        Self { half, view: None, above: None, before: None, skip: 0 }
    }
}

/// An item with when the person did what they did to it.
#[derive(Clone, Debug, PartialEq)]
pub struct DatedItem {
    /// The item.
    pub item: StoredItem,
    /// When it was first read, by itself or else with all others; nothing is known of what was done
    /// to all before that was kept.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was last put away by itself or else first with all others.
    pub dismissed_at: Option<DateTime<Utc>>,
}

/// A page of an inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPage {
    /// The items, the newest first.
    pub items: Vec<StoredItem>,
    /// What stands above the first page: what was pinned, or came back and was not read since.
    pub top: Vec<StoredItem>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<u64>,
    /// Whether the time was over before the page was full or everything was looked at.
    pub incomplete: bool,
    /// What the person last looked at.
    pub seen_up_to: u64,
    /// The inbox at this moment.
    pub snapshot: Snapshot,
}

/// The beginning of a stream.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The keys the person holds now.
    pub keys: Vec<AudienceKey>,
    /// The inbox at this moment.
    pub snapshot: Snapshot,
}

/// What a stream missed.
#[derive(Clone, Debug)]
pub struct Missed {
    /// Items that arrived, the oldest first, in the state they are in now.
    pub arrived: Vec<StoredItem>,
    /// Older items that changed.
    pub changed: Vec<ItemChange>,
    /// The inbox at this moment.
    pub snapshot: Snapshot,
}
