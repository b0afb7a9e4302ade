//! Managing people as an administrator: listing, adding, changing, disabling, enabling and removing them.

use campanile_shared::{
    administration::{Member, MemberChange, NewMember},
    directory::{PersonRecord, Record},
};

use crate::{
    Campanile, Error, NewPerson, PersonId, Result, TenantId,
    model::{
        access::{Ability, Actor},
        member_cursor::MemberCursor,
        relation::PERSON_PREFIX,
    },
    record_rules,
    security_log::{Entry, event::SecurityEvent},
};

impl Campanile {
    /// Removes a person with their inbox, sessions and relations. Only an administrator may remove an
    /// administrator, because that ends a relation to the tenant.
    pub async fn remove_person(&self, by: &Actor, login: &str) -> Result<()> {
        let entry = Entry::new(SecurityEvent::PersonRemoved).by(by).subject(login);
        entry
            .log(async {
                by.require(Ability::Directory)?;
                let person = self.store.find_person(by.tenant(), login).await?.ok_or(Error::NotFound)?;
                if self.store.member(by.tenant(), person).await?.is_some_and(|member| member.administrator) {
                    by.require(Ability::Administer)?;
                }
                self.store.remove_person(by.tenant(), person).await
            })
            .await
    }

    /// The person of an object or subject `person:…`, by login or external id; `None` for anything else and
    /// if there is no such person.
    pub(crate) async fn person_of(&self, tenant: TenantId, object: &str) -> Result<Option<PersonId>> {
        match object.strip_prefix(PERSON_PREFIX) {
            Some(name) => self.store.find_person(tenant, name).await,
            None => Ok(None),
        }
    }
}

/// Checks a person's record. The request is the person, so the pointers have no `/person` in front.
fn check_person(record: &PersonRecord) -> Result<()> {
    let mut faults = record_rules::check_record(&Record::Person(record.clone()));
    for fault in &mut faults {
        fault.pointer = fault.pointer.trim_start_matches("/person").to_owned();
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

impl Campanile {
    /// A page of the tenant's people, by name, and the cursor of the next: those whose login, or a word of
    /// whose name, begins with the text.
    pub async fn members(
        &self,
        by: &Actor,
        beginning: &str,
        after: Option<MemberCursor>,
        limit: u32,
    ) -> Result<(Vec<Member>, Option<MemberCursor>)> {
        by.require(Ability::Administer)?;
        let _turn = self.search_limiter.acquire(by).await?;
        let found = self.store.members(by.tenant(), beginning, after, limit).await?;
        Ok((found.items, found.next))
    }

    /// One person, by login or external id.
    pub async fn member(&self, by: &Actor, login: &str) -> Result<Member> {
        let person = self.find_as_administrator(by, login).await?;
        self.store.member(by.tenant(), person).await?.ok_or(Error::NotFound)
    }

    /// Adds a person.
    pub async fn add_member(&self, by: &Actor, new: NewMember) -> Result<Member> {
        let right = if new.administrator { "administrator" } else { "reader" };
        let entry = Entry::new(SecurityEvent::PersonAdded).by(by).subject(&new.person.login).detail(right);
        entry.log(self.add_one(by, new)).await
    }

    async fn add_one(&self, by: &Actor, new: NewMember) -> Result<Member> {
        by.require(Ability::Administer)?;
        check_person(&new.person)?;
        let record = new.person;
        let person = NewPerson {
            name: record.name.unwrap_or_else(|| record.login.clone()),
            login: record.login,
            email: record.email,
            languages: record.languages,
            external_ids: record.external_ids,
            administrator: new.administrator,
        };
        let person = self.store.create_person(by.tenant(), person, self.now()).await?;
        self.store.member(by.tenant(), person).await?.ok_or(Error::NotFound)
    }

    /// Changes a person. Fields that the change does not have stay as they are.
    pub async fn change_member(&self, by: &Actor, login: &str, change: MemberChange) -> Result<Member> {
        let known = self.member(by, login).await?;
        let record = PersonRecord { name: Some(change.name), email: change.email, languages: change.languages, ..known.person };
        check_person(&record)?;
        let login = record.login.clone();
        self.put_record(by, Record::Person(record)).await?;
        self.member(by, &login).await
    }

    /// Disables or enables a person. An administrator can neither disable themselves nor the last
    /// administrator.
    pub async fn set_disabled(&self, by: &Actor, login: &str, disabled: bool) -> Result<Member> {
        let event = if disabled { SecurityEvent::PersonDisabled } else { SecurityEvent::PersonEnabled };
        let entry = Entry::new(event).by(by).subject(login);
        entry
            .log(async {
                let person = self.find_as_administrator(by, login).await?;
                if matches!(by, Actor::Person(who) if who.id == person) {
                    return Err(self.own_right_error(by.tenant(), "/disabled").await?);
                }
                self.store.set_disabled(by.tenant(), person, disabled, self.now()).await?;
                self.member(by, login).await
            })
            .await
    }

    /// The id of a person whom an administrator names; [`Error::NotFound`] if there is none.
    pub(crate) async fn find_as_administrator(&self, by: &Actor, login: &str) -> Result<PersonId> {
        by.require(Ability::Administer)?;
        self.store.find_person(by.tenant(), login).await?.ok_or(Error::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use campanile_shared::{FieldError, problem::FieldErrorCode};

    use super::*;

    #[test]
    fn errors_point_to_fields_of_the_person() {
        let person = PersonRecord { login: "ada".into(), name: None, email: None, languages: Vec::new(), external_ids: Vec::new() };
        assert!(check_person(&person).is_ok());
        let wrong = PersonRecord { login: String::new(), email: Some("ada".into()), ..person };
        let Err(Error::Invalid(faults)) = check_person(&wrong) else { panic!("it was taken") };
        assert_eq!(faults, [FieldError::new("/login", FieldErrorCode::Missing), FieldError::new("/email", FieldErrorCode::Malformed)]);
    }
}
