//! What became of what was sent, and what is still to be sent.

use axum::{
    Json as Body,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::Response,
};
use campanile_domain::PersonId;
use campanile_shared::{Audience, Content, Person, Problem, delivery::DeliveryPage};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Path, Query,
    page::{self, List, PageQuery},
};
use crate::{app::App, auth::Actor, problem::Refusal};

/// The deliveries of a notification: every channel and address with every attempt, the earliest first.
#[utoipa::path(get, path = "/notifications/{id}/deliveries", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page", body = DeliveryPage),
    (status = 404, description = "There is no notification of this id", body = Problem),
))]
pub async fn deliveries(
    State(app): State<App>,
    Actor(by): Actor,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Refusal> {
    let found = app.campanile.deliveries(&by, id, query.before()?, query.limit()).await?;
    let next = found.next.clone();
    Ok(page::respond(found, next.as_deref(), &uri))
}

/// How many deliveries are tried again.
#[derive(Serialize, ToSchema)]
pub struct Again {
    /// Those that were rejected or given up before.
    deliveries: u32,
}

/// Try again what was rejected or given up.
#[utoipa::path(post, path = "/notifications/{id}/redeliver", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "They are due now", body = Again),
    (status = 404, description = "There is no notification of this id", body = Problem),
))]
pub async fn redeliver(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<Again>, Refusal> {
    Ok(Body(Again { deliveries: app.campanile.redeliver(&by, id).await? }))
}

/// Those whom a notification reached when it was sent: nobody who came later.
#[utoipa::path(get, path = "/notifications/{id}/recipients", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page", body = List<Person>),
    (status = 404, description = "There is no notification of this id", body = Problem),
))]
pub async fn recipients(
    State(app): State<App>,
    Actor(by): Actor,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Refusal> {
    let after = query.before()?.and_then(|after| i64::try_from(after).ok()).map(PersonId);
    let (items, next) = app.campanile.recipients(&by, id, after, query.limit()).await?;
    Ok(page::respond(List { items }, next.map(|next| next.0.to_string()).as_deref(), &uri))
}

/// Something that is to be sent later.
#[derive(Serialize, ToSchema)]
pub struct Later {
    /// The id it will have.
    id: Uuid,
    /// When it is sent; absent for a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
    /// Who it is for.
    to: Audience,
    /// What it says.
    content: Vec<Content>,
    /// Who wrote it.
    sender: String,
}

/// What is to be sent later, the next first; drafts come last.
#[utoipa::path(get, path = "/scheduled", tag = "sending", responses(
    (status = 200, description = "All of it", body = List<Later>),
))]
pub async fn scheduled(State(app): State<App>, Actor(by): Actor) -> Result<Body<List<Later>>, Refusal> {
    let items = app.campanile.scheduled(&by).await?.into_iter().map(|one| Later {
        id: one.id,
        due_at: one.due_at,
        to: one.to,
        content: one.message.content,
        sender: one.message.source.sender,
    });
    Ok(Body(List { items: items.collect() }))
}

/// Take back something that is to be sent later.
#[utoipa::path(delete, path = "/scheduled/{id}", tag = "sending", params(("id" = Uuid, Path, description = "Its id")), responses(
    (status = 204, description = "It will not be sent"),
    (status = 404, description = "There is none of this id; it may have been sent", body = Problem),
))]
pub async fn unschedule(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Refusal> {
    app.campanile.unschedule(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
