//! A person's preferences.

use campanile_shared::{
    Preferences,
    inbox::MAX_IDS,
    person::{QuietHours, SavedView},
    problem::{FieldError, FieldErrorCode},
};

use crate::{Campanile, Error, Person, Result};

impl Campanile {
    /// The person's preferences.
    pub async fn preferences(&self, who: &Person) -> Result<Preferences> {
        self.store.preferences(who.tenant, who.id).await
    }

    /// Stores the person's preferences.
    pub async fn set_preferences(&self, who: &Person, preferences: &Preferences) -> Result<()> {
        if preferences.quiet_hours.is_some_and(|hours| hours.from.max(hours.to) > QuietHours::LAST_MINUTE) {
            return Err(Error::Invalid(vec![FieldError::new("/quiet_hours", FieldErrorCode::Malformed)]));
        }
        if preferences.muted_components.len() > MAX_IDS {
            return Err(Error::Invalid(vec![FieldError::with_limit("/muted_components", FieldErrorCode::TooMany, MAX_IDS)]));
        }
        if preferences.views.len() > SavedView::MAX {
            return Err(Error::Invalid(vec![FieldError::with_limit("/views", FieldErrorCode::TooMany, SavedView::MAX)]));
        }
        for (at, view) in preferences.views.iter().enumerate() {
            let pointer = format!("/views/{at}/name");
            if view.name.trim().is_empty() {
                return Err(Error::Invalid(vec![FieldError::new(pointer, FieldErrorCode::Missing)]));
            }
            if view.name.chars().count() > SavedView::MAX_NAME_LENGTH {
                return Err(Error::Invalid(vec![FieldError::with_limit(pointer, FieldErrorCode::TooLong, SavedView::MAX_NAME_LENGTH)]));
            }
            if preferences.views[..at].iter().any(|other| other.name == view.name) {
                return Err(Error::Invalid(vec![FieldError::new(pointer, FieldErrorCode::Duplicate)]));
            }
        }
        self.store.set_preferences(who.tenant, who.id, preferences).await
    }
}
