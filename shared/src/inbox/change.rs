//! Changes to items of an inbox: read, dismiss, snooze, pin, and their opposites.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Counts, Filter, Snapshot};

/// The action of a change.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Mark as read.
    Read,
    /// Mark as unread.
    Unread,
    /// Dismiss: remove from the inbox.
    Dismiss,
    /// Move a dismissed item back into the inbox.
    Restore,
    /// Hide until a time. Dismissed items stay dismissed.
    Snooze,
    /// Move a snoozed item back into the inbox before its time.
    Unsnooze,
    /// Pin to the top of the inbox.
    Pin,
    /// Unpin.
    Unpin,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 8] =
        [Self::Read, Self::Unread, Self::Dismiss, Self::Restore, Self::Snooze, Self::Unsnooze, Self::Pin, Self::Unpin];
}

/// A change to named items, or to all items that match a filter.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(into = "wire::Change", try_from = "wire::Change")]
pub struct InboxChange {
    /// The action.
    pub action: Action,
    /// Until when to snooze: in the future, at most a year ahead. Only for the action `snooze`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The items to change.
    #[serde(flatten)]
    pub items: Selection,
}

impl InboxChange {
    /// A change without `until`.
    pub const fn new(action: Action, items: Selection) -> Self {
        Self { action, until: None, items }
    }
}

/// The items that a change applies to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// The notifications with these ids, at most 1,000. Ids that are not in the inbox are ignored.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Ids))]
    Ids(Vec<Uuid>),
    /// All items that match a filter, up to a sequence number.
    Matching {
        /// The filter.
        filter: Filter,
        /// The greatest sequence number to change, so that items which arrived later and were not shown stay unchanged.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Sequence))]
        up_to: u64,
    },
}

/// The response to a change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "wire::Changed")]
pub struct InboxChangeResult {
    /// The id with which the change can be undone for ten minutes; absent if nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Uuid>,
    /// The snapshot after the change.
    #[serde(flatten)]
    pub snapshot: Snapshot,
}

/// The JSON forms of [`InboxChange`] and [`InboxChangeResult`], without nested types. Serde would buffer flattened fields and read them a
/// second time, with separate code that every browser would download.
mod wire {
    use super::{Action, Counts, DateTime, Deserialize, Filter, Selection, Serialize, Snapshot, Utc, Uuid};

    #[derive(Deserialize)]
    pub struct Changed {
        #[serde(default)]
        undo: Option<Uuid>,
        generation: u64,
        sequence: u64,
        revision: u64,
        counts: Counts,
    }

    impl From<Changed> for super::InboxChangeResult {
        fn from(value: Changed) -> Self {
            let Changed { undo, generation, sequence, revision, counts } = value;
            Self { undo, snapshot: Snapshot { generation, sequence, revision, counts } }
        }
    }

    #[derive(Deserialize, Serialize)]
    pub struct Change {
        action: Action,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<DateTime<Utc>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ids: Option<Vec<Uuid>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matching: Option<Matching>,
    }

    #[derive(Deserialize, Serialize)]
    struct Matching {
        filter: Filter,
        up_to: u64,
    }

    impl From<super::InboxChange> for Change {
        fn from(change: super::InboxChange) -> Self {
            let (ids, matching) = match change.items {
                Selection::Ids(ids) => (Some(ids), None),
                Selection::Matching { filter, up_to } => (None, Some(Matching { filter, up_to })),
            };
            Self { action: change.action, until: change.until, ids, matching }
        }
    }

    impl TryFrom<Change> for super::InboxChange {
        type Error = &'static str;

        fn try_from(value: Change) -> Result<Self, Self::Error> {
            let items = match (value.ids, value.matching) {
                (Some(ids), None) => Selection::Ids(ids),
                (None, Some(Matching { filter, up_to })) => Selection::Matching { filter, up_to },
                _ => return Err("expected either `ids` or `matching`"),
            };
            Ok(Self { action: value.action, until: value.until, items })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::View;

    #[test]
    fn the_wire_forms_are_as_documented() {
        let change: InboxChange =
            serde_json::from_str(r#"{"action":"dismiss","matching":{"filter":{"view":"unread"},"up_to":7}}"#).unwrap();
        assert_eq!(change.items, Selection::Matching { filter: Filter { view: View::Unread, ..Filter::default() }, up_to: 7 });
        let change: InboxChange = serde_json::from_str(r#"{"action":"read","ids":[]}"#).unwrap();
        assert_eq!(change.items, Selection::Ids(Vec::new()));
        for wrong in [r#"{"action":"read"}"#, r#"{"action":"read","ids":[],"matching":{"filter":{},"up_to":7}}"#] {
            assert!(serde_json::from_str::<InboxChange>(wrong).is_err(), "{wrong}");
        }
        let change: InboxChange = serde_json::from_str(r#"{"action":"snooze","until":"2026-03-01T12:00:00Z","ids":[]}"#).unwrap();
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"action":"snooze","until":"2026-03-01T12:00:00Z","ids":[]}"#);
        let changed = InboxChangeResult {
            undo: Some(Uuid::from_u128(7)),
            snapshot: Snapshot { generation: 5, sequence: 3, revision: 2, ..Snapshot::default() },
        };
        assert_eq!(serde_json::from_str::<InboxChangeResult>(&serde_json::to_string(&changed).unwrap()).unwrap(), changed);
    }
}
