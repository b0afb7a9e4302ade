//! Who is meant, as a value: a union of selectors that the server turns into audience keys.

use serde::{Deserialize, Serialize};

/// One group of people that a notification is for.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Recipients {
    /// Everyone in the tenant.
    Everyone,
    /// Everyone who administers the tenant.
    Administrators,
    /// One person.
    Person {
        /// The person's login, or an external id such as `selfcommunity:7`.
        person: String,
    },
    /// Those who hold a relation to an object of the directory.
    Role {
        /// The object, such as `environment:DEFAULT`.
        object: String,
        /// The relation, such as `ADMIN`.
        relation: String,
    },
}

/// A union of groups; whoever is in several of them is meant once.
pub type Audience = Vec<Recipients>;
