//! The directory: relations between objects and subjects, and who may change them.
//!
//! A relation is a tuple `object # relation @ subject`. People hold the roles they are subjects of; what
//! other subjects mean is up to the caller.

use std::time::{Duration, Instant};

use campanile_shared::{
    Audience, FieldError, Recipients,
    directory::{AudienceSummary, Group, GroupKind, MAX_OBJECT_LENGTH, ObjectRecord, Record, Relation},
    display_name,
    problem::FieldErrorCode,
};

use crate::{
    AudienceKey, Campanile, Error, PersonId, Result, TenantId,
    model::{
        access::{Ability, Actor},
        audience_key::ADMINISTRATOR_ROLE,
        listing::Listing,
        relation::{PERSON_PREFIX, PutResult, RelationPattern, Role, RoleQuery, SUBSCRIBED},
    },
    security_log::{Entry, SecurityEvent},
};

/// The relation between an application and a group whose members belong to it.
const GROUP_RELATION: &str = "group";

/// How many roles are read for one list of groups.
const MAX_ROLES: u32 = 100;

/// How many roles of one object a group of all its people may have.
const MAX_ROLES_PER_OBJECT: u32 = 50;

/// How long the search for groups may take.
const MAX_GROUP_SEARCH: Duration = Duration::from_secs(1);

/// The most relations that one query returns.
const MAX_RELATIONS: u32 = 10_000;

/// The errors in a record, with pointers into the record.
pub fn check_record(record: &Record) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut name = |pointer: &str, text: &str| faults.extend(display_name::check(pointer, text));
    match record {
        Record::Person(person) => {
            name("/person/login", &person.login);
            person.name.iter().for_each(|text| name("/person/name", text));
            person.email.iter().for_each(|text| name("/person/email", text));
            for (at, id) in person.external_ids.iter().enumerate() {
                name(&format!("/person/external_ids/{at}"), id);
            }
            if person.email.as_deref().is_some_and(|email| !email.contains('@')) {
                faults.push(FieldError::new("/person/email", FieldErrorCode::Malformed));
            }
        }
        Record::Object(object) => {
            name("/object/name", &object.name);
            faults.extend(display_name::check_line("/object/object", &object.object, MAX_OBJECT_LENGTH));
        }
        Record::Relation(relation) => {
            name("/relation/relation", &relation.relation);
            for (pointer, text) in [("/relation/object", &relation.object), ("/relation/subject", &relation.subject)] {
                // This limit is longer than that of a name, because `person:` may precede a name of full
                // length.
                faults.extend(display_name::check_line(pointer, text, MAX_OBJECT_LENGTH));
                if !text.trim().is_empty()
                    && text != ADMINISTRATOR_ROLE.0
                    && !text.split_once(':').is_some_and(|(kind, id)| !kind.is_empty() && !id.is_empty())
                {
                    faults.push(FieldError::new(pointer, FieldErrorCode::Malformed));
                }
            }
        }
    }
    faults
}

/// Whether a record concerns the tenant itself, such as who administers it. Changing that is administration
/// and not part of the directory.
pub(crate) fn is_about_tenant(record: &Record) -> bool {
    match record {
        Record::Person(_) => false,
        Record::Object(object) => object.object == ADMINISTRATOR_ROLE.0,
        Record::Relation(relation) => relation.object == ADMINISTRATOR_ROLE.0,
    }
}

