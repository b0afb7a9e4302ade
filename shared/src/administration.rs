//! What a tenant's administrator manages: API keys, the portal secret and people.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Language,
    directory::PersonRecord,
    display_name,
    limits::MAX_SECRET_OVERLAP_HOURS,
    problem::{FieldError, FieldErrorCode},
    rfc3339,
};

/// A permission of an API key.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See sent notifications.
    Read,
    /// Send notifications.
    Send,
    /// Change people and relations.
    Directory,
    /// All permissions.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Send, Self::Directory, Self::Admin];

    /// The name on the command line, on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Send => "send",
            Self::Directory => "directory",
            Self::Admin => "admin",
        }
    }
}

/// An API key, without its secret.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// The name that receivers see; unique among the keys that are not revoked.
    pub name: String,
    /// The permissions.
    pub scopes: Vec<Scope>,
    /// The most requests per second; absent if the server's default applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<u32>,
    /// When it was created.
    #[serde(deserialize_with = "rfc3339::read")]
    pub created_at: DateTime<Utc>,
    /// When it was last used, to about a minute; absent if never.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked; absent if it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A request to create an API key.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// The name that receivers see.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub name: String,
    /// The permissions; at least one.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub scopes: Vec<Scope>,
    /// The most requests per second, at least 1; absent for the server's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub requests_per_second: Option<u32>,
}

impl NewApiKey {
    /// A key with the server's default limit of requests.
    pub fn new(name: &str, scopes: &[Scope]) -> Self {
        Self { name: name.to_owned(), scopes: scopes.to_vec(), requests_per_second: None }
    }

    /// Returns every error that prevents creation; empty when there is none.
    pub fn check(&self) -> Vec<FieldError> {
        let mut faults = Vec::from_iter(display_name::check("/name", &self.name));
        if self.scopes.is_empty() {
            faults.push(FieldError::new("/scopes", FieldErrorCode::Missing));
        }
        if self.requests_per_second == Some(0) {
            faults.push(FieldError::new("/requests_per_second", FieldErrorCode::Malformed));
        }
        faults
    }
}

/// A new API key's secret. It is shown only once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeySecret {
    /// The secret, `cmp_…`.
    pub secret: String,
}

/// A request to replace the secret with which the tenant's portal signs tokens.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PortalSecretRotation {
    /// How many hours the former secret stays valid, 0 to 720. With 0 it becomes invalid immediately.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(maximum = 720))]
    pub overlap_hours: u32,
}

impl PortalSecretRotation {
    /// Returns every error in the request; empty when there is none.
    pub fn check(&self) -> Vec<FieldError> {
        let fault = FieldError::with_limit("/overlap_hours", FieldErrorCode::TooMany, MAX_SECRET_OVERLAP_HOURS as usize);
        if self.overlap_hours > MAX_SECRET_OVERLAP_HOURS { vec![fault] } else { Vec::new() }
    }
}

/// A new portal secret. It is shown only once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortalSecret {
    /// The secret for the portal's server, `cmx_…`.
    pub secret: String,
    /// When the former secret becomes invalid; null if it already is.
    #[serde(default, deserialize_with = "rfc3339::read_optional")]
    pub former_until: Option<DateTime<Utc>>,
}

/// A person, as administrators see them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// The person.
    #[serde(flatten)]
    pub person: PersonRecord,
    /// Whether they are an administrator.
    pub administrator: bool,
    /// When they were disabled and could no longer sign in; absent if they can.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rfc3339::read_optional")]
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A page of people, sorted by name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberPage {
    /// At most the requested number.
    pub items: Vec<Member>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A request to add a person.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMember {
    /// The person.
    #[serde(flatten)]
    pub person: PersonRecord,
    /// Whether to make them an administrator.
    #[serde(default)]
    pub administrator: bool,
}

/// A change of a person. It replaces all fields below; login and external ids stay.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// The display name.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub name: String,
    /// The e-mail address; if absent, the person gets no e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::MailAddress>))]
    pub email: Option<String>,
    /// The person's languages, the preferred one first.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::LanguageTag>))]
    pub languages: Vec<Language>,
}

/// A request to disable or enable a person.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetDisabled {
    /// Whether the person is disabled and cannot sign in.
    pub disabled: bool,
}

/// A link that signs a person in once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInLink {
    /// The link.
    pub link: String,
    /// When it expires.
    #[serde(deserialize_with = "rfc3339::read")]
    pub expires_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_have_their_names_on_the_wire() {
        for (scope, name) in Scope::ALL.into_iter().zip(["read", "send", "directory", "admin"]) {
            assert_eq!((scope.name(), serde_json::to_value(scope).unwrap()), (name, name.into()));
        }
    }

    #[test]
    fn a_key_has_a_name_and_a_scope_and_no_limit_of_nothing() {
        let key = NewApiKey { name: "monitoring".to_owned(), scopes: vec![Scope::Send], requests_per_second: None };
        assert_eq!(key.check(), []);
        assert_eq!(NewApiKey { requests_per_second: Some(1), ..key.clone() }.check(), []);
        for (wrong, fault) in [
            (NewApiKey { name: " ".to_owned(), ..key.clone() }, FieldError::new("/name", FieldErrorCode::Missing)),
            (NewApiKey { scopes: Vec::new(), ..key.clone() }, FieldError::new("/scopes", FieldErrorCode::Missing)),
            (NewApiKey { requests_per_second: Some(0), ..key }, FieldError::new("/requests_per_second", FieldErrorCode::Malformed)),
        ] {
            assert_eq!(wrong.check(), [fault]);
        }
    }

    #[test]
    fn two_portal_secrets_are_good_for_thirty_days_at_most() {
        let check = |overlap_hours| PortalSecretRotation { overlap_hours }.check();
        assert_eq!((check(0), check(720)), (Vec::new(), Vec::new()));
        assert_eq!(check(721), [FieldError::with_limit("/overlap_hours", FieldErrorCode::TooMany, 720)]);
    }
}
