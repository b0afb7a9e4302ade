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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "uri"))]
    pub link: Option<Link>,
}
