//! Taking back what was sent, and correcting it.

use axum::{Json as Body, extract::State};
use campanile_shared::sent::{Correction, Sent};
use uuid::Uuid;

use super::{Json, Path};
use crate::{app::App, auth::Actor, problem::Refusal};

/// Take a notification back: it leaves every inbox at once, and what is still to be delivered is not.
///
/// Its text stays for those who may see what was sent. Doing it again changes nothing.
#[utoipa::path(post, operation_id = "recall_notification", path = "/notifications/{id}/recall", tag = "sending", params(("id" = Uuid, Path, description = "Its id")), responses(
    (status = 200, description = "It is in nobody's inbox", body = Sent),
    (status = 403, description = "The caller may not send, or not see what was sent"),
    (status = 404, description = "There is none of this id"),
))]
pub async fn recall(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<Sent>, Refusal> {
    Ok(Body(app.campanile.recall(&by, id).await?))
}

/// Correct what a notification says: every inbox shows the new content at once.
#[utoipa::path(put, operation_id = "correct_notification", path = "/notifications/{id}/content", tag = "sending", request_body = Correction,
    params(("id" = Uuid, Path, description = "Its id")), responses(
    (status = 200, description = "It says this now", body = Sent),
    (status = 403, description = "The caller may not send, or not see what was sent"),
    (status = 404, description = "There is none of this id in any inbox"),
    (status = 422, description = "Some fields need mending"),
))]
pub async fn correct(
    State(app): State<App>,
    Actor(by): Actor,
    Path(id): Path<Uuid>,
    Json(correction): Json<Correction>,
) -> Result<Body<Sent>, Refusal> {
    Ok(Body(app.campanile.correct(&by, id, correction.content).await?))
}
