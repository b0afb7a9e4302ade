//! `POST …/messages` and `POST …/apis/{api}/messages`: sends a message to people by their roles, or to a URL.
//!
//! The rules are checked in the original's order, so that a request with several errors gets the error
//! that its clients expect.

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use campanile_domain::model::access::{Ability, Actor};
use campanile_shared::{
    Channel,
    limits::{MAX_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH},
    text,
};

use super::{
    errors::GraviteeError, http_message::send_to_url, message, message_request::MessageRequest, path::ExecutionContext, replay::replay,
    role_audience::send_to_roles,
};
use crate::{config::dialect_names::GRAVITEE, dialects::body, idempotency, state::AppState, strict_json};

/// Sends a message. The response is the number of recipients as a bare number.
pub async fn send(
    app: &AppState,
    by: &Actor,
    context: &ExecutionContext,
    api: Option<&str>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, GraviteeError> {
    by.require(Ability::Send)?;
    check_media_type(headers)?;
    let key = idempotency::from_headers(headers).map_err(GraviteeError::malformed)?;
    let body = body::read(headers, body, app.config.server.max_body).await?;
    let idempotency_key =
        key.map(|key| idempotency::scoped_key(by, &format!("{GRAVITEE} {} {}", context.environment, api.unwrap_or_default()), key, &body));
    if let Some(first) = app.campanile.recorded_response(by, idempotency_key.as_ref()).await?
        && let Some(answer) = replay(app, by, first).await?
    {
        return Ok(answer);
    }
    let request: Option<MessageRequest> = if body.is_empty() {
        None
    } else {
        strict_json::from_slice(&body).map_err(|_| GraviteeError::malformed("The body cannot be read."))?
    };
    let request = request.unwrap_or_default();
    let non_empty = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(str::to_owned);
    let (title, body_text) = (non_empty(&request.title), non_empty(&request.text));
    if title.is_none() && body_text.is_none() {
        return Err(GraviteeError::empty_message());
    }
    check_length("title", title.as_deref(), MAX_TITLE_LENGTH)?;
    check_length("text", body_text.as_deref(), MAX_DESCRIPTION_LENGTH)?;
    let name = match api {
        Some(api) => Some(api_name(app, by, context, api).await?),
        None => None,
    };
    let channel = request.channel.as_deref().map(parse_channel).transpose()?;
    if channel == Some(Channel::Email) && title.as_deref().is_some_and(|title| text::breaks_lines(title) || text::has_controls(title)) {
        return Err(GraviteeError::malformed("The title of an email must be one line without control characters."));
    }
    let message = message::message(by, app, name.as_deref(), title, body_text, channel.unwrap_or_default());
    let recipients = if channel == Some(Channel::Http) {
        send_to_url(app, by, request, message, idempotency_key).await?
    } else {
        send_to_roles(app, by, context, api, &request, channel, message, idempotency_key).await?
    };
    app.metrics.notification_accepted(GRAVITEE);
    Ok(Json(recipients).into_response())
}

/// Rejects a content type other than JSON. A missing one is accepted (decided here; the original's framework guesses as well).
fn check_media_type(headers: &HeaderMap) -> Result<(), GraviteeError> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let essence = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(GraviteeError::unsupported_media_type()) }
}

fn check_length(field: &'static str, text: Option<&str>, limit: usize) -> Result<(), GraviteeError> {
    let fits = text.is_none_or(|text| text.chars().count() <= limit);
    if fits { Ok(()) } else { Err(GraviteeError::too_long(field, limit)) }
}

fn parse_channel(name: &str) -> Result<Channel, GraviteeError> {
    match name.to_ascii_uppercase().as_str() {
        "PORTAL" => Ok(Channel::Portal),
        "MAIL" => Ok(Channel::Email),
        "HTTP" => Ok(Channel::Http),
        _ => Err(GraviteeError::malformed("The channel must be PORTAL, MAIL or HTTP.")),
    }
}

/// The name of an API, which must belong to the environment.
async fn api_name(app: &AppState, by: &Actor, context: &ExecutionContext, api: &str) -> Result<String, GraviteeError> {
    let object = format!("api:{api}");
    let relations = app.campanile.relations_between(by, &format!("environment:{}", context.environment), &object).await?;
    if !relations.iter().any(|relation| relation == "api") {
        return Err(GraviteeError::api_not_found(api));
    }
    Ok(app.campanile.object_name(by, &object).await?.unwrap_or_else(|| api.to_owned()))
}
