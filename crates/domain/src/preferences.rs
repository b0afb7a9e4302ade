//! A person's preferences.

use campanile_shared::{
    Preferences,
    limits::{LAST_MINUTE_OF_DAY, MAX_MUTED_COMPONENTS, MAX_VIEW_NAME_LENGTH, MAX_VIEWS},
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
        if preferences.quiet_hours.is_some_and(|hours| hours.from.max(hours.to) > LAST_MINUTE_OF_DAY) {
            return Err(Error::Invalid(vec![FieldError::new("/quiet_hours", FieldErrorCode::Malformed)]));
        }
        if preferences.muted_components.len() > MAX_MUTED_COMPONENTS {
            return Err(Error::Invalid(vec![FieldError::with_limit("/muted_components", FieldErrorCode::TooMany, MAX_MUTED_COMPONENTS)]));
        }
        if preferences.views.len() > MAX_VIEWS {
            return Err(Error::Invalid(vec![FieldError::with_limit("/views", FieldErrorCode::TooMany, MAX_VIEWS)]));
        }
        for (at, view) in preferences.views.iter().enumerate() {
            let pointer = format!("/views/{at}/name");
            if view.name.trim().is_empty() {
                return Err(Error::Invalid(vec![FieldError::new(pointer, FieldErrorCode::Missing)]));
            }
            if view.name.chars().count() > MAX_VIEW_NAME_LENGTH {
                return Err(Error::Invalid(vec![FieldError::with_limit(pointer, FieldErrorCode::TooLong, MAX_VIEW_NAME_LENGTH)]));
            }
            if preferences.views[..at].iter().any(|other| other.name == view.name) {
                return Err(Error::Invalid(vec![FieldError::new(pointer, FieldErrorCode::Duplicate)]));
            }
        }
        self.store.set_preferences(who.tenant, who.id, preferences).await
    }
}
