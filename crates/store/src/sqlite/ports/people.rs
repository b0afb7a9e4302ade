//! The port to people.

use async_trait::async_trait;
use campanile_domain::{
    NewPerson, Person, PersonId, Result, TenantId,
    model::{listing::Listing, member_cursor::MemberCursor as MemberPlace},
    ports::people::PersonStore,
};
use campanile_shared::{Person as Profile, administration::Member, directory::PersonRecord};
use chrono::{DateTime, Utc};

use crate::sqlite::{
    Sqlite, directory, disabled_people, last_administrator, members, people, person_lookup, write_transaction::WriteTransaction,
};

#[async_trait]
impl PersonStore for Sqlite {
    async fn person_records(&self, tenant: TenantId, after: Option<PersonId>, limit: u32) -> Result<Listing<PersonRecord, PersonId>> {
        self.read_pool.query(move |connection| directory::person_records(connection, tenant, after, limit)).await
    }

    async fn create_person(&self, tenant: TenantId, new: NewPerson, now: DateTime<Utc>) -> Result<PersonId> {
        self.writer.write(move |writing| people::create(writing, tenant, &new, now)).await
    }

    async fn find_person(&self, tenant: TenantId, name: &str) -> Result<Option<PersonId>> {
        let name = name.to_owned();
        self.read_pool.read(move |connection| person_lookup::find(connection, tenant, &name)).await
    }

    async fn find_first_person(&self, tenant: TenantId, names: &[String]) -> Result<Option<(String, PersonId)>> {
        let names = names.to_vec();
        self.read_pool.read(move |connection| person_lookup::find_first(connection, tenant, names)).await
    }

    async fn person(&self, tenant: TenantId, person: PersonId) -> Result<Option<Person>> {
        self.read_pool.read(move |connection| people::by_id(connection, tenant, person)).await
    }

    async fn people(&self, tenant: TenantId, beginning: &str, limit: u32) -> Result<Vec<Profile>> {
        let beginning = beginning.to_owned();
        self.read_pool.query(move |connection| person_lookup::list(connection, tenant, &beginning, limit)).await
    }

    async fn members(
        &self,
        tenant: TenantId,
        beginning: &str,
        after: Option<MemberPlace>,
        limit: u32,
    ) -> Result<Listing<Member, MemberPlace>> {
        let beginning = beginning.to_owned();
        self.read_pool.query(move |connection| members::list(connection, tenant, &beginning, after.as_ref(), limit)).await
    }

    async fn member(&self, tenant: TenantId, person: PersonId) -> Result<Option<Member>> {
        self.read_pool.read(move |connection| members::find(connection, tenant, person)).await
    }

    async fn set_disabled(&self, tenant: TenantId, person: PersonId, disabled: bool, now: DateTime<Utc>) -> Result<()> {
        let set = move |writing: &mut WriteTransaction<'_>| disabled_people::set(writing, tenant, person, disabled, now);
        self.writer.write(move |writing| last_administrator::keep_last_administrator(writing, tenant, set)).await
    }

    async fn remove_person(&self, tenant: TenantId, person: PersonId) -> Result<()> {
        let remove = move |writing: &mut WriteTransaction<'_>| people::remove(writing, tenant, person);
        self.writer.write(move |writing| last_administrator::keep_last_administrator(writing, tenant, remove)).await
    }
}
