//! A notification as one of its readers has it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Attachment, Button, Content, Language, Link, Priority, Recipients, Severity, draft::SenderDate, instant, sent::SenderKind};

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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
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
    /// Who corrected it last: a person's name or the name of an API key; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
    /// Which of the two that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by_kind: Option<SenderKind>,
    /// Who sent it: a person's name or the name of an API key.
    pub sender: String,
    /// The API key that named this person as the sender; absent when a key or a person sent it under
    /// their own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
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
