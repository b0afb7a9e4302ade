//! Relations of the directory: patterns to find them, roles, and what adding one did.

/// The prefix of objects and subjects that are people.
pub const PERSON_PREFIX: &str = "person:";

/// A pattern of relations; `None` matches anything.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RelationPattern {
    /// The prefix of the object, such as `environment:`, or with `exact` the object itself.
    pub object: Option<String>,
    /// The relation.
    pub relation: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// Whether `object` is the whole object, not a prefix.
    pub exact: bool,
}

impl RelationPattern {
    /// All subjects of a relation to an object.
    pub fn of(object: &str, relation: &str) -> Self {
        Self { object: Some(object.to_owned()), relation: Some(relation.to_owned()), subject: None, exact: true }
    }
}

/// The relation between an API and an application whose subscription it accepted.
pub const SUBSCRIBED: &str = "ACCEPTED";

/// A role, and how many people hold it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Role {
    /// The object, such as `environment:DEFAULT`.
    pub object: String,
    /// The relation, such as `ADMIN`.
    pub relation: String,
    /// The object's display name.
    pub name: Option<String>,
    /// How many people hold it now.
    pub holders: u64,
}

/// Which roles to list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RoleQuery {
    /// The roles of one object.
    Object(String),
    /// The roles whose object, object name or relation contains each of these words, given in lower case.
    Matching(Vec<String>),
}

/// The result of storing a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PutResult {
    /// A person or relation was added; for a relation, at this row.
    Added(i64),
    /// A person or an object's name was changed.
    Changed,
    /// Nothing changed; a relation is at this row.
    Unchanged(i64),
    /// It names a person who does not exist.
    Unknown,
    /// It uses a login or external id that belongs to someone else.
    Taken,
}
