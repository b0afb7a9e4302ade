//! The audience of a notification: a union of selectors. The server turns each selector into an audience key.

use serde::{Deserialize, Serialize};

/// A selector: one group of people that a notification is for.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "RecipientsFields")]
pub enum Recipients {
    /// Everyone in the tenant.
    Everyone,
    /// All administrators of the tenant.
    Administrators,
    /// One person.
    Person {
        /// The person's login, or an external id such as `selfcommunity:7`.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NotBlank))]
        person: String,
    },
    /// Everyone who holds a relation to an object of the directory.
    Role {
        /// The object, such as `environment:DEFAULT`.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NotBlank))]
        object: String,
        /// The relation, such as `ADMIN`.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NotBlank))]
        relation: String,
    },
}

/// The JSON form of [`Recipients`]. Serde would buffer a tagged enum, would also accept an array, and could not say where
/// an error is.
#[derive(Deserialize)]
struct RecipientsFields {
    kind: Kind,
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    object: Option<String>,
    #[serde(default)]
    relation: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Everyone,
    Administrators,
    Person,
    Role,
}

impl TryFrom<RecipientsFields> for Recipients {
    type Error = &'static str;

    fn try_from(said: RecipientsFields) -> Result<Self, Self::Error> {
        Ok(match said.kind {
            Kind::Everyone => Self::Everyone,
            Kind::Administrators => Self::Administrators,
            Kind::Person => Self::Person { person: said.person.ok_or("missing field `person`")? },
            Kind::Role => Self::Role {
                object: said.object.ok_or("missing field `object`")?,
                relation: said.relation.ok_or("missing field `relation`")?,
            },
        })
    }
}

/// A union of groups. A person who is in several groups is counted once.
pub type Audience = Vec<Recipients>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_round_trip_through_json() {
        let role = Recipients::Role { object: "environment:DEFAULT".to_owned(), relation: "ADMIN".to_owned() };
        for recipients in [Recipients::Everyone, Recipients::Administrators, Recipients::Person { person: "ada".to_owned() }, role] {
            let json = serde_json::to_string(&recipients).unwrap();
            assert_eq!(serde_json::from_str::<Recipients>(&json).unwrap(), recipients, "{json}");
        }
        for wrong in [r#"{"kind":"person"}"#, r#"{"kind":"role","object":"a:b"}"#, r#"{"kind":"nobody"}"#, "{}"] {
            assert!(serde_json::from_str::<Recipients>(wrong).is_err(), "{wrong}");
        }
    }
}
