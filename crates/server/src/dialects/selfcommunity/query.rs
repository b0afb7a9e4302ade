//! Queries that split a person's inbox into notifications and banners.

use campanile_domain::{
    Person,
    model::inbox_item::{BroadcastFilter, BroadcastQuery},
};
use campanile_shared::{
    InboxChange, View,
    inbox::{Action, Selection},
    limits::{MAX_COUNT, MAX_IDS},
};
use uuid::Uuid;

use super::errors::SelfCommunityError;
use crate::state::AppState;

/// Banners: notifications to everyone.
pub const BANNERS: BroadcastQuery = BroadcastQuery::all(BroadcastFilter::Broadcast);
/// Listed banners; disposed ones are not listed (the vendor's rule).
pub const LISTED_BANNERS: BroadcastQuery = BroadcastQuery { view: Some(View::Inbox), ..BANNERS };
/// Notifications: everything else that is not dismissed.
pub const NOTIFICATIONS: BroadcastQuery = BroadcastQuery { view: Some(View::Inbox), ..BroadcastQuery::all(BroadcastFilter::Targeted) };

/// Counts the items of a view, up to the common cap of counts.
pub async fn count(app: &AppState, who: &Person, query: BroadcastQuery, view: View) -> Result<u32, SelfCommunityError> {
    let query = BroadcastQuery { view: Some(view), ..query };
    Ok(app.campanile.count_by_broadcast(who, query, MAX_COUNT).await?)
}

/// Applies an action to any number of items, in chunks.
pub async fn mark(app: &AppState, who: &Person, action: Action, ids: &[Uuid]) -> Result<(), SelfCommunityError> {
    for some in ids.chunks(MAX_IDS) {
        app.campanile.change(who, InboxChange::new(action, Selection::Ids(some.to_vec()))).await?;
    }
    Ok(())
}
