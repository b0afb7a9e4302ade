//! What can be wrong with the settings of a channel.

/// A setting cannot be used; the text says which and why, and holds no secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct BadSetting(pub(crate) String);
