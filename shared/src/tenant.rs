//! The settings of a tenant and their rules, for the command line, the API and the console.

use serde::{Deserialize, Serialize};

use crate::{
    Language, display_name,
    limits::{MAX_ORIGINS, MAX_RETENTION_DAYS},
    origin::normalise_origin,
    problem::{FieldError, FieldErrorCode},
};

/// The settings of a tenant.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TenantSettings {
    /// The tenant's name in e-mails. If empty, its name in URLs is used.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Line))]
    pub display_name: String,
    /// The language to fall back to when a notification is in none of the reader's languages.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::LanguageTag))]
    pub language: Language,
    /// Notifications older than this number of days are deleted; 0 keeps them forever.
    #[cfg_attr(feature = "openapi", schema(maximum = 36500))]
    pub retention_days: u32,
    /// Whether two create requests with the same event id and the same body are one notification.
    pub unique_events: bool,
    /// The relation of the people who are notified about a member's activity: `follower`, or `friend` where members are
    /// friends.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub connections: String,
    /// Origins whose pages may embed the bell or call the API, in addition to those that the operator allows. Each is
    /// written as browsers send it, such as `https://portal.example.com`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::PortalOrigin>, max_items = 32))]
    pub origins: Vec<String>,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            display_name: String::new(),
            language: Language::english(),
            retention_days: 90,
            unique_events: false,
            connections: "follower".to_owned(),
            origins: Vec::new(),
        }
    }
}

impl TenantSettings {
    /// Validates the settings and returns them in normal form, or every error.
    pub fn check(mut self) -> Result<Self, Vec<FieldError>> {
        self.display_name = self.display_name.trim().to_owned();
        let mut faults = Vec::new();
        if !self.display_name.is_empty() {
            faults.extend(display_name::check("/display_name", &self.display_name));
        }
        if self.retention_days > MAX_RETENTION_DAYS {
            faults.push(FieldError::with_limit("/retention_days", FieldErrorCode::TooMany, MAX_RETENTION_DAYS as usize));
        }
        faults.extend(display_name::check("/connections", &self.connections));
        if self.origins.len() > MAX_ORIGINS {
            faults.push(FieldError::with_limit("/origins", FieldErrorCode::TooMany, MAX_ORIGINS));
        }
        let mut origins = Vec::with_capacity(self.origins.len());
        for (at, text) in self.origins.iter().enumerate() {
            match normalise_origin(text) {
                None => faults.push(FieldError::new(format!("/origins/{at}"), FieldErrorCode::Malformed)),
                Some(known) if origins.contains(&known) => {
                    faults.push(FieldError::new(format!("/origins/{at}"), FieldErrorCode::Duplicate));
                }
                Some(new) => origins.push(new),
            }
        }
        self.origins = origins;
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_their_fields() {
        let settings = TenantSettings {
            display_name: "two\nlines".to_owned(),
            retention_days: MAX_RETENTION_DAYS + 1,
            origins: vec!["https://a.example".to_owned(), "HTTPS://A.example/".to_owned(), "a".to_owned()],
            ..TenantSettings::default()
        };
        let faults = settings.check().unwrap_err();
        let faults: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        assert_eq!(
            faults,
            [
                ("/display_name", FieldErrorCode::ControlCharacter),
                ("/retention_days", FieldErrorCode::TooMany),
                ("/origins/1", FieldErrorCode::Duplicate),
                ("/origins/2", FieldErrorCode::Malformed),
            ]
        );
        let kept = TenantSettings {
            display_name: " Acme ".to_owned(),
            origins: vec!["https://A.example/".to_owned()],
            ..TenantSettings::default()
        };
        let kept = kept.check().unwrap();
        assert_eq!((kept.display_name.as_str(), &kept.origins[..]), ("Acme", &["https://a.example".to_owned()][..]));
    }

    #[test]
    fn limits_are_inclusive() {
        let origins = |count: usize| (0..count).map(|at| format!("https://{at}.example")).collect::<Vec<_>>();
        let with = |retention_days, origins| TenantSettings { retention_days, origins, ..TenantSettings::default() }.check();
        assert!(with(MAX_RETENTION_DAYS, origins(MAX_ORIGINS)).is_ok_and(|kept| kept.origins.len() == MAX_ORIGINS));
        assert_eq!(
            with(MAX_RETENTION_DAYS + 1, Vec::new()),
            Err(vec![FieldError::with_limit("/retention_days", FieldErrorCode::TooMany, MAX_RETENTION_DAYS as usize)])
        );
        assert_eq!(with(0, origins(MAX_ORIGINS + 1)), Err(vec![FieldError::with_limit("/origins", FieldErrorCode::TooMany, MAX_ORIGINS)]));
        let connections = |name: &str| TenantSettings { connections: name.to_owned(), ..TenantSettings::default() }.check();
        assert_eq!(connections(" "), Err(vec![FieldError::new("/connections", FieldErrorCode::Missing)]));
    }

    #[test]
    fn a_tenant_begins_with_90_days_and_nothing_else() {
        let settings = TenantSettings::default();
        assert_eq!(settings.clone().check(), Ok(settings.clone()));
        assert_eq!(
            serde_json::to_string(&settings).unwrap(),
            r#"{"language":"en-US","retention_days":90,"unique_events":false,"connections":"follower"}"#
        );
        assert_eq!(serde_json::from_str::<TenantSettings>("{}").unwrap(), settings);
    }
}
