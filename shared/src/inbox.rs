//! A person's inbox: its items, their state, the counts on the bell, and what can be asked and done.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Attachment, Button, Content, Language, Link, Priority, Severity, draft::SenderDate};

/// Counts are exact up to this number less one; the number itself means "this many or more".
pub const CAP: u32 = 1_000;

/// Which items of an inbox are meant.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Everything that was not dismissed.
    #[default]
    Inbox,
    /// What was neither read nor dismissed.
    Unread,
    /// What was dismissed.
    Dismissed,
}

/// Which items of a view are meant; an empty filter means all.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// The view.
    pub view: View,
    /// Any of these severities; empty means any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub severity: Vec<Severity>,
    /// This component, letter by letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Words that title, description or component begin with, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What a person did to an item.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemState {
    /// It was opened or marked read.
    pub read: bool,
    /// It was put away.
    pub dismissed: bool,
}

/// One notification as one person sees it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// The notification's id.
    pub id: Uuid,
    /// Its place in the tenant's order; newer is greater.
    pub sequence: u64,
    /// How grave it is.
    pub severity: Severity,
    /// How soon to look.
    pub priority: Priority,
    /// The part of the system that speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Words to sort by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The title in the reader's language, as one harmless line.
    pub title: String,
    /// The description in the reader's language. In lists only its beginning (300 characters).
    pub description: String,
    /// The language of `title` and `description`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub language: Language,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "uri"))]
    pub link: Option<Link>,
    /// The sender's own date, in the sender's offset.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: SenderDate,
    /// When it was stored.
    pub accepted_at: DateTime<Utc>,
    /// When it leaves every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Who sent it: a person's name or the name of an API key.
    pub sender: String,
    /// Whether its sender wants it in the list alone: it raises no desktop notification.
    #[serde(default, skip_serializing_if = "crate::notification::is_false")]
    pub quiet: bool,
    /// What the reader did to it.
    pub state: ItemState,
    /// Every language it was written in; only when one item is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Content>,
    /// What the reader can do about it; only when one item is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ItemButton>,
    /// The files that go with it; only when one item is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// A button as a reader sees it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemButton {
    /// What it says, as one harmless line.
    pub label: String,
    /// Whether it is the one most readers want.
    #[serde(default)]
    pub primary: bool,
    /// Where it leads; without one, pressing it is the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "uri"))]
    pub link: Option<Link>,
    /// When the reader first pressed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressed_at: Option<DateTime<Utc>>,
}

impl ItemButton {
    /// A button that was not pressed, with its label made harmless.
    pub fn new(label: String, button: &Button) -> Self {
        Self { label, primary: button.primary, link: button.link.clone(), pressed_at: None }
    }
}

/// The numbers on the bell, each capped at [`CAP`].
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Items that were not dismissed.
    pub total: u32,
    /// Of these, items that were not read.
    pub unread: u32,
    /// Of these, items that arrived after the person last looked.
    pub unseen: u32,
    /// Unread items by severity.
    pub by_severity: BySeverity,
}

/// Unread items by severity; their sum is [`Counts::unread`].
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BySeverity {
    /// Unread information.
    pub information: u32,
    /// Unread successes.
    pub success: u32,
    /// Unread warnings.
    pub warning: u32,
    /// Unread errors.
    pub error: u32,
}

impl BySeverity {
    /// The count of one severity, to change.
    pub fn of(&mut self, severity: Severity) -> &mut u32 {
        match severity {
            Severity::Information => &mut self.information,
            Severity::Success => &mut self.success,
            Severity::Warning => &mut self.warning,
            Severity::Error => &mut self.error,
        }
    }

    /// The gravest severity with unread items.
    pub fn worst(&self) -> Option<Severity> {
        let mut counts = *self;
        Severity::ALL.into_iter().rev().find(|severity| *counts.of(*severity) > 0)
    }
}

impl Counts {
    /// Counts one more unread, unseen item of this severity. Beyond the cap nothing changes, as
    /// nothing changes for a fresh count.
    pub fn arrive(&mut self, severity: Severity) {
        self.total = CAP.min(self.total + 1);
        if self.unread < CAP {
            self.unread += 1;
            *self.by_severity.of(severity) += 1;
            self.unseen += 1;
        }
    }
}

/// The state of an inbox at one moment of the store. Of two snapshots the one with the greater
/// `(sequence, revision)` is the newer: both numbers only ever grow.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// The tenant's newest notification at that moment, whoever it was for.
    pub sequence: u64,
    /// How often this inbox was changed, by its person or by items leaving it.
    pub revision: u64,
    /// The numbers at that moment.
    pub counts: Counts,
}

impl Snapshot {
    /// Whether this snapshot shows a later moment than `other`.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        (self.sequence, self.revision) != (other.sequence, other.revision)
            && self.sequence >= other.sequence
            && self.revision >= other.revision
    }
}

/// A page of an inbox, the newest item first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page {
    /// At most as many as were asked for. Fewer do not mean that this is the end: `next` does.
    pub items: Vec<Item>,
    /// The cursor of the page that follows; absent at the end. Also as `Link: rel="next"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Items newer than this arrived after the person last looked.
    pub seen_up_to: u64,
    /// The whole inbox at the moment of this page.
    #[serde(flatten)]
    pub snapshot: Snapshot,
}

/// What to do to items.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Mark as read.
    Read,
    /// Mark as not read.
    Unread,
    /// Put away.
    Dismiss,
    /// Take back into the inbox.
    Restore,
}

/// A change to some items, or to all that match.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// What to do.
    pub action: Action,
    /// To which.
    #[serde(flatten)]
    pub items: Selection,
}

/// Which items a change is for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// These notifications, at most 1,000; those not in the inbox are passed over.
    Ids(Vec<Uuid>),
    /// All that match a filter and are not newer than what the person could see.
    Matching {
        /// Which.
        filter: Filter,
        /// The newest sequence to change: what arrived later stays as it is.
        up_to: u64,
    },
}

/// The answer to a change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changed {
    /// What takes the change back while it is fresh (ten minutes); absent when nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Uuid>,
    /// The inbox after the change.
    #[serde(flatten)]
    pub snapshot: Snapshot,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_forms_are_as_documented() {
        let change: Change = serde_json::from_str(r#"{"action":"dismiss","matching":{"filter":{"view":"unread"},"up_to":7}}"#).unwrap();
        assert_eq!(change.items, Selection::Matching { filter: Filter { view: View::Unread, ..Filter::default() }, up_to: 7 });
        let change: Change = serde_json::from_str(r#"{"action":"read","ids":[]}"#).unwrap();
        assert_eq!(change.items, Selection::Ids(Vec::new()));
    }

    #[test]
    fn a_snapshot_is_newer_only_when_nothing_goes_back() {
        let at = |sequence, revision| Snapshot { sequence, revision, ..Snapshot::default() };
        assert!(at(2, 1).is_newer_than(&at(1, 1)));
        assert!(at(1, 2).is_newer_than(&at(1, 1)));
        assert!(!at(1, 1).is_newer_than(&at(1, 1)));
        assert!(!at(2, 1).is_newer_than(&at(1, 2)));
    }

    #[test]
    fn counts_stop_at_the_cap() {
        let mut counts = Counts::default();
        for _ in 0..1_200 {
            counts.arrive(Severity::Error);
        }
        assert_eq!((counts.total, counts.unread, counts.by_severity.error), (CAP, CAP, CAP));
        assert_eq!(counts.by_severity.worst(), Some(Severity::Error));
    }
}
