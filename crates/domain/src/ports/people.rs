//! The port to people in the store.

use async_trait::async_trait;
use campanile_shared::{Person as Profile, administration::Member, directory::PersonRecord};
use chrono::{DateTime, Utc};

use crate::{
    NewPerson, Person, PersonId, Result, TenantId,
    model::{listing::Listing, member_cursor::MemberCursor},
};

/// The store of people.
#[async_trait]
pub trait PersonStore: Send + Sync + 'static {
    /// Adds a person, who receives what is sent from now on; [`crate::Error::AlreadyExists`] if the login or an
    /// external id is taken.
    async fn create_person(&self, tenant: TenantId, new: NewPerson, now: DateTime<Utc>) -> Result<PersonId>;

    /// The person with this login or external id, ignoring case.
    async fn find_person(&self, tenant: TenantId, name: &str) -> Result<Option<PersonId>>;

    /// The first of these names that is a login or an external id, ignoring case, and whose it is.
    async fn find_first_person(&self, tenant: TenantId, names: &[String]) -> Result<Option<(String, PersonId)>>;

    /// A person by id; `None` also for a disabled person.
    async fn person(&self, tenant: TenantId, person: PersonId) -> Result<Option<Person>>;

    /// People who are not disabled and whose login, or a word of whose name, begins with the text, by name.
    async fn people(&self, tenant: TenantId, beginning: &str, limit: u32) -> Result<Vec<Profile>>;

    /// People as administrators see them, by name, after a cursor: those whose login, or a word of whose
    /// name, begins with the text. The cost is that of the page, or of the first 1,000 matches.
    async fn members(
        &self,
        tenant: TenantId,
        beginning: &str,
        after: Option<MemberCursor>,
        limit: u32,
    ) -> Result<Listing<Member, MemberCursor>>;

    /// One person as administrators see them.
    async fn member(&self, tenant: TenantId, person: PersonId) -> Result<Option<Member>>;

    /// Disables or enables a person. A disabled person loses every token, gets no mail and counts in no
    /// audience; inbox and relations stay.
    async fn set_disabled(&self, tenant: TenantId, person: PersonId, disabled: bool, now: DateTime<Utc>) -> Result<()>;

    /// Removes a person with their inbox, sessions and relations.
    async fn remove_person(&self, tenant: TenantId, person: PersonId) -> Result<()>;

    /// People in the form that an export writes, ordered by id, after `after`.
    async fn person_records(&self, tenant: TenantId, after: Option<PersonId>, limit: u32) -> Result<Listing<PersonRecord, PersonId>>;
}
