//! A person's inbox, told apart into notifications and banners.

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

/// What was sent to everyone is a banner.
pub const BANNERS: HalfQuery = HalfQuery::all(Half::Everyone);
/// Banners that are listed: one that was disposed of is gone from the list (the vendor's rule).
pub const LISTED_BANNERS: HalfQuery = HalfQuery { view: Some(View::Inbox), ..BANNERS };
/// Everything else that was not put away is a notification.
pub const NOTIFICATIONS: HalfQuery = HalfQuery { view: Some(View::Inbox), ..HalfQuery::all(Half::Others) };

/// How many items of a view there are, up to the cap of all counts.
pub async fn count(app: &App, who: &Person, query: HalfQuery, view: View) -> Result<u32, Refusal> {
    let query = HalfQuery { view: Some(view), ..query };
    Ok(app.campanile.store().count_half(who.tenant, who.id, query, CAP).await?)
}

/// Does something to items, however many.
pub async fn mark(app: &App, who: &Person, action: Action, ids: &[Uuid]) -> Result<(), Refusal> {
    for some in ids.chunks(MOST_IDS) {
        app.campanile.change(who, Change::new(action, Selection::Ids(some.to_vec()))).await?;
    }
    Ok(())
}
