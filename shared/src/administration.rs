//! What a tenant's administrator keeps: API keys and people.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Language,
    directory::PersonRecord,
    instant, name,
    problem::{FieldError, FieldFault},
};

/// What an API key may be used for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See what was sent.
    Read,
    /// Send notifications.
    Send,
    /// Change people and relations.
    Directory,
    /// Everything.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Send, Self::Directory, Self::Admin];

    /// The name on the command line and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Send => "send",
            Self::Directory => "directory",
            Self::Admin => "admin",
        }
    }
}

/// An API key as an administrator sees it; its text is known to nobody.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// Its name, as receivers see it; unique among the keys in use.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How many requests a second it may make; absent when the server's own limit holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<u32>,
    /// When it was made.
    #[serde(deserialize_with = "instant::read")]
    pub created_at: DateTime<Utc>,
    /// When it was last used, to a minute or so; absent when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// An API key to make.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// Its name, as receivers see it.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub name: String,
    /// What it may do; at least one.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub scopes: Vec<Scope>,
    /// How many requests a second it may make, at least 1; absent for the server's own limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub requests_per_second: Option<u32>,
}

impl NewApiKey {
    /// What keeps it from being made, if anything.
    pub fn check(&self) -> Vec<FieldError> {
        let mut faults = Vec::from_iter(name::fault("/name", &self.name));
        if self.scopes.is_empty() {
            faults.push(FieldError::new("/scopes", FieldFault::Missing));
        }
        if self.requests_per_second == Some(0) {
            faults.push(FieldError::new("/requests_per_second", FieldFault::Malformed));
        }
        faults
    }
}

/// A secret just made: the only time its text is told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeySecret {
    /// The text to hand over, `cmp_…`.
    pub secret: String,
}

/// How to replace the secret with which the tenant's portal signs tokens.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PortalSecretRotation {
    /// Hours for which the former secret is good beside the new one, 0 to 720. With 0 it ends at once.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(maximum = 720))]
    pub overlap_hours: u32,
}

impl PortalSecretRotation {
    /// The longest overlap, in hours (30 days).
    pub const LONGEST_OVERLAP: u32 = 720;

    /// What keeps it from being done, if anything.
    pub fn check(&self) -> Vec<FieldError> {
        let fault = FieldError::beyond("/overlap_hours", FieldFault::TooMany, Self::LONGEST_OVERLAP as usize);
        if self.overlap_hours > Self::LONGEST_OVERLAP { vec![fault] } else { Vec::new() }
    }
}

/// A portal secret just made: the only time its text is shown.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortalSecret {
    /// The text for the portal's server, `cmx_…`.
    pub secret: String,
    /// Until when the former secret is good as well; null when it has ended.
    #[serde(default, deserialize_with = "instant::perhaps")]
    pub former_until: Option<DateTime<Utc>>,
}

/// A person as an administrator sees them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Who it is.
    #[serde(flatten)]
    pub person: PersonRecord,
    /// Whether they administer the tenant.
    pub administrator: bool,
    /// Since when they may not come in; absent while they may.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant::perhaps")]
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A page of people, by name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberPage {
    /// At most as many as were asked for.
    pub items: Vec<Member>,
    /// The cursor of the page that follows; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A person to add.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMember {
    /// Who it is.
    #[serde(flatten)]
    pub person: PersonRecord,
    /// Whether they are to administer the tenant.
    #[serde(default)]
    pub administrator: bool,
}

/// What is to be known of a person; login and external ids stay.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// The display name.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub name: String,
    /// Where mail goes; nowhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::MailAddress>))]
    pub email: Option<String>,
    /// Languages the person reads, the preferred first.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::LanguageTag>))]
    pub languages: Vec<Language>,
}

/// Whether somebody may come in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Disabling {
    /// They may not.
    pub disabled: bool,
}

/// A link with which a person signs in once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInLink {
    /// The link.
    pub link: String,
    /// Until when it can be used.
    #[serde(deserialize_with = "instant::read")]
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
            (NewApiKey { name: " ".to_owned(), ..key.clone() }, FieldError::new("/name", FieldFault::Missing)),
            (NewApiKey { scopes: Vec::new(), ..key.clone() }, FieldError::new("/scopes", FieldFault::Missing)),
            (NewApiKey { requests_per_second: Some(0), ..key }, FieldError::new("/requests_per_second", FieldFault::Malformed)),
        ] {
            assert_eq!(wrong.check(), [fault]);
        }
    }

    #[test]
    fn two_portal_secrets_are_good_for_thirty_days_at_most() {
        let check = |overlap_hours| PortalSecretRotation { overlap_hours }.check();
        assert_eq!((check(0), check(720)), (Vec::new(), Vec::new()));
        assert_eq!(check(721), [FieldError::beyond("/overlap_hours", FieldFault::TooMany, 720)]);
    }
}
