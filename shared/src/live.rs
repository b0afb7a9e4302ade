//! What the event stream says. The database is the truth, the stream a hint to look or a shortcut.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Item, ItemState, Snapshot};

/// One event of `GET /api/v1/events`. The SSE field `event` repeats the variant's name; the field
/// `id` is `sequence-revision` of the snapshot, and resumes the stream as `Last-Event-ID`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The stream begins, or resumed with nothing missed.
    Hello {
        /// The inbox now.
        snapshot: Snapshot,
    },
    /// A notification arrived, as a list shows it.
    Arrived {
        /// The new item.
        item: Box<Item>,
        /// The inbox with it.
        snapshot: Snapshot,
    },
    /// The person changed items, here or elsewhere.
    Changed {
        /// The items and their state now.
        changes: Vec<ItemChange>,
        /// The inbox after it.
        snapshot: Snapshot,
    },
    /// More happened than the stream can tell (all marked read, items withdrawn, a long absence):
    /// fetch the list again.
    Reset {
        /// The inbox now.
        snapshot: Snapshot,
    },
}

impl Event {
    /// The inbox after the event.
    pub fn snapshot(&self) -> Snapshot {
        match self {
            Self::Hello { snapshot } | Self::Arrived { snapshot, .. } | Self::Changed { snapshot, .. } | Self::Reset { snapshot } => {
                *snapshot
            }
        }
    }
}

/// An item and its state after a change.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemChange {
    /// The notification's id.
    pub id: Uuid,
    /// Its state now.
    pub state: ItemState,
}

/// A one-use pass to the event stream, for clients that cannot send headers (`EventSource`).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The value of the query parameter `ticket`.
    pub ticket: String,
    /// How long it can be used, in seconds.
    pub expires_in: u32,
}
