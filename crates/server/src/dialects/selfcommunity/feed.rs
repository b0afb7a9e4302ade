//! Queries that split a person's inbox into notifications and banners.

use campanile_domain::{
    Person,
    store::{Half, HalfQuery},
};
use campanile_shared::{
    Change, View,
    inbox::{Action, CAP, MOST_IDS, Selection},
};
use uuid::Uuid;

use super::error::Refusal;
use crate::app::App;

/// Banners: notifications to everyone.
pub const BANNERS: HalfQuery = HalfQuery::all(Half::Everyone);
/// Listed banners; disposed ones are not listed (the vendor's rule).
pub const LISTED_BANNERS: HalfQuery = HalfQuery { view: Some(View::Inbox), ..BANNERS };
/// Notifications: everything else that is not dismissed.
pub const NOTIFICATIONS: HalfQuery = HalfQuery { view: Some(View::Inbox), ..HalfQuery::all(Half::Others) };

/// Counts the items of a view, up to the common cap of counts.
pub async fn count(app: &App, who: &Person, query: HalfQuery, view: View) -> Result<u32, Refusal> {
    let query = HalfQuery { view: Some(view), ..query };
    Ok(app.campanile.store().count_half(who.tenant, who.id, query, CAP).await?)
}

/// Applies an action to any number of items, in chunks.
pub async fn mark(app: &App, who: &Person, action: Action, ids: &[Uuid]) -> Result<(), Refusal> {
    for some in ids.chunks(MOST_IDS) {
        app.campanile.change(who, Change::new(action, Selection::Ids(some.to_vec()))).await?;
    }
    Ok(())
}
