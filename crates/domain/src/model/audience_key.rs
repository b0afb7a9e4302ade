//! The keys under which notifications are filed and by which inboxes find them.

use std::fmt;

use campanile_shared::Recipients;

use crate::model::ids::PersonId;

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
