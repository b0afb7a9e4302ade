//! The signed-in person's saved drafts.

use axum::{Json as Body, extract::State, http::StatusCode};
use campanile_shared::saved_draft::{SavedDraft, SavedDraftContent};
use uuid::Uuid;

use super::{body::Json, extract::Path, pagination::List};
use crate::{auth::Person, problem::ApiError, state::AppState};

/// List my saved drafts, the last saved first.
#[utoipa::path(get, operation_id = "list_drafts", path = "/drafts", tag = "sending", responses(
    (status = 200, description = "All drafts, without their content", body = List<SavedDraft>),
))]
pub async fn list_drafts(State(app): State<AppState>, Person(who): Person) -> Result<Body<List<SavedDraft>>, ApiError> {
    Ok(Body(app.campanile.saved_drafts(&who).await?.into()))
}

/// Get one of my saved drafts.
#[utoipa::path(get, operation_id = "get_draft", path = "/drafts/{id}", tag = "sending", params(("id" = Uuid, Path, description = "The draft's id")), responses(
    (status = 200, description = "The draft", body = SavedDraftContent),
    (status = 404, description = "No draft of mine has this id"),
))]
pub async fn get_draft(
    State(app): State<AppState>,
    Person(who): Person,
    Path(id): Path<Uuid>,
) -> Result<Body<SavedDraftContent>, ApiError> {
    Ok(Body(app.campanile.saved_draft(&who, id).await?))
}

/// Save a draft under an id chosen by the client. An existing draft with this id is replaced.
#[utoipa::path(put, operation_id = "put_draft", path = "/drafts/{id}", tag = "sending", request_body = SavedDraftContent, params(("id" = Uuid, Path, description = "The draft's id")), responses(
    (status = 200, description = "Saved", body = SavedDraft),
    (status = 403, description = "The caller may not send"),
    (status = 422, description = "The draft is too long, or I have too many drafts"),
))]
pub async fn save_draft(
    State(app): State<AppState>,
    Person(who): Person,
    Path(id): Path<Uuid>,
    Json(letter): Json<SavedDraftContent>,
) -> Result<Body<SavedDraft>, ApiError> {
    Ok(Body(app.campanile.save_draft(&who, id, letter).await?))
}

/// Delete one of my saved drafts.
#[utoipa::path(delete, operation_id = "delete_draft", path = "/drafts/{id}", tag = "sending", params(("id" = Uuid, Path, description = "The draft's id")), responses(
    (status = 204, description = "Deleted, or there was none"),
))]
pub async fn delete_draft(State(app): State<AppState>, Person(who): Person, Path(id): Path<Uuid>) -> Result<StatusCode, ApiError> {
    app.campanile.delete_draft(&who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
