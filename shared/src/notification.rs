//! The parts of a notification: severity, priority, the text in each language, buttons and attachments.

use serde::{Deserialize, Serialize};

use crate::{Language, Link};

/// How severe a notification is, from `information` to `error`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For information only.
    #[default]
    Information,
    /// Something succeeded.
    Success,
    /// Something will fail unless someone acts.
    Warning,
    /// Something failed.
    Error,
}

impl Severity {
    /// Every severity, the least severe first.
    pub const ALL: [Self; 4] = [Self::Information, Self::Success, Self::Warning, Self::Error];

    /// The name on the wire, `information` to `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of a wire name; `None` for any other word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

/// How soon the reader should look, from low to urgent. Only `Urgent` raises a desktop notification during quiet hours.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// The default.
    #[default]
    Normal,
    /// Before other notifications.
    High,
    /// Immediately.
    Urgent,
}

impl Priority {
    /// Every priority, the lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The name on the wire, `low` to `urgent`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The priority of a wire name; `None` for any other word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.name() == name)
    }
}

/// The text of a notification in one language. All fields are plain text, without HTML or other markup.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Content {
    /// The language the text is written in.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "en-US"))]
    pub language: Language,
    /// The title, one line.
    pub title: String,
    /// The description; empty when the title is enough.
    #[serde(default)]
    pub description: String,
    /// A link to read more or to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<Link>,
}

/// A button of a notification. It opens a link, or records an answer for the sender.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Button {
    /// The text on the button.
    pub label: String,
    /// Whether this is the main action.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub primary: bool,
    /// The link that it opens. Without a link, the click itself is the answer to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<Link>,
    /// JSON text that is returned to the sender when the button is clicked. Campanile does not read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

/// A file attached to a notification. Campanile stores the link only; the file stays on the sender's server.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// The file name.
    pub name: String,
    /// The media type, such as `image/png`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The link to the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<Link>,
    /// A link to a thumbnail image of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub thumbnail: Option<Link>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_and_priorities_have_their_names_on_the_wire() {
        for (severity, name) in Severity::ALL.into_iter().zip(["information", "success", "warning", "error"]) {
            assert_eq!((severity.name(), serde_json::to_value(severity).unwrap()), (name, name.into()));
            assert_eq!(Severity::from_name(name), Some(severity));
        }
        for (priority, name) in Priority::ALL.into_iter().zip(["low", "normal", "high", "urgent"]) {
            assert_eq!((priority.name(), serde_json::to_value(priority).unwrap()), (name, name.into()));
            assert_eq!(Priority::from_name(name), Some(priority));
        }
        for other in ["", "Error", "critical", "Normal"] {
            assert_eq!((Severity::from_name(other), Priority::from_name(other)), (None, None), "{other:?}");
        }
        assert!(Severity::ALL.is_sorted() && Priority::ALL.is_sorted(), "the order is that of gravity");
    }

    #[test]
    fn a_button_is_said_to_be_primary_only_when_it_is() {
        let button = |primary| Button { label: "Approve".to_owned(), primary, link: None, data: None };
        assert_eq!(serde_json::to_string(&button(false)).unwrap(), r#"{"label":"Approve"}"#);
        assert_eq!(serde_json::to_string(&button(true)).unwrap(), r#"{"label":"Approve","primary":true}"#);
        for primary in [false, true] {
            let json = serde_json::to_string(&button(primary)).unwrap();
            assert_eq!(serde_json::from_str::<Button>(&json).unwrap(), button(primary));
        }
    }
}
