//! The directory on the wire: people, objects, and who stands in which relation to what.

use serde::{Deserialize, Serialize};

use crate::{Audience, Language, draft::LONGEST_NAME};

/// The longest object, in characters: a type and a name.
pub const LONGEST_OBJECT: usize = 2 * LONGEST_NAME + 1;

/// A relation: `object # relation @ subject`, such as `environment:DEFAULT # ADMIN @ person:ada`.
///
/// An object is `type:id`. `person:` is followed by a login or an external id; every other type is
/// the importing system's own word.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The object, such as `environment:DEFAULT`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::ObjectName))]
    pub object: String,
    /// The relation, such as `ADMIN`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub relation: String,
    /// Who or what stands in it, such as `person:ada` or `application:shop`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::ObjectName))]
    pub subject: String,
}

/// A person as an import writes them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonRecord {
    /// Unique in the tenant.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub login: String,
    /// The display name; the login when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Name>))]
    pub name: Option<String>,
    /// Where mail goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::MailAddress>))]
    pub email: Option<String>,
    /// Languages the person reads, the preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::LanguageTag>))]
    pub languages: Vec<Language>,
    /// Names for the person in other systems, such as `selfcommunity:7`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::Name>))]
    pub external_ids: Vec<String>,
}

/// The name of an object for people, such as that of an API.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectRecord {
    /// The object, such as `api:petstore`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NamedObject))]
    pub object: String,
    /// Its name, such as `Petstore`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub name: String,
}

/// One line of an import or export.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A person to add or change.
    Person(PersonRecord),
    /// An object to name.
    Object(ObjectRecord),
    /// A relation that holds.
    Relation(Relation),
}

/// A directory in one JSON document.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Directory {
    /// People to add or change.
    pub people: Vec<PersonRecord>,
    /// Objects to name.
    pub objects: Vec<ObjectRecord>,
    /// Relations that hold.
    pub relations: Vec<Relation>,
}

impl Directory {
    /// The same as records, those that others refer to first.
    pub fn into_records(self) -> impl Iterator<Item = Record> {
        let named = self.people.into_iter().map(Record::Person).chain(self.objects.into_iter().map(Record::Object));
        named.chain(self.relations.into_iter().map(Record::Relation))
    }
}

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ImportCounts {
    /// Records read.
    pub read: u64,
    /// People added.
    pub people_added: u64,
    /// People changed.
    pub people_changed: u64,
    /// Objects named or renamed.
    pub objects_changed: u64,
    /// Relations begun.
    pub relations_added: u64,
    /// Relations ended, because a whole import did not name them.
    pub relations_ended: u64,
    /// Records that were already so.
    pub unchanged: u64,
}

/// Who an audience reaches now.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudienceSummary {
    /// How many people, each counted once.
    pub people: u64,
    /// How many of them have an address for mail.
    pub with_email: u64,
    /// How many different addresses mail goes to: of those who have one and did not end all mail.
    pub addresses: u64,
    /// Some of them, by name.
    pub first: Vec<crate::Person>,
    /// Some of those who have no address, by name.
    #[serde(default)]
    pub without_email: Vec<crate::Person>,
    /// Whether there are more: counting was ended because it took too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// People that a sender can name together.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// What they have in common.
    pub bond: Bond,
    /// The object it is about, such as `api:petstore`.
    pub object: String,
    /// The object's name for people, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The relation they stand in, for [`Bond::Role`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The selectors that name them.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Recipients>))]
    pub to: Audience,
    /// How many people they are now.
    pub people: u64,
}

/// What people of a group have in common.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Bond {
    /// They hold one relation to an object.
    Role,
    /// They hold any relation to an object: the members of a group, all of an application.
    Members,
    /// They hold any relation to an application whose subscription the object, an API, accepted.
    Subscribers,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_after_those_they_refer_to() {
        let person = PersonRecord { login: "ada".into(), name: None, email: None, languages: Vec::new(), external_ids: Vec::new() };
        let object = ObjectRecord { object: "api:petstore".into(), name: "Petstore".into() };
        let relation = Relation { object: "api:petstore".into(), relation: "OWNER".into(), subject: "person:ada".into() };
        let directory = Directory { relations: vec![relation.clone()], objects: vec![object.clone()], people: vec![person.clone()] };
        let records: Vec<Record> = directory.into_records().collect();
        assert_eq!(records, [Record::Person(person), Record::Object(object), Record::Relation(relation)]);
        let lines: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
        assert_eq!(
            lines,
            [
                r#"{"person":{"login":"ada"}}"#,
                r#"{"object":{"object":"api:petstore","name":"Petstore"}}"#,
                r#"{"relation":{"object":"api:petstore","relation":"OWNER","subject":"person:ada"}}"#,
            ]
        );
    }
}
