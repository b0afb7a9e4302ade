//! The directory: people, objects and the relations between them, as imports and exports write them.

use serde::{Deserialize, Serialize};

use crate::{Audience, Language};

/// A relation: `object # relation @ subject`, such as `environment:DEFAULT # ADMIN @ person:ada`.
///
/// An object is `type:id`. The type `person` is followed by a login or an external id. The importing system chooses all other
/// types.
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
    /// The person or object that holds the relation, such as `person:ada` or `application:shop`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::ObjectName))]
    pub subject: String,
}

/// A person in an import or export.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonRecord {
    /// The login, unique in the tenant.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub login: String,
    /// The display name. If absent, the login is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Name>))]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::MailAddress>))]
    pub email: Option<String>,
    /// The person's languages, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::LanguageTag>))]
    pub languages: Vec<Language>,
    /// The person's ids in other systems, such as `selfcommunity:7`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::Name>))]
    pub external_ids: Vec<String>,
}

/// The display name of an object, such as an API.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectRecord {
    /// The object, such as `api:petstore`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NamedObject))]
    pub object: String,
    /// The display name, such as `Petstore`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Name))]
    pub name: String,
}

/// One record of an import or export.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A person to add or change.
    Person(PersonRecord),
    /// An object to name.
    Object(ObjectRecord),
    /// A relation to add.
    Relation(Relation),
}

/// A whole directory in one JSON document.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Directory {
    /// People to add or change.
    pub people: Vec<PersonRecord>,
    /// Objects to name.
    pub objects: Vec<ObjectRecord>,
    /// Relations to add.
    pub relations: Vec<Relation>,
}

impl Directory {
    /// The directory as records: people and objects first, then the relations that refer to them.
    pub fn into_records(self) -> impl Iterator<Item = Record> {
        let named = self.people.into_iter().map(Record::Person).chain(self.objects.into_iter().map(Record::Object));
        named.chain(self.relations.into_iter().map(Record::Relation))
    }
}

/// The result of an import, or of a trial run.
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
    /// Relations added.
    pub relations_added: u64,
    /// Relations ended, because a whole import does not contain them.
    pub relations_ended: u64,
    /// Records that changed nothing.
    pub unchanged: u64,
}

/// The people whom an audience currently reaches.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudienceSummary {
    /// The number of people, each counted once.
    pub people: u64,
    /// The number of these people who have an e-mail address.
    pub with_email: u64,
    /// The number of different e-mail addresses, without people who unsubscribed from all e-mail.
    pub addresses: u64,
    /// Some of these people, sorted by name.
    pub first: Vec<crate::Person>,
    /// Some of the people without an e-mail address, sorted by name.
    #[serde(default)]
    pub without_email: Vec<crate::Person>,
    /// Whether counting stopped early because it took too long, so that the true numbers may be greater.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// A group of people that a sender can address at once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// What the people have in common.
    pub bond: GroupKind,
    /// The object that the group refers to, such as `api:petstore`.
    pub object: String,
    /// The object's display name, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The relation that the people hold; only if `bond` is `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The selectors of the group.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Recipients>))]
    pub to: Audience,
    /// The current number of people.
    pub people: u64,
}

/// What the people of a group have in common.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// They hold the same relation to an object.
    Role,
    /// They hold any relation to an object, such as the members of a group.
    Members,
    /// They hold any relation to an application with an accepted subscription to the object, an API.
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
