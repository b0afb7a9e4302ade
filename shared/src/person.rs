//! People: signing in, who one is, and what one prefers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Filter, Language, Severity, Snapshot, instant};

/// The body of a sign-in.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", untagged, try_from = "Given")]
pub enum SignIn {
    /// With a one-use link's code.
    Link {
        /// The code behind `#` in the link.
        link: String,
    },
    /// With a password.
    Password {
        /// The tenant's name, such as `acme`.
        tenant: String,
        /// The person's login.
        login: String,
        /// The password.
        password: String,
    },
}

/// What was given to sign in with, as it is read: what is missing can then be named.
#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    link: Option<String>,
    #[serde(default)]
    tenant: Option<String>,
    #[serde(default)]
    login: Option<String>,
    #[serde(default)]
    password: Option<String>,
}

impl TryFrom<Given> for SignIn {
    type Error = &'static str;

    fn try_from(given: Given) -> Result<Self, Self::Error> {
        if let Some(link) = given.link {
            return Ok(Self::Link { link });
        }
        Ok(Self::Password {
            tenant: given.tenant.ok_or("missing field `tenant`")?,
            login: given.login.ok_or("missing field `login`")?,
            password: given.password.ok_or("missing field `password`")?,
        })
    }
}

/// The answer to a sign-in.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The session as a bearer token, only for a console of another origin, where no cookie is
    /// set; to be kept for the browser session only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When the session ends by itself.
    #[serde(deserialize_with = "instant::read")]
    pub expires_at: DateTime<Utc>,
}

/// A sign-in link, to learn whose it is before it is used.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkCode {
    /// The code behind `#` in the link.
    pub link: String,
}

/// Whom a sign-in link signs in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkPerson {
    /// The tenant's name, such as `acme`.
    pub tenant: String,
    /// The person's login.
    pub login: String,
    /// The person's name.
    pub name: String,
}

/// A change of one's own password.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present password.
    pub current: String,
    /// The new one: 8 to 256 characters, none of the common passwords, no name of the person or the tenant.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NewPassword))]
    pub new: String,
}

impl PasswordChange {
    /// The fewest characters of a new password: code points of the normalised text.
    pub const SHORTEST: usize = 8;
    /// The most characters, counted likewise.
    pub const LONGEST: usize = 256;
}

/// A person as others of the tenant see them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Unique in the tenant.
    pub login: String,
    /// The display name.
    pub name: String,
    /// Where mail goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Languages the person reads, the preferred first.
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
    /// Whether the person may write to others and see what was sent.
    pub may_send: bool,
    /// Whether the person keeps the tenant's people, keys and settings.
    #[serde(default)]
    pub may_administer: bool,
    /// Whether mail is written to files, because the operator named no SMTP server.
    #[serde(default)]
    pub mail_to_files: bool,
    /// What the person chose.
    pub preferences: Preferences,
    /// The inbox now.
    pub snapshot: Snapshot,
}

/// What a person chose for themselves; kept by the server so that it follows them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Preferences {
    /// Light or dark.
    pub theme: Theme,
    /// How close the lines of the inbox stand.
    pub density: Density,
    /// The console's language; absent means the browser's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LanguageTag>))]
    pub language: Option<Language>,
    /// Desktop notifications are raised from this severity on.
    pub desktop_from: Severity,
    /// Severities of which a mail is sent as well; none to begin with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mail: Vec<Severity>,
    /// Components that raise no desktop notification.
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub muted_components: Vec<String>,
    /// Views of the inbox that the person named, in the order of the sidebar; at most 50.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub views: Vec<SavedView>,
    /// When only urgent notifications may raise a desktop notification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
}

/// A view of the inbox with a name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SavedView {
    /// What the person calls it: unique among theirs, at most 60 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::ViewName))]
    pub name: String,
    /// What it lists.
    pub filter: Filter,
}

impl SavedView {
    /// The most of one person.
    pub const MOST: usize = 50;
    /// The most characters of a name.
    pub const LONGEST_NAME: usize = 60;
}

/// How close lines stand.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// With the beginning of the text.
    #[default]
    Comfortable,
    /// A title and where it comes from: twice as many fit.
    Compact,
}

/// The console's colours.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A daily span in the browser's local time, in minutes after midnight (0 to 1439). It may pass
/// midnight: 22:00 to 07:00 is `{from: 1320, to: 420}`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first quiet minute.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Minute))]
    pub from: u16,
    /// The first minute that is loud again.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Minute))]
    pub to: u16,
}

impl QuietHours {
    /// The last minute of a day.
    pub const LAST_MINUTE: u16 = 24 * 60 - 1;

    /// Whether the minute after midnight is quiet.
    pub fn covers(self, minute: u16) -> bool {
        if self.from <= self.to { (self.from..self.to).contains(&minute) } else { minute >= self.from || minute < self.to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_pass_midnight() {
        let night = QuietHours { from: 1320, to: 420 };
        assert!(night.covers(1320) && night.covers(0) && night.covers(419));
        assert!(!night.covers(420) && !night.covers(1319));
        assert!(!QuietHours { from: 60, to: 60 }.covers(60));
    }

    #[test]
    fn a_sign_in_is_a_link_or_a_password() {
        assert!(matches!(serde_json::from_str(r#"{"link":"x"}"#).unwrap(), SignIn::Link { .. }));
        let password = r#"{"tenant":"acme","login":"ada","password":"x"}"#;
        assert!(matches!(serde_json::from_str(password).unwrap(), SignIn::Password { .. }));
    }

    #[test]
    fn what_a_sign_in_lacks_is_named() {
        let error = |json: &str| serde_json::from_str::<SignIn>(json).err().map(|error| error.to_string()).unwrap_or_default();
        for (json, field) in [
            ("{}", "tenant"),
            (r#"{"tenant":"acme"}"#, "login"),
            (r#"{"tenant":"acme","login":"ada"}"#, "password"),
            (r#"{"login":"ada","password":"x"}"#, "tenant"),
        ] {
            assert!(error(json).starts_with(&format!("missing field `{field}`")), "{json}: {}", error(json));
        }
    }

    #[test]
    fn quiet_hours_of_one_day_end_before_their_last_minute() {
        let noon = QuietHours { from: 720, to: 780 };
        assert!(noon.covers(720) && noon.covers(779));
        assert!(!noon.covers(719) && !noon.covers(780) && !noon.covers(0));
        let minutes = |hours: QuietHours| (0..1_440).filter(|minute| hours.covers(*minute)).count();
        assert_eq!((minutes(noon), minutes(QuietHours { from: 1_320, to: 420 }), minutes(QuietHours { from: 0, to: 0 })), (60, 540, 0));
    }
}
