//! The port to the relations of the directory in the store.

use async_trait::async_trait;
use campanile_shared::directory::{ObjectRecord, Record, Relation};
use chrono::{DateTime, Utc};

use crate::{
    PersonId, Result, TenantId,
    model::{
        listing::Listing,
        relation::{PutResult, RelationPattern, Role, RoleQuery},
    },
    ports::temporary_names::TemporaryNames,
};

/// The store of the relations of the directory.
#[async_trait]
pub trait RelationStore: Send + Sync + 'static {
    /// Adds or changes people, names objects and adds relations. A repeat changes nothing. Returns for each
    /// record what it did or, with `dry`, what it would have done. A relation to a `person:` that does not
    /// exist is [`PutResult::Unknown`].
    async fn put_records(&self, tenant: TenantId, records: Vec<Record>, dry: bool, now: DateTime<Utc>) -> Result<Vec<PutResult>>;

    /// A new, empty set of names for the duration of an import.
    fn temporary_names(&self) -> Result<Box<dyn TemporaryNames>>;

    /// Current relations that match a pattern, after the row `after`, each with its row.
    async fn relations(
        &self,
        tenant: TenantId,
        pattern: &RelationPattern,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Listing<(i64, Relation), i64>>;

    /// The names of the roles that people hold on objects whose names begin with the text, in alphabetical
    /// order.
    async fn role_names(&self, tenant: TenantId, beginning: &str) -> Result<Vec<String>>;

    /// Ends the relations of these rows from now on. Returns how many were current.
    /// [`crate::Error::LastAdministrator`] if the tenant would be left without an administrator who is not
    /// disabled; the same holds for [`set_relation`](Self::set_relation),
    /// [`set_disabled`](super::people::PersonStore::set_disabled) and
    /// [`remove_person`](super::people::PersonStore::remove_person).
    async fn end_relations(&self, tenant: TenantId, rows: Vec<i64>, now: DateTime<Utc>) -> Result<u32>;

    /// The named objects whose ids begin with the text, in order, after `after`.
    async fn objects(&self, tenant: TenantId, beginning: &str, after: Option<&str>, limit: u32) -> Result<Listing<ObjectRecord, String>>;

    /// The roles that people hold now, by object and relation, and the relation of accepted subscriptions,
    /// whatever its subjects are. Relations to people and to the tenant itself are left out. The flag says
    /// that the search ran out of time, so there may be more.
    async fn roles(&self, tenant: TenantId, which: RoleQuery, limit: u32) -> Result<(Vec<Role>, bool)>;

    /// Adds (`holds`) or ends a person's relation to an object, from now on. A repeat changes nothing.
    async fn set_relation(
        &self,
        tenant: TenantId,
        person: PersonId,
        object: &str,
        relation: &str,
        holds: bool,
        now: DateTime<Utc>,
    ) -> Result<()>;
}
