//! The names of the dialects, as they are written in `[hosts]` and in paths.

/// Citrix Cloud.
pub const CITRIX: &str = "citrix";
/// Gravitee API Management.
pub const GRAVITEE: &str = "gravitee";
/// myKaarma.
pub const MYKAARMA: &str = "mykaarma";
/// SelfCommunity.
pub const SELFCOMMUNITY: &str = "selfcommunity";

/// All names.
pub const ALL: [&str; 4] = [CITRIX, GRAVITEE, MYKAARMA, SELFCOMMUNITY];
