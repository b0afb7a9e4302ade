//! The deliveries of a sent notification.

use axum::{Json as Body, extract::State, response::Response};
use campanile_shared::delivery::DeliveryPage;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    extract::Path,
    pagination::{PageQuery, Pagination},
};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// List the deliveries of a notification: one per channel and address, with every attempt, the earliest first.
#[utoipa::path(get, operation_id = "list_deliveries", path = "/notifications/{id}/deliveries", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page", body = DeliveryPage),
    (status = 404, description = "No notification has this id"),
))]
pub async fn deliveries(
    State(app): State<AppState>,
    Actor(by): Actor,
    Path(id): Path<Uuid>,
    paging: Pagination,
) -> Result<Response, ApiError> {
    let page = app.campanile.deliveries(&by, id, paging.sequence_cursor()?, paging.limit()).await?;
    let next = page.next.clone();
    Ok(paging.respond(page, next.as_deref()))
}

/// How many deliveries are retried.
#[derive(Serialize, ToSchema)]
pub struct RedeliverResult {
    /// The deliveries that had been rejected or given up.
    deliveries: u32,
}

/// Retry the deliveries that were rejected or given up.
#[utoipa::path(post, operation_id = "redeliver", path = "/notifications/{id}/redeliver", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "The deliveries are due now", body = RedeliverResult),
    (status = 404, description = "No notification has this id"),
))]
pub async fn redeliver(State(app): State<AppState>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<RedeliverResult>, ApiError> {
    Ok(Body(RedeliverResult { deliveries: app.campanile.redeliver(&by, id).await? }))
}
