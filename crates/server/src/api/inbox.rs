//! The signed-in person's inbox: list, filter, count and change its items.

use axum::{Json as Body, extract::State, response::Response};
use campanile_shared::{Filter, InboxChange, InboxChangeResult, Item, MatchCount, Page, Severity, Snapshot, View, schema::Sequence};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    body::Json,
    extract::{Path, Query},
    pagination::{List, PageQuery, Pagination},
};
use crate::{auth::Reader, problem::ApiError, state::AppState};

/// Filters for the inbox.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// `inbox` (the default), `unread`, `pinned`, `snoozed` or `dismissed`.
    #[serde(default)]
    #[param(inline)]
    view: View,
    /// One or more severities, separated by commas; absent means any.
    #[param(pattern = r"^(?:\s*(?:information|success|warning|error)?\s*(?:,|$))+$")]
    severity: Option<String>,
    /// The component, matched exactly.
    component: Option<String>,
    /// A category, matched without regard to case.
    category: Option<String>,
    /// The name of the sending person or API key, or of the key that sent for a person; matched without regard to case.
    sender: Option<String>,
    /// Only items stored at this time or later.
    after: Option<DateTime<Utc>>,
    /// Only items stored before this time.
    before: Option<DateTime<Utc>>,
    /// Search words. Each must be the beginning of a word of the title, description or component; case and accents are
    /// ignored. Symbols such as `%` and emoji count as words. Punctuation is ignored; a search without any word finds nothing.
    text: Option<String>,
}

impl InboxQuery {
    pub(super) fn filter(self) -> Result<Filter, ApiError> {
        let names = self.severity.iter().flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty());
        let severity = names.map(|name| {
            Severity::from_name(name).ok_or_else(|| ApiError::malformed("A severity is one of information, success, warning and error."))
        });
        let non_blank = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(Filter {
            view: self.view,
            severity: severity.collect::<Result<_, _>>()?,
            component: non_blank(self.component),
            category: non_blank(self.category),
            sender: non_blank(self.sender),
            after: self.after,
            before: self.before,
            text: non_blank(self.text),
        })
    }
}

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

/// Record a click on a button of an item.
///
/// The sender sees who clicked and when. Only the first click is recorded; repeating it changes nothing.
/// Clicks on buttons with a link are recorded as well.
#[utoipa::path(post, operation_id = "press_button", path = "/inbox/{id}/buttons/{button}/press", tag = "inbox", params(
    ("id" = Uuid, Path, description = "The notification's id"),
    ("button" = u32, Path, description = "The button's index in `buttons`, from 0"),
), responses(
    (status = 200, description = "The item; the button has `pressed_at`", body = Item),
    (status = 404, description = "The item is not in this inbox or has no such button"),
))]
pub async fn record_click(
    State(app): State<AppState>,
    Reader(who): Reader,
    Path((id, button)): Path<(Uuid, u32)>,
) -> Result<Body<Item>, ApiError> {
    Ok(Body(app.campanile.record_click(&who, id, button).await?))
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
