//! Turns the rows of a query into a page, limited in entries and in bytes.

use campanile_domain::model::listing::Listing;
use rusqlite::{Row, Rows, types::ValueRef};

use super::{
    error::{Result, StoreError},
    page_budget::PageBudget,
};

/// The query must return one row more than the limit, if there is one. `read` returns the entry of a row and
/// the cursor after which the next page begins. When the time limit interrupts the query, the page holds what
/// was found.
pub fn paginate<T, C>(rows: Rows<'_>, limit: u32, mut read: impl FnMut(&Row<'_>) -> Result<(C, T)>) -> Result<Listing<T, C>> {
    paginate_sized(rows, limit, |row| read(row).map(|(cursor, item)| (cursor, item, row_bytes(row))))
}

/// The same for entries that also come from other tables; `read` also returns their size in bytes.
pub fn paginate_sized<T, C>(
    mut rows: Rows<'_>,
    limit: u32,
    mut read: impl FnMut(&Row<'_>) -> Result<(C, T, usize)>,
) -> Result<Listing<T, C>> {
    let (mut items, mut next, mut budget) = (Vec::new(), None, PageBudget::page());
    loop {
        let row = match rows.next().map_err(StoreError::from) {
            Err(fault) if fault.is_interrupted() && next.is_some() => return Ok(Listing { items, next }),
            row => row?,
        };
        let Some(row) = row else { return Ok(Listing { items, next: None }) };
        if items.len() >= limit as usize {
            return Ok(Listing { items, next });
        }
        let (cursor, item, bytes) = read(row)?;
        if !budget.take(bytes) {
            return Ok(Listing { items, next });
        }
        items.push(item);
        next = Some(cursor);
    }
}

/// The size of the texts and blobs of a row, in bytes.
pub fn row_bytes(row: &Row<'_>) -> usize {
    let length = |column| match row.get_ref(column) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes.len(),
        _ => 0,
    };
    (0..row.as_ref().column_count()).map(length).sum()
}
