//! Sends notifications and lists the sent ones.

use axum::{
    Json as Body,
    body::Bytes,
    extract::{FromRequest, OriginalUri, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_shared::{
    Draft, Receipt,
    sent::{Sent, SentPage},
};
use uuid::Uuid;

use super::{
    Path, body,
    page::{PageQuery, Paging},
};
use crate::{app::App, auth::Actor, idempotency, problem::Refusal};

/// Send a notification.
///
/// The response means that it is stored. Repeating a request with the same `Idempotency-Key` within
/// 24 hours returns the first response and sends nothing.
#[utoipa::path(post, operation_id = "send_notification", path = "/notifications", tag = "sending", request_body = Draft,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "1 to 255 visible ASCII characters, unique for each notification")),
    responses(
        (status = 201, description = "Stored", body = Receipt, headers(("Location" = String, description = "The notification's URL"))),
        (status = 409, description = "The first request with this Idempotency-Key is still running"),
        (status = 422, description = "Some fields are invalid, or the Idempotency-Key was used with another body"),
        (status = 507, description = "The disk is full; nothing was stored"),
    ))]
pub async fn send(
    State(app): State<App>,
    Actor(by): Actor,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Response, Refusal> {
    let sent = Bytes::from_request(request, &app).await?;
    let key = idempotency::key(&headers).map_err(Refusal::malformed)?;
    let claim = key.map(|key| idempotency::claim(&by, "v1", key, &sent));
    let draft = body::parse::<Draft>(&headers, &sent)?;
    let receipt = app.campanile.send(&by, draft, claim).await?;
    app.metrics.accepted("campanile");
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
pub async fn sent(State(app): State<App>, Actor(by): Actor, paging: Paging) -> Result<Response, Refusal> {
    let _turn = app.answers.turn().await;
    let found = app.campanile.sent(&by, paging.before()?, paging.limit()).await?;
    let next = found.next.clone();
    Ok(paging.respond(found, next.as_deref()))
}

/// Get one notification that the tenant sent.
#[utoipa::path(get, operation_id = "get_sent", path = "/notifications/{id}", tag = "sending", params(("id" = Uuid, Path, description = "The notification's id")), responses(
    (status = 200, description = "The notification", body = Sent),
    (status = 404, description = "No notification has this id"),
))]
pub async fn sent_one(State(app): State<App>, Actor(by): Actor, Path(id): Path<Uuid>) -> Result<Body<Sent>, Refusal> {
    Ok(Body(app.campanile.sent_one(&by, id).await?))
}
