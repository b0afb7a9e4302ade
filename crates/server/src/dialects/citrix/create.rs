//! `POST /{customer}/notifications/items` and `POST /notifications/`: creates a notification.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Source,
    model::{
        access::{Ability, Actor},
        resolved_audience::ResolvedAudience,
        routing::{MailRecipients, Routing},
    },
    send::{SendCommand, SendTime},
};
use campanile_shared::Recipients;
use uuid::Uuid;

use super::{
    auth,
    dedup::{self, DedupSetting},
    errors::{CitrixError, FieldErrorKind},
    headers,
    response::{ALL_ADMINISTRATORS, NotificationResponse},
    validate::{self, ValidatedCreate},
    wire,
};
use crate::{config::dialect_names::CITRIX, dialects::body, idempotency, state::AppState};

/// The id of the created notification. Decided here: the vendor's response has none.
const NOTIFICATION_ID: HeaderName = HeaderName::from_static("x-campanile-notification-id");

/// Stores a notification. The response is 200 with the notification (documented by the vendor: not 201).
pub async fn create(
    app: &AppState,
    unique: &DedupSetting,
    customer: Option<&str>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, CitrixError> {
    let by = auth::authenticate(app, headers, customer).await?;
    by.require(Ability::Send)?;
    headers::check_accept(headers)?;
    headers::check_content_type(headers)?;
    let key = idempotency::from_headers(headers)
        .map_err(|what| CitrixError::invalid_field(FieldErrorKind::InvalidString, "Idempotency-Key", what))?;
    let body = body::read(headers, body, app.config.server.max_body).await?;
    let idempotency_key = key.map(|key| idempotency::scoped_key(&by, CITRIX, key, &body));
    let text = wire::utf8(&body).ok_or_else(|| CitrixError::invalid_field(FieldErrorKind::InvalidJson, "charset", "not UTF-8"))?;
    let ValidatedCreate { destination_admin, mut message, mut extra } =
        validate::validate(serde_json::from_str(text)?, Source::of(&by, CITRIX))?;
    // A repeated request gets the first response, even if the administrator was removed meanwhile.
    if let Some(first) = app.campanile.recorded_response(&by, idempotency_key.as_ref()).await? {
        return Ok(respond(
            serde_json::to_vec(&NotificationResponse::for_create(&destination_admin, &message, &extra))?,
            first.accepted.id,
        ));
    }
    let to = resolve_recipients(app, &by, &destination_admin).await?;
    if let [Recipients::Person { person }] = to.selectors()
        && *person != destination_admin
    {
        extra.destination_admin = Some(destination_admin.clone());
    }
    let mut body_json = Vec::with_capacity(body.len() + 128);
    serde_json::to_writer(&mut body_json, &NotificationResponse::for_create(&destination_admin, &message, &extra))?;
    let fingerprint = match &message.source.event_id {
        Some(event_id) if unique.is_enabled(app, &by).await? => Some(dedup::fingerprint(event_id, &body_json)),
        _ => None,
    };
    message.extra = extra.value();
    let mail = if extra.suppress_email { MailRecipients::NoOne } else { MailRecipients::Subscribers };
    let ways = Routing { mail, ..Routing::default() };
    let accepted = app
        .campanile
        .submit(&by, SendCommand { id: None, to, message, idempotency_key, fingerprint, routing: ways, send_at: SendTime::Now })
        .await?;
    if !accepted.repeated {
        app.metrics.notification_accepted(CITRIX);
    }
    Ok(respond(body_json, accepted.id))
}

/// The response with the notification's id in a header.
fn respond(echo: Vec<u8>, id: Uuid) -> Response {
    let mut response = echo.into_response();
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(NOTIFICATION_ID, id);
    }
    response
}

/// Resolves a destination: `*` is every administrator (documented by the vendor), anything else the id of
/// one. Decided here: the id is a login or the external id `citrix:<id>`; an unknown id is
/// `invalidString`.
async fn resolve_recipients(app: &AppState, by: &Actor, destination: &str) -> Result<ResolvedAudience, CitrixError> {
    if destination == ALL_ADMINISTRATORS {
        return Ok(app.campanile.resolve_audience(by, vec![Recipients::Administrators]).await?);
    }
    let found = app.campanile.resolve_person(by, &[destination.to_owned(), format!("{CITRIX}:{destination}")]).await?;
    found.ok_or_else(|| CitrixError::invalid_field(FieldErrorKind::InvalidString, "destinationAdmin", destination.to_owned()))
}
