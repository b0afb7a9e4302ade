//! Notifications scheduled for later.

use axum::{Json as Body, extract::State, http::StatusCode, response::Response};
use campanile_domain::model::idempotency::Accepted;
use campanile_shared::sent::ScheduledEntry;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    extract::Path,
    pagination::{PageQuery, Pagination},
};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// A page of scheduled notifications.
#[derive(Serialize, ToSchema)]
pub struct ScheduledPage {
    /// The scheduled notifications, at most `limit` of them.
    items: Vec<ScheduledEntry>,
    /// The cursor of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List scheduled notifications, the next due first; those without a time come last.
#[utoipa::path(get, operation_id = "list_scheduled", path = "/scheduled", tag = "sending", params(PageQuery), responses(
    (status = 200, description = "A page", body = ScheduledPage),
))]
pub async fn scheduled(State(app): State<AppState>, Actor(by): Actor, paging: Pagination) -> Result<Response, ApiError> {
    let (found, next) = app.campanile.scheduled(&by, paging.parse_cursor()?, paging.limit()).await?;
    let items = found.into_iter().map(|one| ScheduledEntry {
        id: one.id,
        due_at: one.due_at,
        to: one.to,
        channel: one.message.channel,
        content: one.message.content,
        sender: one.message.source.sender,
        sender_kind: one.message.source.kind,
        through: one.message.source.through,
    });
    let page = ScheduledPage { items: items.collect(), next: next.map(|next| next.to_string()) };
    let next = page.next.clone();
    Ok(paging.respond(page, next.as_deref()))
}

/// A scheduled notification that was sent early.
#[derive(Serialize, ToSchema)]
pub struct SentNow {
    /// The notification's id.
    id: Uuid,
    /// Its sequence number in the tenant.
    sequence: u64,
    /// When it was stored.
    accepted_at: DateTime<Utc>,
}

/// Send a scheduled notification, or one without a time, now.
#[utoipa::path(post, operation_id = "send_scheduled", path = "/scheduled/{id}/send", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "Stored", body = SentNow),
    (status = 404, description = "No scheduled notification has this id; it may have been sent already"),
))]
pub async fn send_scheduled_now(State(app): State<AppState>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<SentNow>, ApiError> {
    let Accepted { id, sequence, accepted_at, .. } = app.campanile.send_now(&by, id).await?;
    Ok(Body(SentNow { id, sequence, accepted_at }))
}

/// Cancel a scheduled notification.
#[utoipa::path(delete, operation_id = "delete_scheduled", path = "/scheduled/{id}", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 204, description = "Cancelled; it will not be sent"),
    (status = 404, description = "No scheduled notification has this id; it may have been sent already"),
))]
pub async fn cancel_scheduled(State(app): State<AppState>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<StatusCode, ApiError> {
    app.campanile.cancel_scheduled(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
