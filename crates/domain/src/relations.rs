//! The directory: who stands in which relation to what, and who may change it.
//!
//! Relations are tuples `object # relation @ subject`. People hold the roles they are subjects of;
//! what other subjects mean is up to whoever asks.

use campanile_shared::{
    FieldError, Recipients,
    directory::{AudienceSummary, ObjectRecord, Record, Relation},
    draft::LONGEST_NAME,
    problem::FieldFault,
};

use crate::{
    Campanile, Error, PersonId, Result, TenantId,
    access::{Ability, Actor},
    directory::ADMINISTRATORS,
};

/// How the objects and subjects begin that are people.
pub const PERSON: &str = "person:";

/// Which relations are meant; an absent part means any.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pattern {
    /// The beginning of the object, such as `environment:`; the whole of it with `exact`.
    pub object: Option<String>,
    /// The relation.
    pub relation: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// Whether `object` is the whole object.
    pub exact: bool,
}

impl Pattern {
    /// Those who stand in a relation to an object.
    pub fn of(object: &str, relation: &str) -> Self {
        Self { object: Some(object.to_owned()), relation: Some(relation.to_owned()), subject: None, exact: true }
    }
}

/// What became of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Put {
    /// A person or relation was added, at this row for a relation.
    Added(i64),
    /// A person or an object's name was changed.
    Changed,
    /// It was so already, at this row for a relation.
    Unchanged(i64),
    /// It names a person whom nobody knows.
    Unknown,
    /// It takes a login or external id that is somebody else's.
    Taken,
}

/// The most relations that one question answers.
const MOST_FOUND: u32 = 10_000;

/// What is wrong with a record, if anything, at the field of the record.
pub fn check(record: &Record) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut name = |pointer: &str, text: &str| {
        if text.trim().is_empty() {
            faults.push(FieldError::new(pointer, FieldFault::Missing));
        } else if text.len() > LONGEST_NAME * 4 || text.chars().count() > LONGEST_NAME {
            faults.push(FieldError::beyond(pointer, FieldFault::TooLong, LONGEST_NAME));
        } else if text.chars().any(char::is_control) {
            faults.push(FieldError::new(pointer, FieldFault::Malformed));
        }
    };
    match record {
        Record::Person(person) => {
            name("/person/login", &person.login);
            person.name.iter().for_each(|text| name("/person/name", text));
            person.email.iter().for_each(|text| name("/person/email", text));
            for (at, id) in person.external_ids.iter().enumerate() {
                name(&format!("/person/external_ids/{at}"), id);
            }
            if person.email.as_deref().is_some_and(|email| !email.contains('@')) {
                faults.push(FieldError::new("/person/email", FieldFault::Malformed));
            }
        }
        Record::Object(object) => {
            name("/object/object", &object.object);
            name("/object/name", &object.name);
        }
        Record::Relation(relation) => {
            name("/relation/object", &relation.object);
            name("/relation/relation", &relation.relation);
            name("/relation/subject", &relation.subject);
            for (pointer, text) in [("/relation/object", &relation.object), ("/relation/subject", &relation.subject)] {
                if !text.trim().is_empty()
                    && text != ADMINISTRATORS.0
                    && !text.split_once(':').is_some_and(|(kind, id)| !kind.is_empty() && !id.is_empty())
                {
                    faults.push(FieldError::new(pointer, FieldFault::Malformed));
                }
            }
        }
    }
    faults
}

impl Campanile {
    /// Adds or changes one person, names one object or begins one relation; says whether anything
    /// was changed.
    pub async fn put_record(&self, by: &Actor, record: Record) -> Result<bool> {
        by.require(Ability::Directory)?;
        let faults = check(&record);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let put = self.store.put(by.tenant(), vec![record], false, self.now()).await?;
        match put.first() {
            Some(Put::Unknown) => Err(Error::Invalid(vec![FieldError::new("/relation", FieldFault::Unknown)])),
            Some(Put::Taken) => Err(Error::Exists),
            Some(Put::Added(_) | Put::Changed) => Ok(true),
            _ => Ok(false),
        }
    }

    /// Ends the relations that fit, from now on; returns how many there were.
    pub async fn end_relation(&self, by: &Actor, relation: &Relation) -> Result<u32> {
        by.require(Ability::Directory)?;
        let mut pattern = Pattern::of(&relation.object, &relation.relation);
        pattern.subject = Some(relation.subject.clone());
        let found = self.store.relations(by.tenant(), &pattern, None, MOST_FOUND).await?;
        self.store.end_relations(by.tenant(), found.into_iter().map(|(row, _)| row).collect(), self.now()).await
    }

    /// Removes a person, with their inbox, sessions and relations.
    pub async fn remove_person(&self, by: &Actor, login: &str) -> Result<()> {
        by.require(Ability::Directory)?;
        let person = self.store.find_person(by.tenant(), login).await?.ok_or(Error::NotFound)?;
        self.store.remove_person(by.tenant(), person).await
    }

    /// A page of the relations that fit a pattern, and the row after which the next begins.
    pub async fn relations(&self, by: &Actor, pattern: &Pattern, after: Option<i64>, limit: u32) -> Result<(Vec<Relation>, Option<i64>)> {
        by.require(Ability::Send)?;
        let mut found = self.store.relations(by.tenant(), pattern, after, limit + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|(row, _)| *row);
        Ok((found.into_iter().map(|(_, relation)| relation).collect(), next))
    }

    /// Those who stand in a relation to an object, such as the applications that subscribed to an
    /// API. At most 10,000.
    pub async fn subjects(&self, tenant: TenantId, object: &str, relation: &str) -> Result<Vec<String>> {
        let found = self.store.relations(tenant, &Pattern::of(object, relation), None, MOST_FOUND).await?;
        Ok(found.into_iter().map(|(_, relation)| relation.subject).collect())
    }

    /// The relations in which a subject stands to an object.
    pub async fn relations_between(&self, tenant: TenantId, object: &str, subject: &str) -> Result<Vec<String>> {
        let pattern = Pattern { object: Some(object.to_owned()), relation: None, subject: Some(subject.to_owned()), exact: true };
        let found = self.store.relations(tenant, &pattern, None, MOST_FOUND).await?;
        Ok(found.into_iter().map(|(_, relation)| relation.relation).collect())
    }

    /// The name of an object; `None` when it was never named.
    pub async fn object_name(&self, tenant: TenantId, object: &str) -> Result<Option<String>> {
        let found = self.store.objects(tenant, object, None, 1).await?;
        Ok(found.into_iter().next().filter(|first| first.object == object).map(|first| first.name))
    }

    /// The named objects that begin with a text, in their order after `after`.
    pub async fn objects(&self, by: &Actor, beginning: &str, after: Option<&str>, limit: u32) -> Result<Vec<ObjectRecord>> {
        by.require(Ability::Send)?;
        self.store.objects(by.tenant(), beginning, after, limit).await
    }

    /// Who an audience reaches now.
    pub async fn audience(&self, by: &Actor, to: &[Recipients], first: u32) -> Result<AudienceSummary> {
        by.require(Ability::Send)?;
        let keys = self.keys_of(by.tenant(), to).await?;
        self.store.audience(by.tenant(), &keys, first).await
    }

    /// The person behind an object or subject `person:…`, by login or external id; `None` for
    /// anything else and for nobody.
    pub async fn person_of(&self, tenant: TenantId, object: &str) -> Result<Option<PersonId>> {
        match object.strip_prefix(PERSON) {
            Some(name) => self.store.find_person(tenant, name).await,
            None => Ok(None),
        }
    }
}
