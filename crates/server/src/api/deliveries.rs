//! Deliveries, recipients and button clicks of a sent notification, and notifications scheduled for later.

use axum::{Json as Body, extract::State, http::StatusCode, response::Response};
use campanile_domain::{PersonId, store::Accepted};
use campanile_shared::{
    delivery::DeliveryPage,
    sent::{Later, PressPage, RecipientPage},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Path,
    page::{PageQuery, Paging},
};
use crate::{app::App, auth::Actor, problem::Refusal};

/// List the deliveries of a notification: one per channel and address, with every attempt, the earliest first.
#[utoipa::path(get, operation_id = "list_deliveries", path = "/notifications/{id}/deliveries", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page", body = DeliveryPage),
    (status = 404, description = "No notification has this id"),
))]
pub async fn deliveries(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>, paging: Paging) -> Result<Response, Refusal> {
    let found = app.campanile.deliveries(&by, id, paging.before()?, paging.limit()).await?;
    let next = found.next.clone();
    Ok(paging.respond(found, next.as_deref()))
}

/// How many deliveries are retried.
#[derive(Serialize, ToSchema)]
pub struct Again {
    /// The deliveries that had been rejected or given up.
    deliveries: u32,
}

/// Retry the deliveries that were rejected or given up.
#[utoipa::path(post, operation_id = "redeliver", path = "/notifications/{id}/redeliver", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "The deliveries are due now", body = Again),
    (status = 404, description = "No notification has this id"),
))]
pub async fn redeliver(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<Again>, Refusal> {
    Ok(Body(Again { deliveries: app.campanile.redeliver(&by, id).await? }))
}

/// List the people who received a notification when it was sent, and whether each has seen, read or dismissed it.
///
/// People who joined the audience later are not listed.
#[utoipa::path(get, operation_id = "list_recipients", path = "/notifications/{id}/recipients", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page, ordered by when the people were added", body = RecipientPage),
    (status = 404, description = "No notification has this id"),
))]
pub async fn recipients(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>, paging: Paging) -> Result<Response, Refusal> {
    let after = paging.before()?.and_then(|after| i64::try_from(after).ok()).map(PersonId);
    let found = app.campanile.recipients(&by, id, after, paging.limit()).await?;
    let next = found.next.clone();
    Ok(paging.respond(found, next.as_deref()))
}

/// List the clicks on a notification's buttons: who clicked which button and when first, the earliest first.
#[utoipa::path(get, operation_id = "list_presses", path = "/notifications/{id}/presses", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page", body = PressPage),
    (status = 404, description = "No notification has this id"),
))]
pub async fn presses(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>, paging: Paging) -> Result<Response, Refusal> {
    let found = app.campanile.presses(&by, id, paging.before()?, paging.limit()).await?;
    let next = found.next.clone();
    Ok(paging.respond(found, next.as_deref()))
}

/// A page of scheduled notifications.
#[derive(Serialize, ToSchema)]
pub struct LaterPage {
    /// The scheduled notifications, at most `limit` of them.
    items: Vec<Later>,
    /// The cursor of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List scheduled notifications, the next due first; those without a time come last.
#[utoipa::path(get, operation_id = "list_scheduled", path = "/scheduled", tag = "sending", params(PageQuery), responses(
    (status = 200, description = "A page", body = LaterPage),
))]
pub async fn scheduled(State(app): State<App>, Actor(by): Actor, paging: Paging) -> Result<Response, Refusal> {
    let (found, next) = app.campanile.scheduled(&by, paging.after()?, paging.limit()).await?;
    let items = found.into_iter().map(|one| Later {
        id: one.id,
        due_at: one.due_at,
        to: one.to,
        channel: one.message.channel,
        content: one.message.content,
        sender: one.message.source.sender,
        sender_kind: one.message.source.kind,
        through: one.message.source.through,
    });
    let page = LaterPage { items: items.collect(), next: next.map(|next| next.to_string()) };
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
pub async fn send_now(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<SentNow>, Refusal> {
    let Accepted { id, sequence, accepted_at, .. } = app.campanile.send_now(&by, id).await?;
    Ok(Body(SentNow { id, sequence, accepted_at }))
}

/// Cancel a scheduled notification.
#[utoipa::path(delete, operation_id = "delete_scheduled", path = "/scheduled/{id}", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 204, description = "Cancelled; it will not be sent"),
    (status = 404, description = "No scheduled notification has this id; it may have been sent already"),
))]
pub async fn unschedule(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Refusal> {
    app.campanile.unschedule(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
