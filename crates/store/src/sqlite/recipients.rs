//! The people that a notification reached, and what they did with it.

use campanile_domain::{PersonId, TenantId, model::listing::Listing};
use campanile_shared::sent::{Recipient, RecipientCounts};
use rusqlite::params;
use uuid::Uuid;

use super::{audience_when_sent::AudienceWhenSent, error::Result, page_budget::PageBudget, read_pool::Reader};

/// A page of the people that a notification reached when it was sent, and the counts of all of them.
pub fn recipients(
    reader: &Reader,
    tenant: TenantId,
    id: Uuid,
    after: Option<PersonId>,
    limit: u32,
) -> Result<(Listing<Recipient, PersonId>, RecipientCounts)> {
    let deadline = reader.timeout.take_deadline();
    let mut statement = reader.prepare_cached("SELECT sequence, keys FROM notification WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![tenant.0, id.as_bytes()])?;
    let no_one = || (Listing { items: Vec::new(), next: None }, RecipientCounts::default());
    let Some(row) = rows.next()? else { return Ok(no_one()) };
    let keys: String = row.get(1)?;
    let reached = AudienceWhenSent::load(reader, row.get(0)?, &keys)?;
    let mut budget = PageBudget::page();
    let mut people = reached.people(reader, tenant, after.map_or(0, |after| after.0), limit.saturating_add(1), Some(&mut budget))?;
    let more = people.len() > limit as usize || budget.is_exhausted();
    people.truncate(limit as usize);
    let next = people.last().filter(|_| more).map(|(id, _)| *id);
    let people = Listing { items: people.into_iter().map(|(_, recipient)| recipient).collect(), next };
    Ok((people, reached.count(reader, tenant, deadline)?))
}
