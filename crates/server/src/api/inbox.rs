//! One's own inbox.

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

/// Which items.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// `inbox` (when absent), `unread`, `pinned`, `snoozed` or `dismissed`.
    #[serde(default)]
    #[param(inline)]
    view: View,
    /// Any of these severities, divided by commas; absent means any.
    #[param(pattern = r"^(?:\s*(?:information|success|warning|error)?\s*(?:,|$))+$")]
    severity: Option<String>,
    /// This component, letter by letter.
    component: Option<String>,
    /// This category, whatever the case of its letters.
    category: Option<String>,
    /// The person or key of this name sent it, or the key through which a person did, whatever the case of its letters.
    sender: Option<String>,
    /// Stored at this instant or later.
    after: Option<DateTime<Utc>>,
    /// Stored before this instant.
    before: Option<DateTime<Utc>>,
    /// Words that begin words of title, description or component, all of them, whatever their case and accents; signs such as `%`
    /// or an emoji are words. Punctuation says nothing, and what says nothing finds nothing.
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

/// A page of the inbox, the newest item first.
///
/// A page may hold fewer items than asked for, even none, and still have a `next`: follow it
/// until it is absent.
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

/// How many items match.
#[utoipa::path(get, operation_id = "count_inbox", path = "/inbox/matching", tag = "inbox", params(InboxQuery), responses(
    (status = 200, description = "The number", body = Matching),
    (status = 400, description = "A parameter cannot be read"),
))]
pub async fn matching(State(app): State<App>, Reader(who): Reader, Query(query): Query<InboxQuery>) -> Result<Body<Matching>, Refusal> {
    Ok(Body(app.campanile.count_matching(&who, &query.filter()?).await?))
}

/// One item, in every language it was written in.
#[utoipa::path(get, operation_id = "get_item", path = "/inbox/{id}", tag = "inbox", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "The item", body = Item),
    (status = 404, description = "It is not in this inbox"),
))]
pub async fn item(State(app): State<App>, Reader(who): Reader, Path(id): Path<Uuid>) -> Result<Body<Item>, Refusal> {
    Ok(Body(app.campanile.inbox_item(&who, id).await?))
}

/// Press a button of an item.
///
/// Who pressed it and when is kept for its sender; the first time counts, and pressing it again
/// changes nothing. A button that leads somewhere can be pressed as well.
#[utoipa::path(post, operation_id = "press_button", path = "/inbox/{id}/buttons/{button}/press", tag = "inbox", params(
    ("id" = Uuid, Path, description = "The notification's id"),
    ("button" = u32, Path, description = "The button's place in `buttons`, from 0"),
), responses(
    (status = 200, description = "The item, its button with `pressed_at`", body = Item),
    (status = 404, description = "It is not in this inbox, or has no such button"),
))]
pub async fn press(State(app): State<App>, Reader(who): Reader, Path((id, button)): Path<(Uuid, u32)>) -> Result<Body<Item>, Refusal> {
    Ok(Body(app.campanile.press(&who, id, button).await?))
}

/// The numbers on the bell.
#[utoipa::path(get, operation_id = "get_counts", path = "/inbox/counts", tag = "inbox", responses((status = 200, description = "The numbers", body = Snapshot)))]
pub async fn counts(State(app): State<App>, Reader(who): Reader) -> Result<Body<Snapshot>, Refusal> {
    Ok(Body(app.campanile.counts(&who).await?))
}

/// The components of my notifications, to filter by.
#[utoipa::path(get, operation_id = "list_components", path = "/inbox/components", tag = "inbox", responses((status = 200, description = "In alphabetical order", body = List<String>)))]
pub async fn components(State(app): State<App>, Reader(who): Reader) -> Result<Body<List<String>>, Refusal> {
    Ok(Body(app.campanile.components(&who).await?.into()))
}

/// Change some items, or all that match a filter.
///
/// What is snoozed comes back unread at its time, above the others; to dismiss it ends that as well.
#[utoipa::path(post, operation_id = "change_items", path = "/inbox/changes", tag = "inbox", request_body = Change, responses(
    (status = 200, description = "Changed; `undo` takes it back", body = Changed),
    (status = 422, description = "Some fields need mending"),
))]
pub async fn change(State(app): State<App>, Reader(who): Reader, Json(change): Json<Change>) -> Result<Body<Changed>, Refusal> {
    Ok(Body(app.campanile.change(&who, change).await?))
}

/// A change to take back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// The `undo` of the change's answer.
    undo: Uuid,
}

/// Take a fresh change back.
#[utoipa::path(post, operation_id = "undo_change", path = "/inbox/undo", tag = "inbox", request_body = Undo, responses(
    (status = 200, description = "Taken back", body = Changed),
    (status = 404, description = "It is older than ten minutes, or was taken back before"),
))]
pub async fn undo(State(app): State<App>, Reader(who): Reader, Json(undo): Json<Undo>) -> Result<Body<Changed>, Refusal> {
    Ok(Body(app.campanile.undo(&who, undo.undo).await?))
}

/// How far one looked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The sequence of the newest item that was in sight.
    #[schema(value_type = Sequence)]
    up_to: u64,
}

/// Note that everything up to a sequence was in sight.
#[utoipa::path(post, operation_id = "mark_seen", path = "/inbox/seen", tag = "inbox", request_body = Seen, responses((status = 200, description = "Noted", body = Snapshot)))]
pub async fn see(State(app): State<App>, Reader(who): Reader, Json(seen): Json<Seen>) -> Result<Body<Snapshot>, Refusal> {
    Ok(Body(app.campanile.see(&who, seen.up_to).await?))
}
