//! The events of the event stream. Each is a hint or a shortcut: the inbox in the database is the source of truth.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Item, ItemState, Snapshot};

/// One event of `GET /api/v1/events`. The SSE field `event` repeats the value of `event`. The SSE field `id` is
/// `generation-sequence-revision` of the snapshot; sent back as `Last-Event-ID`, it resumes the stream.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case", try_from = "EventFields")]
pub enum Event {
    /// The stream started, or resumed without missing anything.
    Hello {
        /// The current snapshot of the inbox.
        snapshot: Snapshot,
    },
    /// A notification arrived. The item has the fields that a list shows.
    Arrived {
        /// The new item.
        item: Box<Item>,
        /// The snapshot that includes the item.
        snapshot: Snapshot,
    },
    /// The person changed items, in this or another client.
    Changed {
        /// The changed items with their new state.
        changes: Vec<ItemChange>,
        /// The snapshot after the change.
        snapshot: Snapshot,
    },
    /// The client must fetch the list again: many items changed at once, items were recalled, the client was away for long,
    /// or the database was replaced.
    Reset {
        /// The current snapshot of the inbox.
        snapshot: Snapshot,
    },
}

/// The JSON form of [`Event`]. Serde would buffer a tagged enum and read it a second time, with separate code for every
/// type inside it.
#[derive(Deserialize)]
struct EventFields {
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

impl TryFrom<EventFields> for Event {
    type Error = &'static str;

    fn try_from(value: EventFields) -> Result<Self, Self::Error> {
        let EventFields { event, item, changes, snapshot } = value;
        Ok(match event {
            Kind::Hello => Self::Hello { snapshot },
            Kind::Arrived => Self::Arrived { item: item.ok_or("missing field `item`")?, snapshot },
            Kind::Changed => Self::Changed { changes: changes.ok_or("missing field `changes`")?, snapshot },
            Kind::Reset => Self::Reset { snapshot },
        })
    }
}

impl Event {
    /// The snapshot after the event.
    pub fn snapshot(&self) -> Snapshot {
        match self {
            Self::Hello { snapshot } | Self::Arrived { snapshot, .. } | Self::Changed { snapshot, .. } | Self::Reset { snapshot } => {
                *snapshot
            }
        }
    }
}

/// A changed item.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemChange {
    /// The notification's id.
    pub id: Uuid,
    /// The new state.
    pub state: ItemState,
}

/// A one-time ticket for the event stream, for clients that cannot set header fields (`EventSource`).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The value of the query parameter `ticket`.
    pub ticket: String,
    /// The lifetime in seconds.
    pub expires_in: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_round_trip_through_json() {
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
