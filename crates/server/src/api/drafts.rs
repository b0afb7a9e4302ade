//! Drafts that the signed-in person keeps.

use axum::{Json as Body, extract::State, http::StatusCode};
use campanile_shared::kept::{KeptDraft, Letter};
use uuid::Uuid;

use super::{Json, Path, page::List};
use crate::{app::App, auth::Person, problem::Refusal};

/// My drafts, the last saved first.
#[utoipa::path(get, operation_id = "list_drafts", path = "/drafts", tag = "sending", responses(
    (status = 200, description = "All of them, without what is in them", body = List<KeptDraft>),
))]
pub async fn drafts(State(app): State<App>, Person(who): Person) -> Result<Body<List<KeptDraft>>, Refusal> {
    Ok(Body(app.campanile.drafts(&who).await?.into()))
}

/// One of my drafts.
#[utoipa::path(get, operation_id = "get_draft", path = "/drafts/{id}", tag = "sending", params(("id" = Uuid, Path, description = "Its id")), responses(
    (status = 200, description = "The draft", body = Letter),
    (status = 404, description = "I have none of this id"),
))]
pub async fn draft(State(app): State<App>, Person(who): Person, Path(id): Path<Uuid>) -> Result<Body<Letter>, Refusal> {
    Ok(Body(app.campanile.draft(&who, id).await?))
}

/// Keep a draft, under an id of my choice, in place of the one that has it.
#[utoipa::path(put, operation_id = "put_draft", path = "/drafts/{id}", tag = "sending", request_body = Letter, params(("id" = Uuid, Path, description = "Its id")), responses(
    (status = 200, description = "Kept", body = KeptDraft),
    (status = 403, description = "The caller may not send"),
    (status = 422, description = "It is too long, or I have too many"),
))]
pub async fn keep(
    State(app): State<App>,
    Person(who): Person,
    Path(id): Path<Uuid>,
    Json(letter): Json<Letter>,
) -> Result<Body<KeptDraft>, Refusal> {
    Ok(Body(app.campanile.keep_draft(&who, id, letter).await?))
}

/// Forget one of my drafts.
#[utoipa::path(delete, operation_id = "delete_draft", path = "/drafts/{id}", tag = "sending", params(("id" = Uuid, Path, description = "Its id")), responses(
    (status = 204, description = "There is none of this id"),
))]
pub async fn forget(State(app): State<App>, Person(who): Person, Path(id): Path<Uuid>) -> Result<StatusCode, Refusal> {
    app.campanile.forget_draft(&who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
