//! A person's inbox: its items, their state, the counts on the bell, and what can be asked and done.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Attachment, Button, Content, Language, Link, Priority, Recipients, Severity, draft::SenderDate, instant};

/// Counts are exact up to this number less one; the number itself means "this many or more".
pub const CAP: u32 = 1_000;

/// Which items of an inbox are meant.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Everything that was neither dismissed nor snoozed.
    #[default]
    Inbox,
    /// Of this, what was not read.
    Unread,
    /// Of the inbox, what was pinned.
    Pinned,
    /// What was put aside until a time that has not come.
    Snoozed,
    /// What was dismissed.
    Dismissed,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 5] = [Self::Inbox, Self::Unread, Self::Pinned, Self::Snoozed, Self::Dismissed];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Unread => "unread",
            Self::Pinned => "pinned",
            Self::Snoozed => "snoozed",
            Self::Dismissed => "dismissed",
        }
    }

    /// The view of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }

    /// Whether it shows an item in this state.
    pub fn shows(self, state: ItemState) -> bool {
        match self {
            Self::Inbox => state.is_in_inbox(),
            Self::Unread => state.is_in_inbox() && !state.read,
            Self::Pinned => state.is_in_inbox() && state.pinned,
            Self::Snoozed => state.snoozed_until.is_some(),
            Self::Dismissed => state.dismissed,
        }
    }
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
    /// This category, whatever the case of its letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The person or key of this name sent it, whatever the case of its letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Stored at this instant or later.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub after: Option<DateTime<Utc>>,
    /// Stored before this instant.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub before: Option<DateTime<Utc>>,
    /// Words that title, description or component begin with, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Filter {
    /// A whole view.
    pub fn of(view: View) -> Self {
        Self { view, ..Self::default() }
    }

    /// Whether it means all of its view.
    pub fn is_whole(&self) -> bool {
        *self == Self::of(self.view)
    }
}

/// What a person did to an item.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemState {
    /// It was opened or marked read.
    pub read: bool,
    /// It was put away.
    pub dismissed: bool,
    /// When it comes back into the inbox, while it is put aside.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// It stays on top.
    #[serde(default, skip_serializing_if = "crate::notification::is_false")]
    pub pinned: bool,
}

impl ItemState {
    /// Whether it is neither put away nor put aside.
    pub const fn is_in_inbox(self) -> bool {
        !self.dismissed && self.snoozed_until.is_none()
    }
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
    #[serde(deserialize_with = "instant::read")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: SenderDate,
    /// When it was stored.
    #[serde(deserialize_with = "instant::read")]
    pub accepted_at: DateTime<Utc>,
    /// When it leaves every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When what it says was last corrected.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub corrected_at: Option<DateTime<Utc>>,
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
    /// Why it is in this inbox; only when one item is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Box<Why>>,
}

/// Why a notification is in somebody's inbox.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Why {
    /// The API it came through, such as `campanile` or `citrix`.
    pub source: String,
    /// Those of the groups it was for to which the reader belonged when it was sent, at most 20.
    pub reasons: Vec<Reason>,
}

/// A group to which a reader belonged.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// Which.
    pub group: Recipients,
    /// Since when, of a role.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub since: Option<DateTime<Utc>>,
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
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
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
    /// Items that were neither dismissed nor snoozed.
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
#[serde(from = "told::Page")]
pub struct Page {
    /// At most as many as were asked for. Fewer do not mean that this is the end: `next` does.
    pub items: Vec<Item>,
    /// What stands above them all, only on the first page of `inbox` and `unread` without a search: what
    /// was pinned, and what came back from being snoozed and was not read since; the newest first, at
    /// most 100. They are among the items of their own pages as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<Item>,
    /// The cursor of the page that follows; absent at the end. Also as `Link: rel="next"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Items newer than this arrived after the person last looked.
    pub seen_up_to: u64,
    /// The whole inbox at the moment of this page.
    #[serde(flatten)]
    pub snapshot: Snapshot,
}

/// How many items match a filter.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Matching {
    /// As many as were found, up to [`CAP`].
    pub count: u32,
    /// Whether there may be more: the cap was reached, or what was looked at was enough for once.
    pub more: bool,
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
    /// Put aside until a time; what is dismissed stays where it is.
    Snooze,
    /// Take back before that time.
    Unsnooze,
    /// Keep on top.
    Pin,
    /// No longer keep on top.
    Unpin,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 8] =
        [Self::Read, Self::Unread, Self::Dismiss, Self::Restore, Self::Snooze, Self::Unsnooze, Self::Pin, Self::Unpin];
}

/// A change to some items, or to all that match.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(into = "told::Change", try_from = "told::Change")]
pub struct Change {
    /// What to do.
    pub action: Action,
    /// Until when to snooze: in the future, at most a year ahead. Only with `snooze`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// To which.
    #[serde(flatten)]
    pub items: Selection,
}

