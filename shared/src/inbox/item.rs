//! An item: a notification in a person's inbox.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Attachment, Button, Content, Language, Link, Priority, Recipients, Severity, rfc3339, send_request::SenderDate, sent::SenderKind,
};

/// The state of an item: what the person has done with it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemState {
    /// Whether the person opened it or marked it read.
    pub read: bool,
    /// Whether the person dismissed it.
    pub dismissed: bool,
    /// When a snoozed item returns to the inbox; absent if it is not snoozed.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Whether it is pinned to the top.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
}

impl ItemState {
    /// Whether it is neither dismissed nor snoozed.
    pub const fn is_in_inbox(self) -> bool {
        !self.dismissed && self.snoozed_until.is_none()
    }
}

/// A notification in a person's inbox.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// The notification's id.
    pub id: Uuid,
    /// The notification's sequence number in the tenant. Newer notifications have greater numbers.
    pub sequence: u64,
    /// The severity.
    pub severity: Severity,
    /// The priority.
    pub priority: Priority,
    /// The part of the system that the notification is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Categories to filter by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The title in the reader's language: one line, without control characters and invisible formatting characters.
    pub title: String,
    /// The description in the reader's language. Lists contain only its first 300 characters.
    pub description: String,
    /// The language of `title` and `description`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub language: Language,
    /// A link to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<Link>,
    /// When the sender says it was created, with the sender's UTC offset.
    #[serde(deserialize_with = "rfc3339::read")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: SenderDate,
    /// When Campanile stored it.
    #[serde(deserialize_with = "rfc3339::read")]
    pub accepted_at: DateTime<Utc>,
    /// When it is removed from every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When the content was last corrected.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub corrected_at: Option<DateTime<Utc>>,
    /// Who corrected it last: the name of a person or an API key; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
    /// Whether a person or a key corrected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by_kind: Option<SenderKind>,
    /// The sender: the name of a person or an API key.
    pub sender: String,
    /// The API key that named this person as the sender; absent when a key or a person sent it under
    /// their own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Whether the sender wants it in the inbox only, without a desktop notification.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
    /// The state.
    pub state: ItemState,
    /// The text in every language; only when a single item is requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Content>,
    /// The buttons; only when a single item is requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ItemButton>,
    /// The attachments; only when a single item is requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Why it is in this inbox; only when a single item is requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Box<Why>>,
}

/// Why a notification is in a person's inbox.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Why {
    /// The API that received it, such as `campanile` or `citrix`.
    pub source: String,
    /// The groups of the audience to which the reader belonged when it was sent, at most 20.
    pub reasons: Vec<Reason>,
}

/// A group to which a reader belonged.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// The group.
    pub group: Recipients,
    /// Since when the reader has held the role; only for roles.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub since: Option<DateTime<Utc>>,
}

/// A button as a reader sees it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemButton {
    /// The text on the button: one line, without control characters and invisible formatting characters.
    pub label: String,
    /// Whether this is the main action.
    #[serde(default)]
    pub primary: bool,
    /// The link that it opens. Without a link, the click itself is the answer to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<Link>,
    /// When the reader first clicked it; absent if never.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub pressed_at: Option<DateTime<Utc>>,
}

impl ItemButton {
    /// A button without a click. `label` must already be free of disruptive characters.
    pub fn new(label: String, button: &Button) -> Self {
        Self { label, primary: button.primary, link: button.link.clone(), pressed_at: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_did_is_written_when_it_was_done() {
        assert_eq!(serde_json::to_string(&ItemState::default()).unwrap(), r#"{"read":false,"dismissed":false}"#);
        let state = ItemState { read: true, dismissed: true, snoozed_until: Some(DateTime::UNIX_EPOCH), pinned: true };
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(json, r#"{"read":true,"dismissed":true,"snoozed_until":"1970-01-01T00:00:00Z","pinned":true}"#);
        assert_eq!(serde_json::from_str::<ItemState>(&json).unwrap(), state);
    }

    #[test]
    fn instants_are_of_rfc_3339_and_nothing_else() {
        let read =
            |until: &str| serde_json::from_str::<ItemState>(&format!(r#"{{"read":false,"dismissed":false,"snoozed_until":{until}}}"#));
        let until = |text: &str| read(text).unwrap().snoozed_until.map(|at| at.timestamp());
        assert_eq!((until("null"), until(r#""1970-01-01T01:00:07+01:00""#)), (None, Some(7)));
        for wrong in [r#""1970-01-01""#, r#""1970-01-01T00:00:00""#, r#""Thu, 01 Jan 1970 00:00:00 GMT""#, r#""""#, "0"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let reason = |since: &str| serde_json::from_str::<Reason>(&format!(r#"{{"group":{{"kind":"everyone"}}{since}}}"#));
        assert_eq!(reason("").unwrap().since, None);
    }

    #[test]
    fn a_button_begins_unpressed_with_what_its_sender_chose() {
        let link = "https://a.example".parse::<Link>().ok();
        let button = Button { label: "Ap\u{202E}prove".to_owned(), primary: true, link: link.clone(), data: Some("7".to_owned()) };
        let shown = ItemButton::new("Approve".to_owned(), &button);
        assert_eq!(shown, ItemButton { label: "Approve".to_owned(), primary: true, link, pressed_at: None });
    }
}
