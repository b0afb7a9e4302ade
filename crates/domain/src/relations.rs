//! The directory: relations between objects and subjects, and who may change them.
//!
//! A relation is a tuple `object # relation @ subject`. People hold the roles they are subjects of; what
//! other subjects mean is up to the caller.

use std::time::{Duration, Instant};

use campanile_shared::{
    Audience, FieldError, Recipients,
    directory::{AudienceSummary, Bond, Group, LONGEST_OBJECT, ObjectRecord, Record, Relation},
    name,
    problem::FieldFault,
};

use crate::{
    AudienceKey, Campanile, Error, PersonId, Result, TenantId,
    access::{Ability, Actor},
    directory::ADMINISTRATORS,
    security_log::{Entry, Event},
    store::Listing,
};

/// The prefix of objects and subjects that are people.
pub const PERSON: &str = "person:";

/// A pattern of relations; `None` matches anything.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pattern {
    /// The prefix of the object, such as `environment:`, or with `exact` the object itself.
    pub object: Option<String>,
    /// The relation.
    pub relation: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// Whether `object` is the whole object, not a prefix.
    pub exact: bool,
}

impl Pattern {
    /// All subjects of a relation to an object.
    pub fn of(object: &str, relation: &str) -> Self {
        Self { object: Some(object.to_owned()), relation: Some(relation.to_owned()), subject: None, exact: true }
    }
}

/// The relation between an API and an application whose subscription it accepted.
pub const SUBSCRIBED: &str = "ACCEPTED";
/// The relation between an application and a group whose members belong to it.
const GROUP: &str = "group";

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
pub enum Roles {
    /// The roles of one object.
    Of(String),
    /// The roles whose object, object name or relation contains each of these words, given in lower case.
    Saying(Vec<String>),
}

/// The result of storing a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Put {
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

/// How many roles are read for one list of groups.
const MOST_ROLES: u32 = 100;
/// How many roles of one object a group of all its people may have.
const MOST_ROLES_OF_ONE: u32 = 50;

/// How long the search for groups may take.
const LONGEST: Duration = Duration::from_secs(1);

/// The most relations that one query returns.
const MOST_FOUND: u32 = 10_000;

