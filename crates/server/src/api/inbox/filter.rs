//! Filters for the inbox.

use campanile_shared::{Filter, Severity, View};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::problem::ApiError;

/// Filters for the inbox.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// `inbox` (the default), `unread`, `pinned`, `snoozed` or `dismissed`.
    #[serde(default)]
    #[param(inline)]
    view: View,
    /// One or more severities, separated by commas; absent means any.
    #[param(pattern = r"^(?:\s*(?:information|success|warning|error)?\s*(?:,|$))+$")]
    severity: Option<String>,
    /// The component, matched exactly.
    component: Option<String>,
    /// A category, matched without regard to case.
    category: Option<String>,
    /// The name of the sending person or API key, or of the key that sent for a person; matched without regard to case.
    sender: Option<String>,
    /// Only items stored at this time or later.
    after: Option<DateTime<Utc>>,
    /// Only items stored before this time.
    before: Option<DateTime<Utc>>,
    /// Search words. Each must be the beginning of a word of the title, description or component; case and accents are
    /// ignored. Symbols such as `%` and emoji count as words. Punctuation is ignored; a search without any word finds nothing.
    text: Option<String>,
}

impl InboxQuery {
    /// The filter, or an error for an unknown severity.
    pub fn filter(self) -> Result<Filter, ApiError> {
        let names = self.severity.iter().flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty());
        let severity = names.map(|name| {
            Severity::from_name(name).ok_or_else(|| ApiError::malformed("A severity is one of information, success, warning and error."))
        });
        let non_blank = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(Filter {
            view: self.view,
            severity: severity.collect::<Result<_, _>>()?,
            component: non_blank(self.component),
            category: non_blank(self.category),
            sender: non_blank(self.sender),
            after: self.after,
            before: self.before,
            text: non_blank(self.text),
        })
    }
}