impl Change {
    /// A change that needs no time.
    pub const fn new(action: Action, items: Selection) -> Self {
        Self { action, until: None, items }
    }
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
#[serde(from = "told::Changed")]
pub struct Changed {
    /// What takes the change back while it is fresh (ten minutes); absent when nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Uuid>,
    /// The inbox after the change.
    #[serde(flatten)]
    pub snapshot: Snapshot,
}

/// The same as they are on the wire, without parts inside parts. Flattened fields would be buffered
/// and read a second time, by code of its own for everything within, which every browser would fetch.
mod told {
    use super::{Action, Counts, DateTime, Deserialize, Filter, Item, Selection, Serialize, Snapshot, Utc, Uuid};

    #[derive(Deserialize)]
    pub struct Page {
        items: Vec<Item>,
        #[serde(default)]
        top: Vec<Item>,
        #[serde(default)]
        next: Option<String>,
        seen_up_to: u64,
        sequence: u64,
        revision: u64,
        counts: Counts,
    }

    impl From<Page> for super::Page {
        fn from(told: Page) -> Self {
            let Page { items, top, next, seen_up_to, sequence, revision, counts } = told;
            Self { items, top, next, seen_up_to, snapshot: Snapshot { sequence, revision, counts } }
        }
    }

    #[derive(Deserialize)]
    pub struct Changed {
        #[serde(default)]
        undo: Option<Uuid>,
        sequence: u64,
        revision: u64,
        counts: Counts,
    }

    impl From<Changed> for super::Changed {
        fn from(told: Changed) -> Self {
            let Changed { undo, sequence, revision, counts } = told;
            Self { undo, snapshot: Snapshot { sequence, revision, counts } }
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

    impl From<super::Change> for Change {
        fn from(change: super::Change) -> Self {
            let (ids, matching) = match change.items {
                Selection::Ids(ids) => (Some(ids), None),
                Selection::Matching { filter, up_to } => (None, Some(Matching { filter, up_to })),
            };
            Self { action: change.action, until: change.until, ids, matching }
        }
    }

    impl TryFrom<Change> for super::Change {
        type Error = &'static str;

        fn try_from(told: Change) -> Result<Self, Self::Error> {
            let items = match (told.ids, told.matching) {
                (Some(ids), None) => Selection::Ids(ids),
                (None, Some(Matching { filter, up_to })) => Selection::Matching { filter, up_to },
                _ => return Err("expected either `ids` or `matching`"),
            };
            Ok(Self { action: told.action, until: told.until, items })
        }
    }
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
        for wrong in [r#"{"action":"read"}"#, r#"{"action":"read","ids":[],"matching":{"filter":{},"up_to":7}}"#] {
            assert!(serde_json::from_str::<Change>(wrong).is_err(), "{wrong}");
        }
        let snapshot = Snapshot { sequence: 3, revision: 2, ..Snapshot::default() };
        let page = Page { items: Vec::new(), top: Default::default(), next: Some("c".to_owned()), seen_up_to: 1, snapshot };
        assert_eq!(serde_json::from_str::<Page>(&serde_json::to_string(&page).unwrap()).unwrap(), page);
        let changed = Changed { undo: Some(Uuid::from_u128(7)), snapshot };
        assert_eq!(serde_json::from_str::<Changed>(&serde_json::to_string(&changed).unwrap()).unwrap(), changed);
        let change: Change = serde_json::from_str(r#"{"action":"snooze","until":"2026-03-01T12:00:00Z","ids":[]}"#).unwrap();
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"action":"snooze","until":"2026-03-01T12:00:00Z","ids":[]}"#);
        for view in View::ALL {
            assert_eq!((View::from_name(view.name()), serde_json::to_value(view).unwrap()), (Some(view), view.name().into()));
        }
    }

    #[test]
    fn views_show_what_they_say() {
        let states: [(ItemState, &[View]); 5] = [
            (ItemState::default(), &[View::Inbox, View::Unread]),
            (ItemState { read: true, ..ItemState::default() }, &[View::Inbox]),
            (ItemState { pinned: true, ..ItemState::default() }, &[View::Inbox, View::Unread, View::Pinned]),
            (ItemState { snoozed_until: Some(DateTime::UNIX_EPOCH), pinned: true, ..ItemState::default() }, &[View::Snoozed]),
            (ItemState { dismissed: true, pinned: true, ..ItemState::default() }, &[View::Dismissed]),
        ];
        for (state, shown) in states {
            assert_eq!(View::ALL.into_iter().filter(|view| view.shows(state)).collect::<Vec<_>>(), shown, "{state:?}");
        }
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
