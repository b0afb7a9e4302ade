//! `POST /department/{department}/user/{user}/notify`: sends a notification to the users of a dealer.

use std::time::Duration;

use axum::{body::Body, http::HeaderMap};
use campanile_domain::{
    Error, Source,
    model::{
        access::{Ability, Actor},
        delivery::FirstAttempts,
        idempotency::{IdempotencyKey, RecordedResponse},
    },
    send::SendCommand,
};
use uuid::Uuid;

use super::{
    audience,
    errors::MyKaarmaError,
    request::{self, NotifyCommand},
    response::NotifyResponse,
    wire::Notify,
};
use crate::{config::dialect_names::MYKAARMA, dialects::body, idempotency, state::AppState, strict_json};

/// The path's parameters. The vendor's ids are opaque and not validated.
pub struct NotifyPath<'a> {
    pub department: &'a str,
    pub user: &'a str,
}

/// Describes where parsing failed, without serde's message, which is about Rust types.
fn parse_error(error: &serde_json::Error) -> String {
    let what = if error.is_data() { "a value is missing or has the wrong type" } else { "the body is not JSON" };
    format!("{what}, at line {}, column {}", error.line(), error.column())
}

/// Stores the notification. The response names it, with warnings about what was ignored.
pub async fn notify(
    app: &AppState,
    by: &Actor,
    request: Uuid,
    path: &NotifyPath<'_>,
    headers: &HeaderMap,
    body: Body,
) -> Result<NotifyResponse, MyKaarmaError> {
    by.require(Ability::Send)?;
    let key = idempotency::from_headers(headers).map_err(|what| MyKaarmaError::bad_request("INVALID_IDEMPOTENCY_KEY", what))?;
    let body = body::read(headers, body, app.config.server.max_body).await?;
    let NotifyPath { department, user } = path;
    let claim = key.map(|key| idempotency::scoped_key(by, &format!("{MYKAARMA} {department} {user}"), key, &body));
    let malformed = |error: serde_json::Error| MyKaarmaError::bad_request("MALFORMED_REQUEST", parse_error(&error));
    let payload: Notify = strict_json::from_slice(&body).map_err(malformed)?;
    let synchronous = payload.synchronous();
    if let Some(RecordedResponse { accepted, answer }) = app.campanile.recorded_response(by, claim.as_ref()).await? {
        let first = answer.and_then(|answer| serde_json::from_str(&answer).ok());
        let mut response = first.unwrap_or_else(|| NotifyResponse::new(request, accepted.id));
        if synchronous {
            wait_for_first_attempts(app, by, &mut response).await?;
        }
        return Ok(response);
    }
    let whole = serde_json::from_slice(&body).unwrap_or_default();
    let mut response = NotifyResponse::new(request, app.campanile.new_id());

    let (to, quiet_for) = audience::of_request(app, by, &payload, department, &mut response).await?;
    // The user of the path is shown as the sender, together with the API key.
    let mut source = Source::of(by, MYKAARMA);
    if let Some(person) = app.campanile.person(by, &format!("{MYKAARMA}:{user}")).await? {
        source = source.on_behalf_of(&person);
    }
    let to = app.campanile.resolve_audience(by, to).await?;
    if app.campanile.audience_size(by, &to).await? == 0 {
        response.add_warning("NO_RECIPIENTS", "There are no recipients.");
    }
    let NotifyCommand { message, ways, when } = request::validate(payload, whole, source, quiet_for, app.campanile.now(), &mut response)?;
    let answer = claim.is_some().then(|| serde_json::to_string(&response).ok()).flatten();
    let claim = claim.map(|claim| IdempotencyKey { answer, ..claim });
    let accepted = app
        .campanile
        .submit(
            by,
            SendCommand { id: Some(response.id()), to, message, idempotency_key: claim, fingerprint: None, routing: ways, send_at: when },
        )
        .await?;
    if accepted.repeated {
        // Another request with this idempotency key was stored in between.
        return Err(Error::InProgress.into());
    }
    app.metrics.notification_accepted(MYKAARMA);
    if synchronous {
        wait_for_first_attempts(app, by, &mut response).await?;
    }
    Ok(response)
}

/// Waits for the first delivery attempts, at most as long as one may take. A failed attempt is a warning
/// (decided here), because the notification is already in the inbox. Scheduled and unscheduled drafts do not wait.
async fn wait_for_first_attempts(app: &AppState, by: &Actor, response: &mut NotifyResponse) -> Result<(), MyKaarmaError> {
    let timeout = Duration::from_secs(app.config.outgoing.timeout.max(1));
    match app.campanile.first_attempts(by, response.id(), timeout).await? {
        FirstAttempts::AllDelivered => {}
        FirstAttempts::SomeFailed => response.add_warning("DELIVERY_FAILED", "The first delivery attempt failed."),
        FirstAttempts::Pending => response.add_warning("DELIVERY_PENDING", "The first delivery attempt has not finished yet."),
    }
    Ok(())
}
