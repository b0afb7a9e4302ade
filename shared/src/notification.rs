//! The parts of a notification: how grave it is, how urgent, and what it says in each language.

use serde::{Deserialize, Serialize};

use crate::{Language, Link};

/// How grave the news is, in rising order: the order of [`Ord`] is the order of gravity.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something to know.
    #[default]
    Information,
    /// Something went well.
    Success,
    /// Something will go wrong if nobody acts.
    Warning,
    /// Something went wrong.
    Error,
}

impl Severity {
    /// Every severity, the least grave first.
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

/// How soon the reader should look, in rising order. `Urgent` passes quiet hours.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Whenever there is time.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Before other things.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// Every priority, the least pressing first.
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

/// What a notification says in one language. Plain text throughout: never HTML, never markup.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Content {
    /// The language the text is written in.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "en-US"))]
    pub language: Language,
    /// One line that says it all.
    pub title: String,
    /// The rest; empty when the title is enough.
    #[serde(default)]
    pub description: String,
    /// Where to read more or to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<Link>,
}

/// Something a reader can do about a notification: follow a link, or answer its sender.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Button {
    /// What it says.
    pub label: String,
    /// Whether it is the one most readers want.
    #[serde(default, skip_serializing_if = "is_false")]
    pub primary: bool,
    /// Where it leads; without one, pressing it is the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<Link>,
    /// What its sender is told when it is pressed, as JSON text; never read here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

/// A file that goes with a notification; it stays where its sender keeps it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type, such as `image/png`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub link: Option<Link>,
    /// A small picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LinkText>))]
    pub thumbnail: Option<Link>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(crate) const fn is_false(flag: &bool) -> bool {
    !*flag
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
