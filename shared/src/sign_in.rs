//! Signing in with a password or a one-time link.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::rfc3339;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
