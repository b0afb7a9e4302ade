//! The signed-in person's inbox: list, filter, count and change its items.

pub mod filter;

use axum::{Json as Body, extract::State, response::Response};
use campanile_shared::{InboxChange, InboxChangeResult, Item, MatchCount, Page, Snapshot, schema::Sequence};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::filter::InboxQuery;
use super::{
    body::Json,
    extract::{Path, Query},
    pagination::{List, PageQuery, Pagination},
};
use crate::{auth::Reader, problem::ApiError, state::AppState};

/// List the inbox, the newest item first.
///
/// A page may hold fewer items than `limit`, even none, and still have a `next`: follow it until it is
/// absent.
#[utoipa::path(get, operation_id = "list_inbox", path = "/inbox", tag = "inbox", params(InboxQuery, PageQuery), responses(
    (status = 200, description = "A page", body = Page),
    (status = 400, description = "A parameter cannot be read"),
))]
pub async fn list_inbox(
    State(app): State<AppState>,
    Reader(who): Reader,
    Query(query): Query<InboxQuery>,
    paging: Pagination,
) -> Result<Response, ApiError> {
    let page = app.campanile.inbox_page(&who, &query.filter()?, paging.parse_cursor()?, paging.limit()).await?;
    let next = page.next.clone();
    Ok(paging.respond(page, next.as_deref()))
}

/// Count the items that match a filter.
#[utoipa::path(get, operation_id = "count_inbox", path = "/inbox/matching", tag = "inbox", params(InboxQuery), responses(
    (status = 200, description = "The count", body = MatchCount),
    (status = 400, description = "A parameter cannot be read"),
))]
pub async fn count_matching(
    State(app): State<AppState>,
    Reader(who): Reader,
    Query(query): Query<InboxQuery>,
) -> Result<Body<MatchCount>, ApiError> {
    Ok(Body(app.campanile.count_matching(&who, &query.filter()?).await?))
}

/// Get one item with its text in every language it was sent in.
#[utoipa::path(get, operation_id = "get_item", path = "/inbox/{id}", tag = "inbox", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "The item", body = Item),
    (status = 404, description = "The item is not in this inbox"),
))]
pub async fn get_item(State(app): State<AppState>, Reader(who): Reader, Path(id): Path<Uuid>) -> Result<Body<Item>, ApiError> {
    Ok(Body(app.campanile.inbox_item(&who, id).await?))
}

/// Get the counts that the bell shows.
#[utoipa::path(get, operation_id = "get_counts", path = "/inbox/counts", tag = "inbox", responses((status = 200, description = "The counts", body = Snapshot)))]
pub async fn counts(State(app): State<AppState>, Reader(who): Reader) -> Result<Body<Snapshot>, ApiError> {
    Ok(Body(app.campanile.counts(&who).await?))
}

/// List the components of my notifications, for filters.
#[utoipa::path(get, operation_id = "list_components", path = "/inbox/components", tag = "inbox", responses((status = 200, description = "In alphabetical order", body = List<String>)))]
pub async fn components(State(app): State<AppState>, Reader(who): Reader) -> Result<Body<List<String>>, ApiError> {
    Ok(Body(app.campanile.components(&who).await?.into()))
}

/// Change the given items, or all that match a filter.
///
/// A snoozed item returns at its time, unread and above the others. Dismissing an item ends its snooze.
#[utoipa::path(post, operation_id = "change_items", path = "/inbox/changes", tag = "inbox", request_body = InboxChange, responses(
    (status = 200, description = "Changed; `undo` reverts it", body = InboxChangeResult),
    (status = 422, description = "Some fields are invalid"),
))]
pub async fn change(
    State(app): State<AppState>,
    Reader(who): Reader,
    Json(change): Json<InboxChange>,
) -> Result<Body<InboxChangeResult>, ApiError> {
    Ok(Body(app.campanile.change(&who, change).await?))
}

/// The change to undo.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoRequest {
    /// The `undo` value of the change's response.
    undo: Uuid,
}

/// Undo a change within ten minutes.
#[utoipa::path(post, operation_id = "undo_change", path = "/inbox/undo", tag = "inbox", request_body = UndoRequest, responses(
    (status = 200, description = "Undone", body = InboxChangeResult),
    (status = 404, description = "The change is older than ten minutes or was already undone"),
))]
pub async fn undo(
    State(app): State<AppState>,
    Reader(who): Reader,
    Json(undo): Json<UndoRequest>,
) -> Result<Body<InboxChangeResult>, ApiError> {
    Ok(Body(app.campanile.undo(&who, undo.undo).await?))
}

/// Which items were seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenRequest {
    /// The sequence of the newest item that was on screen.
    #[schema(value_type = Sequence)]
    up_to: u64,
}

/// Mark all items up to a sequence as seen.
#[utoipa::path(post, operation_id = "mark_seen", path = "/inbox/seen", tag = "inbox", request_body = SeenRequest, responses((status = 200, description = "Marked as seen", body = Snapshot)))]
pub async fn mark_seen(
    State(app): State<AppState>,
    Reader(who): Reader,
    Json(seen): Json<SeenRequest>,
) -> Result<Body<Snapshot>, ApiError> {
    Ok(Body(app.campanile.mark_seen(&who, seen.up_to).await?))
}
