//! Recalls and corrects sent notifications.

use axum::{Json as Body, extract::State};
use campanile_shared::sent::{Correction, SentNotification};
use uuid::Uuid;

use super::{body::Json, extract::Path};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// Recall a notification: it is removed from every inbox, and its pending deliveries are cancelled.
///
/// Its text stays visible to those who may see sent notifications. Repeating the call changes nothing.
#[utoipa::path(post, operation_id = "recall_notification", path = "/notifications/{id}/recall", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "Recalled", body = SentNotification),
    (status = 403, description = "The caller may not send or may not see sent notifications"),
    (status = 404, description = "No notification has this id"),
))]
pub async fn recall_notification(
    State(app): State<AppState>,
    Actor(by): Actor,
    Path(id): Path<Uuid>,
) -> Result<Body<SentNotification>, ApiError> {
    Ok(Body(app.campanile.recall(&by, id).await?))
}

/// Correct a notification: every inbox shows the new content.
#[utoipa::path(put, operation_id = "correct_notification", path = "/notifications/{id}/content", tag = "sending", request_body = Correction,
    params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "Corrected", body = SentNotification),
    (status = 403, description = "The caller may not send or may not see sent notifications"),
    (status = 404, description = "No notification in any inbox has this id"),
    (status = 422, description = "Some fields are invalid"),
))]
pub async fn correct_notification(
    State(app): State<AppState>,
    Actor(by): Actor,
    Path(id): Path<Uuid>,
    Json(correction): Json<Correction>,
) -> Result<Body<SentNotification>, ApiError> {
    Ok(Body(app.campanile.correct(&by, id, correction.content).await?))
}
