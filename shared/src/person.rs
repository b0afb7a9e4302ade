//! People: signing in, passwords, and the signed-in person's preferences.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Filter, Language, Severity, Snapshot, rfc3339};

/// A request to sign in.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", untagged, try_from = "SignInFields")]
pub enum SignIn {
    /// With the code of a one-time sign-in link.
    Link {
        /// The code after `#` in the link.
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

/// The JSON form of [`SignIn`]. With it, an error can name the missing field.
#[derive(Deserialize)]
struct SignInFields {
    #[serde(default)]
    link: Option<String>,
    #[serde(default)]
    tenant: Option<String>,
    #[serde(default)]
    login: Option<String>,
    #[serde(default)]
    password: Option<String>,
}

impl TryFrom<SignInFields> for SignIn {
    type Error = &'static str;

    fn try_from(given: SignInFields) -> Result<Self, Self::Error> {
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

/// The response to a sign-in.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The session as a bearer token. Present only for a console on another origin, for which no cookie is set. Keep it no
    /// longer than the browser session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When the session expires.
    #[serde(deserialize_with = "rfc3339::read")]
    pub expires_at: DateTime<Utc>,
}

/// A request to look up whom a sign-in link belongs to, without using it.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInLinkCode {
    /// The code after `#` in the link.
    pub link: String,
}

/// The person whom a sign-in link signs in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInLinkPerson {
    /// The tenant's name, such as `acme`.
    pub tenant: String,
    /// The person's login.
    pub login: String,
    /// The person's display name.
    pub name: String,
}

/// A request to change one's own password.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password.
    pub current: String,
    /// The new password: 8 to 256 characters, not a common password, and not a name of the person or the tenant.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NewPassword))]
    pub new: String,
}

impl PasswordChange {
    /// The shortest new password, in code points of the normalised text.
    pub const SHORTEST: usize = 8;
    /// The longest new password, in code points of the normalised text.
    pub const LONGEST: usize = 256;
}

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

/// A person's preferences. The server stores them, so that they apply on every device.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Preferences {
    /// The colour theme.
    pub theme: Theme,
    /// The density of the inbox list.
    pub density: Density,
    /// The console's language. If absent, the browser's language is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::LanguageTag>))]
    pub language: Option<Language>,
    /// The lowest severity that raises a desktop notification.
    pub desktop_from: Severity,
    /// Severities for which an e-mail is sent too. Empty by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mail: Vec<Severity>,
    /// Muted components. They raise no desktop notification.
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub muted_components: Vec<String>,
    /// The person's saved views, in the order of the sidebar; at most 50.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub views: Vec<SavedView>,
    /// Quiet hours, during which only urgent notifications raise a desktop notification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
}

/// A saved view of the inbox.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SavedView {
    /// The view's name: unique among the person's views, at most 60 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::ViewName))]
    pub name: String,
    /// The filter.
    pub filter: Filter,
}

impl SavedView {
    /// The most saved views of one person.
    pub const MAX: usize = 50;
    /// The longest name, in characters.
    pub const MAX_NAME_LENGTH: usize = 60;
}

/// The density of a list.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Rows show the beginning of the description.
    #[default]
    Comfortable,
    /// Rows show only the title and where it comes from, so that twice as many fit.
    Compact,
}

/// The console's colour theme.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The theme of the operating system.
    #[default]
    System,
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

/// A daily period in the browser's local time, in minutes after midnight (0 to 1439). It may extend past midnight: 22:00 to
/// 07:00 is `{from: 1320, to: 420}`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first quiet minute.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Minute))]
    pub from: u16,
    /// The first minute after the quiet hours.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Minute))]
    pub to: u16,
}

impl QuietHours {
    /// The last minute of a day.
    pub const LAST_MINUTE: u16 = 24 * 60 - 1;

    /// Whether this minute of the day is quiet.
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
