//! People: how others see a person, and what the signed-in person may do.

use serde::{Deserialize, Serialize};

use crate::{Language, Preferences, Snapshot};

/// A person, as others in the tenant see them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// The login, unique in the tenant.
    pub login: String,
    /// The display name.
    pub name: String,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The person's languages, the preferred one first.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub languages: Vec<Language>,
}

/// The signed-in person.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The tenant's name, such as `acme`.
    pub tenant: String,
    /// The person.
    pub person: Person,
    /// Whether the person may send notifications and see sent ones.
    pub may_send: bool,
    /// Whether the person is an administrator of the tenant.
    #[serde(default)]
    pub may_administer: bool,
    /// Whether e-mail is written to files, because no SMTP server is configured.
    #[serde(default)]
    pub mail_to_files: bool,
    /// How many drafts the person has saved.
    #[serde(default)]
    pub drafts: u32,
    /// The person's preferences.
    pub preferences: Preferences,
    /// The current snapshot of the inbox.
    pub snapshot: Snapshot,
}
