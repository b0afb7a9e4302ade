//! The signed-in person's saved drafts.

use axum::{Json as Body, extract::State, http::StatusCode};
use campanile_shared::kept::{KeptDraft, Letter};
use uuid::Uuid;

use super::{Json, Path, page::List};
use crate::{app::App, auth::Person, problem::Refusal};

/// List my saved drafts, the last saved first.
#[utoipa::path(get, operation_id = "list_drafts", path = "/drafts", tag = "sending", responses(
    (status = 200, description = "All drafts, without their content", body = List<KeptDraft>),
))]
pub async fn drafts(State(app): State<App>, Person(who): Person) -> Result<Body<List<KeptDraft>>, Refusal> {
    Ok(Body(app.campanile.drafts(&who).await?.into()))
}

/// Get one of my saved drafts.
#[utoipa::path(get, operation_id = "get_draft", path = "/drafts/{id}", tag = "sending", params(("id" = Uuid, Path, description = "The draft's id")), responses(
    (status = 200, description = "The draft", body = Letter),
    (status = 404, description = "No draft of mine has this id"),
))]
pub async fn draft(State(app): State<App>, Person(who): Person, Path(id): Path<Uuid>) -> Result<Body<Letter>, Refusal> {
    Ok(Body(app.campanile.draft(&who, id).await?))
}

/// Save a draft under an id chosen by the client. An existing draft with this id is replaced.
#[utoipa::path(put, operation_id = "put_draft", path = "/drafts/{id}", tag = "sending", request_body = Letter, params(("id" = Uuid, Path, description = "The draft's id")), responses(
    (status = 200, description = "Saved", body = KeptDraft),
    (status = 403, description = "The caller may not send"),
    (status = 422, description = "The draft is too long, or I have too many drafts"),
))]
pub async fn keep(
    State(app): State<App>,
    Person(who): Person,
    Path(id): Path<Uuid>,
    Json(letter): Json<Letter>,
) -> Result<Body<KeptDraft>, Refusal> {
    Ok(Body(app.campanile.keep_draft(&who, id, letter).await?))
}

/// Delete one of my saved drafts.
#[utoipa::path(delete, operation_id = "delete_draft", path = "/drafts/{id}", tag = "sending", params(("id" = Uuid, Path, description = "The draft's id")), responses(
    (status = 204, description = "Deleted, or there was none"),
))]
pub async fn forget(State(app): State<App>, Person(who): Person, Path(id): Path<Uuid>) -> Result<StatusCode, Refusal> {
    app.campanile.forget_draft(&who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
