//! Tenants, their people, and audience keys.

use std::fmt;

pub use campanile_shared::TenantSettings;
use campanile_shared::{Language, Recipients};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A tenant's id in the store; never shown outside.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TenantId(pub i64);

/// A person's id in the store; never shown outside.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);

/// An API key's id in the store; never shown outside.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyId(pub i64);

/// A separate set of people and notifications: a customer, an environment, a community.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name in URLs, such as `acme`, compared ignoring case.
    pub name: String,
    /// Its settings.
    pub settings: TenantSettings,
    /// The secret with which the tenant's portal signs tokens for its people. Verifying a signature needs its
    /// text, so it cannot be hashed. It is never logged or listed.
    pub portal_secret: String,
    /// The former portal secret, while it is still valid.
    pub former_portal_secret: Option<FormerSecret>,
    /// The secret with which links in mails are signed. It stays when the portal secret changes, because
    /// mails are kept for years.
    pub mail_secret: String,
}

/// A secret that was replaced.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FormerSecret {
    /// Its text.
    pub secret: String,
    /// Until when it is valid.
    pub valid_until: DateTime<Utc>,
}

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

/// The object and relation that a tenant's administrators hold.
pub const ADMINISTRATOR_ROLE: (&str, &str) = ("tenant", "administrator");

/// A key under which a notification is filed and by which inboxes find it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum AudienceKey {
    /// Everyone in the tenant.
    Everyone,
    /// One person.
    Person(PersonId),
    /// Everyone who holds the relation to the object.
    Role {
        /// The object, such as `environment:DEFAULT`.
        object: String,
        /// The relation, such as `ADMIN`.
        relation: String,
    },
}

impl AudienceKey {
    /// The key of the tenant's administrators.
    pub fn administrators() -> Self {
        Self::Role { object: ADMINISTRATOR_ROLE.0.to_owned(), relation: ADMINISTRATOR_ROLE.1.to_owned() }
    }

    /// The key of a selector. `person` looks up the person that a selector names.
    pub fn of(recipients: &Recipients, person: impl FnOnce(&str) -> Option<PersonId>) -> Option<Self> {
        Some(match recipients {
            Recipients::Everyone => Self::Everyone,
            Recipients::Administrators => Self::administrators(),
            Recipients::Person { person: name } => Self::Person(person(name)?),
            Recipients::Role { object, relation } => Self::Role { object: object.clone(), relation: relation.clone() },
        })
    }
}

/// The stored form: `everyone`, `person:7`, `role:environment:DEFAULT#ADMIN`.
impl fmt::Display for AudienceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone"),
            Self::Person(person) => write!(f, "person:{}", person.0),
            Self::Role { object, relation } => write!(f, "role:{object}#{relation}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selector_has_a_key_and_every_key_a_stored_form() {
        let role = Recipients::Role { object: "environment:DEFAULT".to_owned(), relation: "ADMIN".to_owned() };
        for (recipients, stored) in [
            (Recipients::Everyone, Some("everyone")),
            (Recipients::Administrators, Some("role:tenant#administrator")),
            (Recipients::Person { person: "ada".to_owned() }, Some("person:7")),
            (Recipients::Person { person: "bo".to_owned() }, None),
            (role, Some("role:environment:DEFAULT#ADMIN")),
        ] {
            let key = AudienceKey::of(&recipients, |name| (name == "ada").then_some(PersonId(7)));
            assert_eq!(key.map(|key| key.to_string()).as_deref(), stored, "{recipients:?}");
        }
    }
}
