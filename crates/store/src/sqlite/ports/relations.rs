//! The port to the relations of the directory.

use async_trait::async_trait;
use campanile_domain::{
    PersonId, Result, TenantId,
    model::{
        listing::Listing,
        relation::{PutResult, RelationPattern, Role, RoleQuery},
    },
    ports::{relations::RelationStore, temporary_names::TemporaryNames},
};
use campanile_shared::directory::{ObjectRecord, Record, Relation};
use chrono::{DateTime, Utc};

use crate::sqlite::{Sqlite, directory, last_administrator, name_set, people, relations, roles, write_transaction::WriteTransaction};

#[async_trait]
impl RelationStore for Sqlite {
    async fn put_records(&self, tenant: TenantId, records: Vec<Record>, dry: bool, now: DateTime<Utc>) -> Result<Vec<PutResult>> {
        self.writer.write(move |writing| directory::write_records(writing, tenant, &records, dry, now)).await
    }

    fn temporary_names(&self) -> Result<Box<dyn TemporaryNames>> {
        Ok(Box::new(name_set::NameSet::new()?))
    }

    async fn relations(
        &self,
        tenant: TenantId,
        pattern: &RelationPattern,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Listing<(i64, Relation), i64>> {
        let pattern = pattern.clone();
        // Sending to a role asks for the relations of one object, which is short and needs no query permit.
        let turn = if pattern.exact { None } else { Some(self.read_pool.acquire_query().await?) };
        self.read_pool.run(turn, move |reader| relations::find(reader, tenant, &pattern, after, limit)).await
    }

    async fn role_names(&self, tenant: TenantId, beginning: &str) -> Result<Vec<String>> {
        let beginning = beginning.to_owned();
        self.read_pool.query(move |connection| relations::role_names(connection, tenant, &beginning)).await
    }

    async fn end_relations(&self, tenant: TenantId, rows: Vec<i64>, now: DateTime<Utc>) -> Result<u32> {
        let end = move |writing: &mut WriteTransaction<'_>| relations::end(writing, tenant, &rows, now);
        self.writer.write(move |writing| last_administrator::keep_last_administrator(writing, tenant, end)).await
    }

    async fn objects(&self, tenant: TenantId, beginning: &str, after: Option<&str>, limit: u32) -> Result<Listing<ObjectRecord, String>> {
        let (beginning, after) = (beginning.to_owned(), after.map(str::to_owned));
        self.read_pool.read(move |connection| directory::objects(connection, tenant, &beginning, after.as_deref(), limit)).await
    }

    async fn roles(&self, tenant: TenantId, which: RoleQuery, limit: u32) -> Result<(Vec<Role>, bool)> {
        let turn = if matches!(which, RoleQuery::Object(_)) { None } else { Some(self.read_pool.acquire_query().await?) };
        self.read_pool.run(turn, move |reader| roles::find(reader, tenant, &which, limit)).await
    }

    async fn set_relation(
        &self,
        tenant: TenantId,
        person: PersonId,
        object: &str,
        relation: &str,
        holds: bool,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let (object, relation) = (object.to_owned(), relation.to_owned());
        let relate =
            move |writing: &mut WriteTransaction<'_>| people::set_relation(writing, tenant, person, &object, &relation, holds, now);
        self.writer.write(move |writing| last_administrator::keep_last_administrator(writing, tenant, relate)).await
    }
}
