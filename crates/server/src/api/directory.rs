//! The directory of people, objects and relations.

pub mod export;
pub mod import;
mod ndjson;
pub mod queries;

use axum::{Json as Body, extract::State, http::StatusCode};
use campanile_shared::directory::{Record, Relation};
use serde::Serialize;
use utoipa::ToSchema;

use super::{body::Json, extract::Path};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// The result of a change.
#[derive(Serialize, ToSchema)]
pub struct ChangeResult {
    /// Whether anything changed; `false` when it was already so.
    changed: bool,
}

/// Add or change a person, name an object, or add a relation.
///
/// Changing relations of the object `tenant`, such as who administers it, requires administrator rights.
#[utoipa::path(put, operation_id = "put_record", path = "/directory", tag = "directory", request_body = Record, responses(
    (status = 200, description = "The record is stored", body = ChangeResult),
    (status = 409, description = "The login or an external id belongs to another person"),
    (status = 422, description = "A field is invalid, or a person is unknown"),
))]
pub async fn put_record(State(app): State<AppState>, Actor(by): Actor, Json(record): Json<Record>) -> Result<Body<ChangeResult>, ApiError> {
    Ok(Body(ChangeResult { changed: app.campanile.put_record(&by, record).await? }))
}

/// End a relation. Notifications that were sent before stay in their inboxes.
///
/// Ending a relation of the object `tenant` requires administrator rights; the last administrator cannot be removed.
#[utoipa::path(delete, operation_id = "end_relation", path = "/directory", tag = "directory", request_body = Relation, responses(
    (status = 200, description = "The relation does not exist any more", body = ChangeResult),
    (status = 403, description = "The caller may not change the directory, or does not administer the tenant"),
    (status = 409, description = "The person is the tenant's last administrator"),
))]
pub async fn end_relation(
    State(app): State<AppState>,
    Actor(by): Actor,
    Json(relation): Json<Relation>,
) -> Result<Body<ChangeResult>, ApiError> {
    Ok(Body(ChangeResult { changed: app.campanile.end_relation(&by, &relation).await? > 0 }))
}

/// Remove a person with their inbox, sessions and relations.
#[utoipa::path(delete, operation_id = "remove_person", path = "/directory/people/{login}", tag = "directory", params(("login" = String, Path, description = "Login or external id")), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "The person is an administrator, and the caller does not administer the tenant"),
    (status = 404, description = "No person has this login or external id"),
    (status = 409, description = "The person is the tenant's last administrator"),
))]
pub async fn remove_person(State(app): State<AppState>, Actor(by): Actor, Path(login): Path<String>) -> Result<StatusCode, ApiError> {
    app.campanile.remove_person(&by, &login).await?;
    Ok(StatusCode::NO_CONTENT)
}
