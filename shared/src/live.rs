//! What the event stream says. The database is the truth, the stream a hint to look or a shortcut.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Item, ItemState, Snapshot};

/// One event of `GET /api/v1/events`. The SSE field `event` repeats the variant's name; the field
/// `id` is `generation-sequence-revision` of the snapshot, and resumes the stream as `Last-Event-ID`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case", try_from = "Told")]
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
    /// More happened than the stream can tell (all marked read, items withdrawn, a long absence, a
    /// store whose content was replaced): fetch the list again.
    Reset {
        /// The inbox now.
        snapshot: Snapshot,
    },
}

/// An event as it is read. A tagged enum would be buffered and read a second time, by code of its own
/// for everything within.
#[derive(Deserialize)]
struct Told {
    event: Kind,
    #[serde(default)]
    item: Option<Box<Item>>,
    #[serde(default)]
    changes: Option<Vec<ItemChange>>,
    snapshot: Snapshot,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Hello,
    Arrived,
    Changed,
    Reset,
}

impl TryFrom<Told> for Event {
    type Error = &'static str;

    fn try_from(told: Told) -> Result<Self, Self::Error> {
        let Told { event, item, changes, snapshot } = told;
        Ok(match event {
            Kind::Hello => Self::Hello { snapshot },
            Kind::Arrived => Self::Arrived { item: item.ok_or("missing field `item`")?, snapshot },
            Kind::Changed => Self::Changed { changes: changes.ok_or("missing field `changes`")?, snapshot },
            Kind::Reset => Self::Reset { snapshot },
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let change = ItemChange { id: Uuid::from_u128(7), state: ItemState { read: true, ..ItemState::default() } };
        let snapshot = Snapshot { sequence: 3, revision: 2, ..Snapshot::default() };
        for event in [Event::Hello { snapshot }, Event::Changed { changes: vec![change], snapshot }, Event::Reset { snapshot }] {
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event, "{json}");
        }
        assert!(serde_json::to_string(&Event::Reset { snapshot }).unwrap().starts_with(r#"{"event":"reset","snapshot":{"#));
        assert!(serde_json::from_str::<Event>(r#"{"event":"changed","snapshot":{}}"#).is_err());
    }

    #[test]
    fn every_event_says_how_the_inbox_is_after_it() {
        let snapshot = Snapshot { generation: 5, sequence: 3, revision: 2, ..Snapshot::default() };
        for event in [Event::Hello { snapshot }, Event::Changed { changes: Vec::new(), snapshot }, Event::Reset { snapshot }] {
            assert_eq!(event.snapshot(), snapshot, "{event:?}");
        }
    }
}
