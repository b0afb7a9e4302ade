//! What a notification carries for this dialect only.

use serde::{Deserialize, Serialize};

/// Values that responses must repeat and the core does not store. Empty for most requests.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct Extra {
    /// The destination as sent, when the audience names it differently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_admin: Option<String>,
    /// The date as sent, when [`format_date`](super::date::format_date) formats it differently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<String>,
    /// The language tags as sent, when one is not in the conventional case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub language_tags: Vec<String>,
    /// Whether the categories were an empty list instead of absent.
    #[serde(skip_serializing_if = "is_false")]
    pub empty_categories: bool,
    /// `data` as JSON text. Any value is passed through unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Whether no email is sent.
    #[serde(skip_serializing_if = "is_false")]
    pub suppress_email: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Extra {
    /// The stored JSON; null when all values are defaults.
    pub fn value(&self) -> serde_json::Value {
        if *self == Self::default() { serde_json::Value::Null } else { serde_json::to_value(self).unwrap_or_default() }
    }
}