/// The security log's entry for a relation that is added or ended.
pub(crate) fn role_log_entry(event: SecurityEvent, relation: &Relation) -> Entry {
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
            Record::Person(person) => Some(Entry::new(SecurityEvent::PersonChanged).subject(&person.login)),
            Record::Object(_) => None,
            Record::Relation(relation) => Some(role_log_entry(SecurityEvent::RoleGranted, relation)),
        };
        let put = self.put_one(by, record).await;
        if let Some(entry) = entry.filter(|_| !matches!(put, Ok(false))) {
            entry.by(by).finished(&put);
        }
        put
    }

    async fn put_one(&self, by: &Actor, record: Record) -> Result<bool> {
        by.require(Ability::Directory)?;
        if is_about_tenant(&record) {
            by.require(Ability::Administer)?;
        }
        let faults = check_record(&record);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let put = self.store.put_records(by.tenant(), vec![record], false, self.now()).await?;
        match put.first() {
            Some(PutResult::Unknown) => Err(Error::Invalid(vec![FieldError::new("/relation", FieldErrorCode::Unknown)])),
            Some(PutResult::Taken) => Err(Error::AlreadyExists),
            Some(PutResult::Added(_) | PutResult::Changed) => Ok(true),
            _ => Ok(false),
        }
    }

    /// Ends the matching relations from now on; returns how many there were. An administrator can neither end
    /// their own right nor that of the last administrator.
    pub async fn end_relation(&self, by: &Actor, relation: &Relation) -> Result<u32> {
        let ended = self.end_one(by, relation).await;
        if !matches!(ended, Ok(0)) {
            role_log_entry(SecurityEvent::RoleRevoked, relation).by(by).finished(&ended);
        }
        ended
    }

    async fn end_one(&self, by: &Actor, relation: &Relation) -> Result<u32> {
        by.require(Ability::Directory)?;
        if relation.object == ADMINISTRATOR_ROLE.0 {
            by.require(Ability::Administer)?;
        }
        let mut faults = check_record(&Record::Relation(relation.clone()));
        if !faults.is_empty() {
            // The request is the relation, so the pointers have no `/relation` in front.
            faults.iter_mut().for_each(|fault| drop(fault.pointer.drain(.."/relation".len())));
            return Err(Error::Invalid(faults));
        }
        if (relation.object.as_str(), relation.relation.as_str()) == ADMINISTRATOR_ROLE
            && let Actor::Person(who) = by
            && self.person_of(who.tenant, &relation.subject).await? == Some(who.id)
        {
            return Err(self.own_right_error(who.tenant, "/subject").await?);
        }
        let mut pattern = RelationPattern::of(&relation.object, &relation.relation);
        pattern.subject = Some(relation.subject.clone());
        let found = self.relations_of(by.tenant(), &pattern).await?;
        self.store.end_relations(by.tenant(), found.into_iter().map(|(row, _)| row).collect(), self.now()).await
    }

    /// The error when an administrator ends their own right, with this field at fault.
    pub(crate) async fn own_right_error(&self, tenant: TenantId, field: &str) -> Result<Error> {
        let administrators = self.store.audience_size(tenant, &[AudienceKey::administrators()]).await?;
        Ok(if administrators > 1 {
            Error::Invalid(vec![FieldError::new(field, FieldErrorCode::Forbidden)])
        } else {
            Error::LastAdministrator
        })
    }

    /// Removes a person with their inbox, sessions and relations. Only an administrator may remove an
    /// administrator, because that ends a relation to the tenant.
    pub async fn remove_person(&self, by: &Actor, login: &str) -> Result<()> {
        let removed = self.remove_one(by, login).await;
        Entry::new(SecurityEvent::PersonRemoved).by(by).subject(login).finished(&removed);
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
    pub async fn relations(
        &self,
        by: &Actor,
        pattern: &RelationPattern,
        after: Option<i64>,
        limit: u32,
    ) -> Result<(Vec<Relation>, Option<i64>)> {
        by.require(Ability::Send)?;
        let _turn = self.search_limiter.acquire(by).await?;
        let found = self.store.relations(by.tenant(), pattern, after, limit).await?;
        Ok((found.items.into_iter().map(|(_, relation)| relation).collect(), found.next))
    }

    /// The relations of one object that match a pattern, each with its row: at most 10,000.
    async fn relations_of(&self, tenant: TenantId, pattern: &RelationPattern) -> Result<Vec<(i64, Relation)>> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let limit = MAX_RELATIONS - u32::try_from(found.len()).unwrap_or(MAX_RELATIONS);
            let page = self.store.relations(tenant, pattern, after, limit).await?;
            found.extend(page.items);
            after = page.next;
            if after.is_none() || found.len() >= MAX_RELATIONS as usize {
                return Ok(found);
            }
        }
    }

    /// Whether any relation matches a pattern.
    pub async fn any_relation(&self, tenant: TenantId, pattern: &RelationPattern) -> Result<bool> {
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
        let found = self.relations_of(tenant, &RelationPattern::of(object, relation)).await?;
        Ok(found.into_iter().map(|(_, relation)| relation.subject).collect())
    }

    /// The relations between an object and a subject.
    pub async fn relations_between(&self, tenant: TenantId, object: &str, subject: &str) -> Result<Vec<String>> {
        let pattern = RelationPattern { object: Some(object.to_owned()), relation: None, subject: Some(subject.to_owned()), exact: true };
        let found = self.relations_of(tenant, &pattern).await?;
        Ok(found.into_iter().map(|(_, relation)| relation.relation).collect())
    }

    /// The names of the roles that people hold on objects whose names begin with the text.
    pub async fn role_names(&self, by: &Actor, beginning: &str) -> Result<Vec<String>> {
        by.require(Ability::Send)?;
        let _turn = self.search_limiter.acquire(by).await?;
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
        let _turn = self.search_limiter.acquire(by).await?;
        let end = Instant::now() + MAX_GROUP_SEARCH;
        let words = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let (found, mut incomplete) = self.store.roles(tenant, RoleQuery::Matching(words), MAX_ROLES).await?;
        let mut groups = Vec::new();
        for roles in found.chunk_by(|one, other| one.object == other.object) {
            let held: Vec<&Role> = roles.iter().filter(|role| role.holders > 0).collect();
            if roles.iter().any(|role| role.relation == SUBSCRIBED) {
                let mut to = Vec::new();
                for application in self.subjects(tenant, &roles[0].object, SUBSCRIBED).await? {
                    if Instant::now() >= end {
                        return Ok((groups, true));
                    }
                    to.extend(self.members_of(tenant, &application).await?);
                }
                groups.push(self.group(tenant, GroupKind::Subscribers, &roles[0], to).await?);
            }
            if held.len() > 1 {
                let to = self.members_of(tenant, &roles[0].object).await?;
                groups.push(self.group(tenant, GroupKind::Members, &roles[0], to).await?);
            }
            for role in held {
                groups.push(self.group(tenant, GroupKind::Role, role, vec![selector(role)]).await?);
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

    async fn group(&self, tenant: TenantId, bond: GroupKind, role: &Role, mut to: Audience) -> Result<Group> {
        to.sort_unstable();
        to.dedup();
        let people = self.store.audience_size(tenant, &self.audience_keys(tenant, &to).await?).await?;
        let relation = (bond == GroupKind::Role).then(|| role.relation.clone());
        Ok(Group { bond, object: role.object.clone(), name: role.name.clone(), relation, to, people })
    }

    /// Everyone who holds a role of an object, or of a group attached to it.
    async fn members_of(&self, tenant: TenantId, object: &str) -> Result<Audience> {
        let mut to = Audience::new();
        for object in [object.to_owned()].into_iter().chain(self.subjects(tenant, object, GROUP_RELATION).await?) {
            let (roles, _) = self.store.roles(tenant, RoleQuery::Object(object), MAX_ROLES_PER_OBJECT).await?;
            to.extend(roles.iter().filter(|role| role.holders > 0).map(selector));
        }
        Ok(to)
    }

    /// The people whom an audience reaches now.
    pub async fn audience(&self, by: &Actor, to: &[Recipients], first: u32) -> Result<AudienceSummary> {
        by.require(Ability::Send)?;
        let keys = self.audience_keys(by.tenant(), to).await?;
        let _turn = self.search_limiter.acquire(by).await?;
        self.store.audience(by.tenant(), &keys, first).await
    }

    /// The person of an object or subject `person:…`, by login or external id; `None` for anything else and
    /// if there is no such person.
    pub async fn person_of(&self, tenant: TenantId, object: &str) -> Result<Option<PersonId>> {
        match object.strip_prefix(PERSON_PREFIX) {
            Some(name) => self.store.find_person(tenant, name).await,
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use campanile_shared::directory::PersonRecord;

    use super::*;

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
    fn errors_point_to_their_fields() {
        let one = |pointer: &str, code| vec![(pointer.to_owned(), code)];
        let with_email = |email: &str| Record::Person(PersonRecord { email: Some(email.into()), ..person("ada") });
        for (record, expected) in [
            (Record::Person(person("ada")), Vec::new()),
            (Record::Person(person(" ")), one("/person/login", FieldErrorCode::Missing)),
            (
                Record::Person(PersonRecord { name: Some("a\nb".into()), ..person("ada") }),
                one("/person/name", FieldErrorCode::ControlCharacter),
            ),
            (with_email("ada@acme.example"), Vec::new()),
            (with_email("ada"), one("/person/email", FieldErrorCode::Malformed)),
            (
                Record::Person(PersonRecord { external_ids: vec!["a:7".into(), String::new()], ..person("ada") }),
                one("/person/external_ids/1", FieldErrorCode::Missing),
            ),
            (object("api:petstore", "Petstore"), Vec::new()),
            (object("", "Petstore"), one("/object/object", FieldErrorCode::Missing)),
            (object("api:petstore", ""), one("/object/name", FieldErrorCode::Missing)),
            (relation("a:b", "ADMIN", "person:ada"), Vec::new()),
            (relation("tenant", "administrator", "person:ada"), Vec::new()),
            (relation("", "ADMIN", "person:ada"), one("/relation/object", FieldErrorCode::Missing)),
            (relation("a:b", " ", "person:ada"), one("/relation/relation", FieldErrorCode::Missing)),
            (relation("a:b", "ADMIN", "  "), one("/relation/subject", FieldErrorCode::Missing)),
            (relation("a", "ADMIN", "person:ada"), one("/relation/object", FieldErrorCode::Malformed)),
            (relation(":b", "ADMIN", "person:ada"), one("/relation/object", FieldErrorCode::Malformed)),
            (relation("a:", "ADMIN", "person:ada"), one("/relation/object", FieldErrorCode::Malformed)),
            (relation("a:b", "ADMIN", "ada"), one("/relation/subject", FieldErrorCode::Malformed)),
        ] {
            let found: Vec<_> = check_record(&record).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
            assert_eq!(found, expected, "{record:?}");
        }
    }

    #[test]
    fn records_about_the_tenant_are_recognised() {
        for (record, of_tenant) in [
            (Record::Person(person("tenant")), false),
            (object("tenant", "Acme"), true),
            (object("tenant:x", "Acme"), false),
            (relation("tenant", "administrator", "person:ada"), true),
            (relation("tenant", "anything", "group:x"), true),
            (relation("a:b", "administrator", "tenant"), false),
        ] {
            assert_eq!(is_about_tenant(&record), of_tenant, "{record:?}");
        }
    }

    #[test]
    fn a_role_is_named_by_its_object_and_relation() {
        let role = Role { object: "a:b".into(), relation: "ADMIN".into(), name: None, holders: 1 };
        assert_eq!(selector(&role), Recipients::Role { object: "a:b".into(), relation: "ADMIN".into() });
        let whole = RelationPattern { object: Some("a:b".into()), relation: Some("ADMIN".into()), subject: None, exact: true };
        assert_eq!(RelationPattern::of("a:b", "ADMIN"), whole);
    }
}
