//! The error for an invalid channel setting.

/// A setting is invalid. The text says which one and why, and contains no secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct SettingError(pub(crate) String);
