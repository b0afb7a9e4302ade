//! The signed-in person's inbox: list, filter, count and change its items.

use axum::{Json as Body, extract::State, response::Response};
use campanile_shared::{Change, Changed, Filter, Item, Matching, Page, Severity, Snapshot, View, schema::Sequence};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Json, Path, Query,
    page::{List, PageQuery, Paging},
};
use crate::{app::App, auth::Reader, problem::Refusal};

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
    pub(super) fn filter(self) -> Result<Filter, Refusal> {
        let names = self.severity.iter().flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty());
        let severity = names.map(|name| {
            Severity::from_name(name).ok_or_else(|| Refusal::malformed("A severity is one of information, success, warning and error."))
        });
        let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(Filter {
            view: self.view,
            severity: severity.collect::<Result<_, _>>()?,
            component: some(self.component),
            category: some(self.category),
            sender: some(self.sender),
            after: self.after,
            before: self.before,
            text: some(self.text),
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
pub async fn page(
    State(app): State<App>,
    Reader(who): Reader,
    Query(query): Query<InboxQuery>,
    paging: Paging,
) -> Result<Response, Refusal> {
    let found = app.campanile.inbox(&who, &query.filter()?, paging.after()?, paging.limit()).await?;
    let next = found.next.clone();
    Ok(paging.respond(found, next.as_deref()))
}

/// Count the items that match a filter.
#[utoipa::path(get, operation_id = "count_inbox", path = "/inbox/matching", tag = "inbox", params(InboxQuery), responses(
    (status = 200, description = "The count", body = Matching),
    (status = 400, description = "A parameter cannot be read"),
))]
pub async fn matching(State(app): State<App>, Reader(who): Reader, Query(query): Query<InboxQuery>) -> Result<Body<Matching>, Refusal> {
    Ok(Body(app.campanile.count_matching(&who, &query.filter()?).await?))
}

/// Get one item with its text in every language it was sent in.
#[utoipa::path(get, operation_id = "get_item", path = "/inbox/{id}", tag = "inbox", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "The item", body = Item),
    (status = 404, description = "The item is not in this inbox"),
))]
pub async fn item(State(app): State<App>, Reader(who): Reader, Path(id): Path<Uuid>) -> Result<Body<Item>, Refusal> {
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
pub async fn press(State(app): State<App>, Reader(who): Reader, Path((id, button)): Path<(Uuid, u32)>) -> Result<Body<Item>, Refusal> {
    Ok(Body(app.campanile.press(&who, id, button).await?))
}

/// Get the counts that the bell shows.
#[utoipa::path(get, operation_id = "get_counts", path = "/inbox/counts", tag = "inbox", responses((status = 200, description = "The counts", body = Snapshot)))]
pub async fn counts(State(app): State<App>, Reader(who): Reader) -> Result<Body<Snapshot>, Refusal> {
    Ok(Body(app.campanile.counts(&who).await?))
}

/// List the components of my notifications, for filters.
#[utoipa::path(get, operation_id = "list_components", path = "/inbox/components", tag = "inbox", responses((status = 200, description = "In alphabetical order", body = List<String>)))]
pub async fn components(State(app): State<App>, Reader(who): Reader) -> Result<Body<List<String>>, Refusal> {
    Ok(Body(app.campanile.components(&who).await?.into()))
}

/// Change the given items, or all that match a filter.
///
/// A snoozed item returns at its time, unread and above the others. Dismissing an item ends its snooze.
#[utoipa::path(post, operation_id = "change_items", path = "/inbox/changes", tag = "inbox", request_body = Change, responses(
    (status = 200, description = "Changed; `undo` reverts it", body = Changed),
    (status = 422, description = "Some fields are invalid"),
))]
pub async fn change(State(app): State<App>, Reader(who): Reader, Json(change): Json<Change>) -> Result<Body<Changed>, Refusal> {
    Ok(Body(app.campanile.change(&who, change).await?))
}

/// The change to undo.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// The `undo` value of the change's response.
    undo: Uuid,
}

/// Undo a change within ten minutes.
#[utoipa::path(post, operation_id = "undo_change", path = "/inbox/undo", tag = "inbox", request_body = Undo, responses(
    (status = 200, description = "Undone", body = Changed),
    (status = 404, description = "The change is older than ten minutes or was already undone"),
))]
pub async fn undo(State(app): State<App>, Reader(who): Reader, Json(undo): Json<Undo>) -> Result<Body<Changed>, Refusal> {
    Ok(Body(app.campanile.undo(&who, undo.undo).await?))
}

/// Which items were seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The sequence of the newest item that was on screen.
    #[schema(value_type = Sequence)]
    up_to: u64,
}

/// Mark all items up to a sequence as seen.
#[utoipa::path(post, operation_id = "mark_seen", path = "/inbox/seen", tag = "inbox", request_body = Seen, responses((status = 200, description = "Marked as seen", body = Snapshot)))]
pub async fn see(State(app): State<App>, Reader(who): Reader, Json(seen): Json<Seen>) -> Result<Body<Snapshot>, Refusal> {
    Ok(Body(app.campanile.see(&who, seen.up_to).await?))
}
