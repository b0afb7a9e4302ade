//! A person to add to a tenant.

use campanile_shared::Language;

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The login, unique in the tenant, compared ignoring case.
    pub login: String,
    /// The display name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Languages that the person reads, the preferred one first.
    pub languages: Vec<Language>,
    /// The person's names in other systems, such as `selfcommunity:7`.
    pub external_ids: Vec<String>,
    /// Whether the person administers the tenant.
    pub administrator: bool,
}