/// The errors in a record, with pointers into the record.
pub fn check(record: &Record) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut name = |pointer: &str, text: &str| faults.extend(name::fault(pointer, text));
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
            name("/object/name", &object.name);
            faults.extend(name::line_fault("/object/object", &object.object, LONGEST_OBJECT));
        }
        Record::Relation(relation) => {
            name("/relation/relation", &relation.relation);
            for (pointer, text) in [("/relation/object", &relation.object), ("/relation/subject", &relation.subject)] {
                // This limit is longer than that of a name, because `person:` may precede a name of full
                // length.
                faults.extend(name::line_fault(pointer, text, LONGEST_OBJECT));
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

/// Whether a record concerns the tenant itself, such as who administers it. Changing that is administration
/// and not part of the directory.
pub(crate) fn is_of_tenant(record: &Record) -> bool {
    match record {
        Record::Person(_) => false,
        Record::Object(object) => object.object == ADMINISTRATORS.0,
        Record::Relation(relation) => relation.object == ADMINISTRATORS.0,
    }
}

/// The security log's entry for a relation that is added or ended.
pub(crate) fn role(event: Event, relation: &Relation) -> Entry {
    Entry::new(event).subject(&relation.subject).detail(&format!("{}#{}", relation.object, relation.relation))
}

fn selector(role: &Role) -> Recipients {
    Recipients::Role { object: role.object.clone(), relation: role.relation.clone() }
}

impl Campanile {
    /// Adds or changes one person, names one object or adds one relation. Returns whether anything was
    /// changed.
    pub async fn put_record(&self, by: &Actor, record: Record) -> Result<bool> {
        let entry = match &record {
            Record::Person(person) => Some(Entry::new(Event::PersonChanged).subject(&person.login)),
            Record::Object(_) => None,
            Record::Relation(relation) => Some(role(Event::RoleBegun, relation)),
        };
        let put = self.put_one(by, record).await;
        if let Some(entry) = entry.filter(|_| !matches!(put, Ok(false))) {
            entry.by(by).ended(&put);
        }
        put
    }

    async fn put_one(&self, by: &Actor, record: Record) -> Result<bool> {
        by.require(Ability::Directory)?;
        if is_of_tenant(&record) {
            by.require(Ability::Administer)?;
        }
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

    /// Ends the matching relations from now on; returns how many there were. An administrator can neither end
    /// their own right nor that of the last administrator.
    pub async fn end_relation(&self, by: &Actor, relation: &Relation) -> Result<u32> {
        let ended = self.end_one(by, relation).await;
        if !matches!(ended, Ok(0)) {
            role(Event::RoleEnded, relation).by(by).ended(&ended);
        }
        ended
    }

    async fn end_one(&self, by: &Actor, relation: &Relation) -> Result<u32> {
        by.require(Ability::Directory)?;
        if relation.object == ADMINISTRATORS.0 {
            by.require(Ability::Administer)?;
        }
        let mut faults = check(&Record::Relation(relation.clone()));
        if !faults.is_empty() {
            // The request is the relation, so the pointers have no `/relation` in front.
            faults.iter_mut().for_each(|fault| drop(fault.pointer.drain(.."/relation".len())));
            return Err(Error::Invalid(faults));
        }
        if (relation.object.as_str(), relation.relation.as_str()) == ADMINISTRATORS
            && let Actor::Person(who) = by
            && self.person_of(who.tenant, &relation.subject).await? == Some(who.id)
        {
            return Err(self.own_right(who.tenant, "/subject").await?);
        }
        let mut pattern = Pattern::of(&relation.object, &relation.relation);
        pattern.subject = Some(relation.subject.clone());
        let found = self.relations_of(by.tenant(), &pattern).await?;
        self.store.end_relations(by.tenant(), found.into_iter().map(|(row, _)| row).collect(), self.now()).await
    }

    /// The error when an administrator ends their own right, with this field at fault.
    pub(crate) async fn own_right(&self, tenant: TenantId, field: &str) -> Result<Error> {
        let administrators = self.store.audience_size(tenant, &[AudienceKey::administrators()]).await?;
        Ok(if administrators > 1 { Error::Invalid(vec![FieldError::new(field, FieldFault::Forbidden)]) } else { Error::LastAdministrator })
    }

    /// Removes a person with their inbox, sessions and relations. Only an administrator may remove an
    /// administrator, because that ends a relation to the tenant.
    pub async fn remove_person(&self, by: &Actor, login: &str) -> Result<()> {
        let removed = self.remove_one(by, login).await;
        Entry::new(Event::PersonRemoved).by(by).subject(login).ended(&removed);
        removed
    }

    async fn remove_one(&self, by: &Actor, login: &str) -> Result<()> {
        by.require(Ability::Directory)?;
        let person = self.store.find_person(by.tenant(), login).await?.ok_or(Error::NotFound)?;
        if self.store.member(by.tenant(), person).await?.is_some_and(|member| member.administrator) {
            by.require(Ability::Administer)?;
        }
        self.store.remove_person(by.tenant(), person).await
    }

    /// A page of the relations that match a pattern, and the row after which the next begins.
    pub async fn relations(&self, by: &Actor, pattern: &Pattern, after: Option<i64>, limit: u32) -> Result<(Vec<Relation>, Option<i64>)> {
        by.require(Ability::Send)?;
        let _turn = self.searches.turn(by).await?;
        let found = self.store.relations(by.tenant(), pattern, after, limit).await?;
        Ok((found.items.into_iter().map(|(_, relation)| relation).collect(), found.next))
    }

    /// The relations of one object that match a pattern, each with its row: at most 10,000.
    async fn relations_of(&self, tenant: TenantId, pattern: &Pattern) -> Result<Vec<(i64, Relation)>> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let limit = MOST_FOUND - u32::try_from(found.len()).unwrap_or(MOST_FOUND);
            let page = self.store.relations(tenant, pattern, after, limit).await?;
            found.extend(page.items);
            after = page.next;
            if after.is_none() || found.len() >= MOST_FOUND as usize {
                return Ok(found);
            }
        }
    }

    /// Whether any relation matches a pattern.
    pub async fn any_relation(&self, tenant: TenantId, pattern: &Pattern) -> Result<bool> {
        let mut after = None;
        loop {
            let page = self.store.relations(tenant, pattern, after, 1).await?;
            after = page.next;
            if after.is_none() || !page.items.is_empty() {
                return Ok(!page.items.is_empty());
            }
        }
    }

    /// The subjects of a relation to an object, such as the applications that subscribed to an API. At most
    /// 10,000.
    pub async fn subjects(&self, tenant: TenantId, object: &str, relation: &str) -> Result<Vec<String>> {
        let found = self.relations_of(tenant, &Pattern::of(object, relation)).await?;
        Ok(found.into_iter().map(|(_, relation)| relation.subject).collect())
    }

    /// The relations between an object and a subject.
    pub async fn relations_between(&self, tenant: TenantId, object: &str, subject: &str) -> Result<Vec<String>> {
        let pattern = Pattern { object: Some(object.to_owned()), relation: None, subject: Some(subject.to_owned()), exact: true };
        let found = self.relations_of(tenant, &pattern).await?;
        Ok(found.into_iter().map(|(_, relation)| relation.relation).collect())
    }

    /// The names of the roles that people hold on objects whose names begin with the text.
    pub async fn role_names(&self, by: &Actor, beginning: &str) -> Result<Vec<String>> {
        by.require(Ability::Send)?;
        let _turn = self.searches.turn(by).await?;
        self.store.role_names(by.tenant(), beginning).await
    }

    /// The name of an object; `None` if it has none.
    pub async fn object_name(&self, tenant: TenantId, object: &str) -> Result<Option<String>> {
        let found = self.store.objects(tenant, object, None, 1).await?;
        Ok(found.into_iter().next().filter(|first| first.object == object).map(|first| first.name))
    }

    /// The named objects whose ids begin with the text, in order, after `after`.
    pub async fn objects(&self, by: &Actor, beginning: &str, after: Option<&str>, limit: u32) -> Result<Listing<ObjectRecord, String>> {
        by.require(Ability::Send)?;
        self.store.objects(by.tenant(), beginning, after, limit).await
    }

    /// Groups of people to send to. Each word of `text` must occur in their object, its name or their
    /// relation. For each object, the group of all its people comes first, then each of its roles. At most
    /// `limit`, by object, and only what is found within a second. The flag says that this time, or that of a
    /// query, was too short.
    pub async fn groups(&self, by: &Actor, text: &str, limit: usize) -> Result<(Vec<Group>, bool)> {
        by.require(Ability::Send)?;
        let tenant = by.tenant();
        let _turn = self.searches.turn(by).await?;
        let end = Instant::now() + LONGEST;
        let words = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let (found, mut incomplete) = self.store.roles(tenant, Roles::Saying(words), MOST_ROLES).await?;
        let mut groups = Vec::new();
        for roles in found.chunk_by(|one, other| one.object == other.object) {
            let held: Vec<&Role> = roles.iter().filter(|role| role.holders > 0).collect();
            if roles.iter().any(|role| role.relation == SUBSCRIBED) {
                let mut to = Vec::new();
                for application in self.subjects(tenant, &roles[0].object, SUBSCRIBED).await? {
                    if Instant::now() >= end {
                        return Ok((groups, true));
                    }
                    to.extend(self.all_of(tenant, &application).await?);
                }
                groups.push(self.group(tenant, Bond::Subscribers, &roles[0], to).await?);
            }
            if held.len() > 1 {
                let to = self.all_of(tenant, &roles[0].object).await?;
                groups.push(self.group(tenant, Bond::Members, &roles[0], to).await?);
            }
            for role in held {
                groups.push(self.group(tenant, Bond::Role, role, vec![selector(role)]).await?);
            }
            groups.retain(|group| group.people > 0);
            if groups.len() >= limit {
                break;
            }
            if Instant::now() >= end {
                incomplete = true;
                break;
            }
        }
        groups.truncate(limit);
        Ok((groups, incomplete))
    }

    async fn group(&self, tenant: TenantId, bond: Bond, role: &Role, mut to: Audience) -> Result<Group> {
        to.sort_unstable();
        to.dedup();
        let people = self.store.audience_size(tenant, &self.keys_of(tenant, &to).await?).await?;
        let relation = (bond == Bond::Role).then(|| role.relation.clone());
        Ok(Group { bond, object: role.object.clone(), name: role.name.clone(), relation, to, people })
    }

    /// Everyone who holds a role of an object, or of a group attached to it.
    async fn all_of(&self, tenant: TenantId, object: &str) -> Result<Audience> {
        let mut to = Audience::new();
        for object in [object.to_owned()].into_iter().chain(self.subjects(tenant, object, GROUP).await?) {
            let (roles, _) = self.store.roles(tenant, Roles::Of(object), MOST_ROLES_OF_ONE).await?;
            to.extend(roles.iter().filter(|role| role.holders > 0).map(selector));
        }
        Ok(to)
    }

    /// The people whom an audience reaches now.
    pub async fn audience(&self, by: &Actor, to: &[Recipients], first: u32) -> Result<AudienceSummary> {
        by.require(Ability::Send)?;
        let keys = self.keys_of(by.tenant(), to).await?;
        let _turn = self.searches.turn(by).await?;
        self.store.audience(by.tenant(), &keys, first).await
    }

    /// The person of an object or subject `person:…`, by login or external id; `None` for anything else and
    /// if there is no such person.
    pub async fn person_of(&self, tenant: TenantId, object: &str) -> Result<Option<PersonId>> {
        match object.strip_prefix(PERSON) {
            Some(name) => self.store.find_person(tenant, name).await,
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::directory::PersonRecord;

    fn person(login: &str) -> PersonRecord {
        PersonRecord { login: login.into(), name: None, email: None, languages: Vec::new(), external_ids: Vec::new() }
    }

    fn relation(object: &str, relation: &str, subject: &str) -> Record {
        Record::Relation(Relation { object: object.into(), relation: relation.into(), subject: subject.into() })
    }

    fn object(object: &str, name: &str) -> Record {
        Record::Object(ObjectRecord { object: object.into(), name: name.into() })
    }

    #[test]
    fn every_fault_of_a_record_is_at_its_field() {
        let one = |pointer: &str, code| vec![(pointer.to_owned(), code)];
        let with_email = |email: &str| Record::Person(PersonRecord { email: Some(email.into()), ..person("ada") });
        for (record, expected) in [
            (Record::Person(person("ada")), Vec::new()),
            (Record::Person(person(" ")), one("/person/login", FieldFault::Missing)),
            (
                Record::Person(PersonRecord { name: Some("a\nb".into()), ..person("ada") }),
                one("/person/name", FieldFault::ControlCharacter),
            ),
            (with_email("ada@acme.example"), Vec::new()),
            (with_email("ada"), one("/person/email", FieldFault::Malformed)),
            (
                Record::Person(PersonRecord { external_ids: vec!["a:7".into(), String::new()], ..person("ada") }),
                one("/person/external_ids/1", FieldFault::Missing),
            ),
            (object("api:petstore", "Petstore"), Vec::new()),
            (object("", "Petstore"), one("/object/object", FieldFault::Missing)),
            (object("api:petstore", ""), one("/object/name", FieldFault::Missing)),
            (relation("a:b", "ADMIN", "person:ada"), Vec::new()),
            (relation("tenant", "administrator", "person:ada"), Vec::new()),
            (relation("", "ADMIN", "person:ada"), one("/relation/object", FieldFault::Missing)),
            (relation("a:b", " ", "person:ada"), one("/relation/relation", FieldFault::Missing)),
            (relation("a:b", "ADMIN", "  "), one("/relation/subject", FieldFault::Missing)),
            (relation("a", "ADMIN", "person:ada"), one("/relation/object", FieldFault::Malformed)),
            (relation(":b", "ADMIN", "person:ada"), one("/relation/object", FieldFault::Malformed)),
            (relation("a:", "ADMIN", "person:ada"), one("/relation/object", FieldFault::Malformed)),
            (relation("a:b", "ADMIN", "ada"), one("/relation/subject", FieldFault::Malformed)),
        ] {
            let found: Vec<_> = check(&record).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
            assert_eq!(found, expected, "{record:?}");
        }
    }

    #[test]
    fn what_is_about_the_tenant_is_told_from_what_is_in_it() {
        for (record, of_tenant) in [
            (Record::Person(person("tenant")), false),
            (object("tenant", "Acme"), true),
            (object("tenant:x", "Acme"), false),
            (relation("tenant", "administrator", "person:ada"), true),
            (relation("tenant", "anything", "group:x"), true),
            (relation("a:b", "administrator", "tenant"), false),
        ] {
            assert_eq!(is_of_tenant(&record), of_tenant, "{record:?}");
        }
    }

    #[test]
    fn a_role_is_named_by_its_object_and_relation() {
        let role = Role { object: "a:b".into(), relation: "ADMIN".into(), name: None, holders: 1 };
        assert_eq!(selector(&role), Recipients::Role { object: "a:b".into(), relation: "ADMIN".into() });
        let whole = Pattern { object: Some("a:b".into()), relation: Some("ADMIN".into()), subject: None, exact: true };
        assert_eq!(Pattern::of("a:b", "ADMIN"), whole);
    }
}
