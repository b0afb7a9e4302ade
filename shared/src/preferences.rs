//! A person's preferences, with the saved views.

use serde::{Deserialize, Serialize};

use crate::{Filter, Language, Severity, quiet_hours::QuietHours};

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
