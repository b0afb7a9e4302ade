//! The views of an inbox, and filters within a view.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ItemState;
use crate::{Severity, rfc3339};

/// A view of the inbox.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Items that are neither dismissed nor snoozed.
    #[default]
    Inbox,
    /// Unread items of the inbox.
    Unread,
    /// Pinned items of the inbox.
    Pinned,
    /// Snoozed items whose time has not come.
    Snoozed,
    /// Dismissed items.
    Dismissed,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 5] = [Self::Inbox, Self::Unread, Self::Pinned, Self::Snoozed, Self::Dismissed];

    /// The name on the wire, `inbox` to `dismissed`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Unread => "unread",
            Self::Pinned => "pinned",
            Self::Snoozed => "snoozed",
            Self::Dismissed => "dismissed",
        }
    }

    /// The view of a wire name; `None` for any other word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }

    /// Whether the view contains an item in this state.
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

/// A filter of a view's items. An empty filter matches all.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// The view.
    pub view: View,
    /// One of these severities. An empty list matches any severity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub severity: Vec<Severity>,
    /// Exactly this component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// This category, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Sent by the person or API key with this name, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Stored at this time or later.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub after: Option<DateTime<Utc>>,
    /// Stored before this time.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub before: Option<DateTime<Utc>>,
    /// Search words. Each must be the beginning of a word in the title, description or component, ignoring case and accents.
    /// Symbols such as `%` and emoji count as words. Punctuation is ignored; a text of punctuation only finds nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Filter {
    /// A filter that matches every item of a view.
    pub fn whole_view(view: View) -> Self {
        Self { view, ..Self::default() }
    }

    /// Whether it matches every item of its view.
    pub fn is_whole_view(&self) -> bool {
        *self == Self::whole_view(self.view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_have_their_names_on_the_wire() {
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
    fn a_filter_is_whole_when_it_names_a_view_and_nothing_else() {
        for view in View::ALL {
            let whole = Filter::whole_view(view);
            assert_eq!((whole.view, whole.is_whole_view()), (view, true));
            let parts = [
                Filter { severity: vec![Severity::Error], ..whole.clone() },
                Filter { text: Some(String::new()), ..whole.clone() },
                Filter { after: Some(DateTime::UNIX_EPOCH), ..whole },
            ];
            assert!(parts.iter().all(|part| !part.is_whole_view()), "{view:?}");
        }
        assert_eq!(serde_json::from_str::<Filter>("{}").unwrap(), Filter::whole_view(View::Inbox));
    }

    #[test]
    fn other_words_name_no_view() {
        assert_eq!((View::from_name("Inbox"), View::from_name("")), (None, None));
    }
}
