//! Who is meant, as a value: a union of selectors that the server turns into audience keys.

use serde::{Deserialize, Serialize};

/// One group of people that a notification is for.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Said")]
pub enum Recipients {
    /// Everyone in the tenant.
    Everyone,
    /// Everyone who administers the tenant.
    Administrators,
    /// One person.
    Person {
        /// The person's login, or an external id such as `selfcommunity:7`.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NotBlank))]
        person: String,
    },
    /// Those who hold a relation to an object of the directory.
    Role {
        /// The object, such as `environment:DEFAULT`.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NotBlank))]
        object: String,
        /// The relation, such as `ADMIN`.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NotBlank))]
        relation: String,
    },
}

/// A group as it is read. A tagged enum would be buffered, taken from an array as well, and a fault in
/// it would have no place.
#[derive(Deserialize)]
struct Said {
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

impl TryFrom<Said> for Recipients {
    type Error = &'static str;

    fn try_from(said: Said) -> Result<Self, Self::Error> {
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

/// A union of groups; whoever is in several of them is meant once.
pub type Audience = Vec<Recipients>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
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
