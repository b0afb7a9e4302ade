//! The directory: relations between objects and subjects, and who may change them.
//!
//! A relation is a tuple `object # relation @ subject`. People hold the roles they are subjects of; what
//! other subjects mean is up to the caller.

use campanile_shared::{
    FieldError,
    directory::{ObjectRecord, Record, Relation},
    problem::FieldErrorCode,
};

use crate::{
    Campanile, Error, Result, TenantId,
    model::{
        access::{Ability, Actor},
        audience_key::ADMINISTRATOR_ROLE,
        listing::Listing,
        relation::{PutResult, RelationPattern},
    },
    record_rules::{check_record, is_about_tenant},
    security_log::{Entry, event::SecurityEvent},
};

/// The most relations that one query returns.
const MAX_RELATIONS: u32 = 10_000;

/// The security log's entry for a relation that is added or ended.
pub(crate) fn role_log_entry(event: SecurityEvent, relation: &Relation) -> Entry {
    Entry::new(event).subject(&relation.subject).detail(&format!("{}#{}", relation.object, relation.relation))
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
    pub async fn any_relation(&self, by: &Actor, pattern: &RelationPattern) -> Result<bool> {
        by.require(Ability::Send)?;
        let mut after = None;
        loop {
            let page = self.store.relations(by.tenant(), pattern, after, 1).await?;
            after = page.next;
            if after.is_none() || !page.items.is_empty() {
                return Ok(!page.items.is_empty());
            }
        }
    }

    /// The subjects of a relation to an object, such as the applications that subscribed to an API. At most
    /// 10,000.
    pub async fn subjects(&self, by: &Actor, object: &str, relation: &str) -> Result<Vec<String>> {
        by.require(Ability::Send)?;
        let found = self.relations_of(by.tenant(), &RelationPattern::of(object, relation)).await?;
        Ok(found.into_iter().map(|(_, relation)| relation.subject).collect())
    }

    /// The relations between an object and a subject.
    pub async fn relations_between(&self, by: &Actor, object: &str, subject: &str) -> Result<Vec<String>> {
        by.require(Ability::Send)?;
        let pattern = RelationPattern { object: Some(object.to_owned()), relation: None, subject: Some(subject.to_owned()), exact: true };
        let found = self.relations_of(by.tenant(), &pattern).await?;
        Ok(found.into_iter().map(|(_, relation)| relation.relation).collect())
    }

    /// The name of an object; `None` if it has none.
    pub async fn object_name(&self, by: &Actor, object: &str) -> Result<Option<String>> {
        by.require(Ability::Send)?;
        let found = self.store.objects(by.tenant(), object, None, 1).await?;
        Ok(found.into_iter().next().filter(|first| first.object == object).map(|first| first.name))
    }

    /// The named objects whose ids begin with the text, in order, after `after`.
    pub async fn objects(&self, by: &Actor, beginning: &str, after: Option<&str>, limit: u32) -> Result<Listing<ObjectRecord, String>> {
        by.require(Ability::Send)?;
        self.store.objects(by.tenant(), beginning, after, limit).await
    }
}
