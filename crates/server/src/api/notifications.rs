//! Sends notifications and lists the sent ones.

use axum::{
    Json as Body,
    body::Bytes,
    extract::{FromRequest, OriginalUri, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_shared::{
    Receipt, SendRequest,
    sent::{SentNotification, SentPage},
};
use uuid::Uuid;

use super::{
    body,
    extract::Path,
    pagination::{PageQuery, Pagination},
};
use crate::{auth::Actor, idempotency, problem::ApiError, state::AppState};

/// Send a notification.
///
/// The response means that it is stored. Repeating a request with the same `Idempotency-Key` within
/// 24 hours returns the first response and sends nothing.
#[utoipa::path(post, operation_id = "send_notification", path = "/notifications", tag = "sending", request_body = SendRequest,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "1 to 255 visible ASCII characters, unique for each notification")),
    responses(
        (status = 201, description = "Stored", body = Receipt, headers(("Location" = String, description = "The notification's URL"))),
        (status = 409, description = "The first request with this Idempotency-Key is still running"),
        (status = 422, description = "Some fields are invalid, or the Idempotency-Key was used with another body"),
        (status = 507, description = "The disk is full; nothing was stored"),
    ))]
pub async fn send(
    State(app): State<AppState>,
    Actor(by): Actor,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Response, ApiError> {
    let sent = Bytes::from_request(request, &app).await?;
    let key = idempotency::from_headers(&headers).map_err(ApiError::malformed)?;
    let idempotency_key = key.map(|key| idempotency::scoped_key(&by, "v1", key, &sent));
    let send_request = body::parse::<SendRequest>(&headers, &sent)?;
    let receipt = app.campanile.send(&by, send_request, idempotency_key).await?;
    app.metrics.notification_accepted("campanile");
    let location = format!("{}/{}", uri.path().trim_end_matches('/'), receipt.id);
    let mut response = (StatusCode::CREATED, Body(receipt)).into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// List the notifications that the tenant sent, the newest first.
#[utoipa::path(get, operation_id = "list_sent", path = "/notifications", tag = "sending", params(PageQuery), responses(
    (status = 200, description = "A page", body = SentPage),
    (status = 403, description = "The caller may not see sent notifications"),
))]
pub async fn list_sent(State(app): State<AppState>, Actor(by): Actor, paging: Pagination) -> Result<Response, ApiError> {
    let _turn = app.list_limiter.build_permit().await;
    let page = app.campanile.sent_page(&by, paging.sequence_cursor()?, paging.limit()).await?;
    let next = page.next.clone();
    Ok(paging.respond(page, next.as_deref()))
}

/// Get one notification that the tenant sent.
#[utoipa::path(get, operation_id = "get_sent", path = "/notifications/{id}", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "The notification", body = SentNotification),
    (status = 404, description = "No notification has this id"),
))]
pub async fn get_sent(State(app): State<AppState>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<SentNotification>, ApiError> {
    Ok(Body(app.campanile.sent_notification(&by, id).await?))
}
