//! The recipients of a sent notification.

use axum::{extract::State, response::Response};
use campanile_domain::PersonId;
use campanile_shared::sent::RecipientPage;
use uuid::Uuid;

use super::{
    extract::Path,
    pagination::{PageQuery, Pagination},
};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// List the people who received a notification when it was sent, and whether each has seen, read or dismissed it.
///
/// People who joined the audience later are not listed.
#[utoipa::path(get, operation_id = "list_recipients", path = "/notifications/{id}/recipients", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page, ordered by when the people were added", body = RecipientPage),
    (status = 404, description = "No notification has this id"),
))]
pub async fn recipients(
    State(app): State<AppState>,
    Actor(by): Actor,
    Path(id): Path<Uuid>,
    paging: Pagination,
) -> Result<Response, ApiError> {
    let after = paging.sequence_cursor()?.and_then(|after| i64::try_from(after).ok()).map(PersonId);
    let page = app.campanile.recipients(&by, id, after, paging.limit()).await?;
    let next = page.next.clone();
    Ok(paging.respond(page, next.as_deref()))
}
