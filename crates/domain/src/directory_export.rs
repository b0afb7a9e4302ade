//! Exporting the whole directory in the format of an import, page by page, so that memory use does not grow
//! with its size.

use campanile_shared::directory::Record;

use crate::{
    Campanile, PersonId, Result, TenantId,
    model::{
        access::{Ability, Actor},
        listing::Listing,
        relation::RelationPattern,
    },
};

/// How many records a page has at most.
const PAGE_SIZE: u32 = 500;

/// An export that is running.
pub struct DirectoryExport {
    campanile: Campanile,
    tenant: TenantId,
    next: Option<Position>,
}

/// After which person, object or relation the next page begins.
enum Position {
    People(Option<PersonId>),
    Objects(Option<String>),
    Relations(Option<i64>),
}

impl Campanile {
    /// Starts an export. The caller writes [`Export`](crate::security_log::event::SecurityEvent::Export) to the
    /// security log, because it may refuse the export for reasons of its own.
    pub fn export_directory(&self, by: &Actor) -> Result<DirectoryExport> {
        by.require(Ability::Directory)?;
        Ok(DirectoryExport { campanile: self.clone(), tenant: by.tenant(), next: Some(Position::People(None)) })
    }
}

impl DirectoryExport {
    /// The next records: people, then objects, then relations. `None` at the end; a page may be empty.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Record>>> {
        let Some(position) = self.next.take() else { return Ok(None) };
        let (store, tenant) = (&self.campanile.store, self.tenant);
        Ok(Some(match position {
            Position::People(after) => {
                let Listing { items, next } = store.person_records(tenant, after, PAGE_SIZE).await?;
                self.next = Some(next.map_or(Position::Objects(None), |next| Position::People(Some(next))));
                items.into_iter().map(Record::Person).collect()
            }
            Position::Objects(after) => {
                let Listing { items, next } = store.objects(tenant, "", after.as_deref(), PAGE_SIZE).await?;
                self.next = Some(next.map_or(Position::Relations(None), |next| Position::Objects(Some(next))));
                items.into_iter().map(Record::Object).collect()
            }
            Position::Relations(after) => {
                let Listing { items, next } = store.relations(tenant, &RelationPattern::default(), after, PAGE_SIZE).await?;
                self.next = next.map(|next| Position::Relations(Some(next)));
                items.into_iter().map(|(_, relation)| Record::Relation(relation)).collect()
            }
        }))
    }
}
