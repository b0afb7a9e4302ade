//! What became of what was sent, and what is still to be sent.

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

/// The deliveries of a notification: every channel and address with every attempt, the earliest first.
#[utoipa::path(get, operation_id = "list_deliveries", path = "/notifications/{id}/deliveries", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page", body = DeliveryPage),
    (status = 404, description = "There is no notification of this id"),
))]
pub async fn deliveries(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>, paging: Paging) -> Result<Response, Refusal> {
    let found = app.campanile.deliveries(&by, id, paging.before()?, paging.limit()).await?;
    let next = found.next.clone();
    Ok(paging.respond(found, next.as_deref()))
}

/// How many deliveries are tried again.
#[derive(Serialize, ToSchema)]
pub struct Again {
    /// Those that were rejected or given up before.
    deliveries: u32,
}

/// Try again what was rejected or given up.
#[utoipa::path(post, operation_id = "redeliver", path = "/notifications/{id}/redeliver", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "They are due now", body = Again),
    (status = 404, description = "There is no notification of this id"),
))]
pub async fn redeliver(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<Again>, Refusal> {
    Ok(Body(Again { deliveries: app.campanile.redeliver(&by, id).await? }))
}

/// Those whom a notification reached when it was sent, nobody who came later, and who of them has seen and read it.
#[utoipa::path(get, operation_id = "list_recipients", path = "/notifications/{id}/recipients", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page, by the time they came", body = RecipientPage),
    (status = 404, description = "There is no notification of this id"),
))]
pub async fn recipients(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>, paging: Paging) -> Result<Response, Refusal> {
    let after = paging.before()?.and_then(|after| i64::try_from(after).ok()).map(PersonId);
    let found = app.campanile.recipients(&by, id, after, paging.limit()).await?;
    let next = found.next.clone();
    Ok(paging.respond(found, next.as_deref()))
}

/// Who pressed which of a notification's buttons, and when first: the earliest first.
#[utoipa::path(get, operation_id = "list_presses", path = "/notifications/{id}/presses", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page", body = PressPage),
    (status = 404, description = "There is no notification of this id"),
))]
pub async fn presses(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>, paging: Paging) -> Result<Response, Refusal> {
    let found = app.campanile.presses(&by, id, paging.before()?, paging.limit()).await?;
    let next = found.next.clone();
    Ok(paging.respond(found, next.as_deref()))
}

/// A page of what is to be sent later.
#[derive(Serialize, ToSchema)]
pub struct LaterPage {
    /// At most as many as were asked for.
    items: Vec<Later>,
    /// The cursor of the page that follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What is to be sent later, the next first; drafts come last.
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

/// A notification that was sent before its time.
#[derive(Serialize, ToSchema)]
pub struct SentNow {
    /// Its id.
    id: Uuid,
    /// Its place in the tenant's order.
    sequence: u64,
    /// When it was stored.
    accepted_at: DateTime<Utc>,
}

/// Send something now that is to be sent later, or a draft.
#[utoipa::path(post, operation_id = "send_scheduled", path = "/scheduled/{id}/send", tag = "sending", params(("id" = Uuid, Path, description = "Its id")), responses(
    (status = 200, description = "Stored", body = SentNow),
    (status = 404, description = "There is none of this id; it may have been sent"),
))]
pub async fn send_now(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<SentNow>, Refusal> {
    let Accepted { id, sequence, accepted_at, .. } = app.campanile.send_now(&by, id).await?;
    Ok(Body(SentNow { id, sequence, accepted_at }))
}

/// Take back something that is to be sent later.
#[utoipa::path(delete, operation_id = "delete_scheduled", path = "/scheduled/{id}", tag = "sending", params(("id" = Uuid, Path, description = "Its id")), responses(
    (status = 204, description = "It will not be sent"),
    (status = 404, description = "There is none of this id; it may have been sent"),
))]
pub async fn unschedule(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Refusal> {
    app.campanile.unschedule(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
