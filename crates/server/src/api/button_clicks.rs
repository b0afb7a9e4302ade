//! Clicks on the buttons of a notification.

use axum::{Json as Body, extract::State, response::Response};
use campanile_shared::{Item, sent::ButtonClickPage};
use uuid::Uuid;

use super::{
    extract::Path,
    pagination::{PageQuery, Pagination},
};
use crate::{
    auth::{Actor, Reader},
    problem::ApiError,
    state::AppState,
};

/// Record a click on a button of an item.
///
/// The sender sees who clicked and when. Only the first click is recorded; repeating it changes nothing.
/// Clicks on buttons with a link are recorded as well.
#[utoipa::path(post, operation_id = "press_button", path = "/inbox/{id}/buttons/{button}/press", tag = "inbox", params(
    ("id" = Uuid, Path, description = "The notification's id"),
    ("button" = u32, Path, description = "The button's index in `buttons`, from 0"),
), responses(
    (status = 200, description = "The item; the button has `pressed_at`", body = Item),
    (status = 404, description = "The item is not in this inbox or has no such button"),
))]
pub async fn record_click(
    State(app): State<AppState>,
    Reader(who): Reader,
    Path((id, button)): Path<(Uuid, u32)>,
) -> Result<Body<Item>, ApiError> {
    Ok(Body(app.campanile.record_click(&who, id, button).await?))
}

/// List the clicks on a notification's buttons: who clicked which button and when first, the earliest first.
#[utoipa::path(get, operation_id = "list_presses", path = "/notifications/{id}/presses", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id"), PageQuery), responses(
    (status = 200, description = "A page", body = ButtonClickPage),
    (status = 404, description = "No notification has this id"),
))]
pub async fn button_clicks(
    State(app): State<AppState>,
    Actor(by): Actor,
    Path(id): Path<Uuid>,
    paging: Pagination,
) -> Result<Response, ApiError> {
    let page = app.campanile.button_clicks(&by, id, paging.sequence_cursor()?, paging.limit()).await?;
    let next = page.next.clone();
    Ok(paging.respond(page, next.as_deref()))
}
