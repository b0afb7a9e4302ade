//! myKaarma's notifications to the users of a dealer, under `/mykaarma`.
//!
//! Path, body and response follow the vendor's documentation. It shows their format and says little about
//! what the fields do; that is decided here. No other module knows these formats.

mod body_tags;
mod iso8601;
mod request;
mod request_preview;
mod response;
mod wire;

use std::time::Duration;

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use campanile_domain::{
    Error, Source,
    model::{
        access::{Ability, Actor},
        delivery::FirstAttempts,
        idempotency::{IdempotencyKey, RecordedResponse},
        relation::PERSON_PREFIX,
    },
    send::SendCommand,
};
use campanile_shared::Recipients;
use uuid::Uuid;

pub use self::request_preview::request_preview;
use self::{
    request::NotifyCommand,
    response::{MyKaarmaError, NotifyResponse},
    wire::Notify,
};
use crate::{config::dialect_names::MYKAARMA, dialects::body, idempotency, state::AppState, strict_json};

/// The routes, to be nested under a prefix.
pub fn router() -> Router<AppState> {
    Router::new().fallback(|State(app): State<AppState>, request: Request| async move {
        let id = app.campanile.new_id();
        dispatch(&app, id, request).await.unwrap_or_else(|refusal| refusal.into_response_for(id))
    })
}

async fn dispatch(app: &AppState, id: Uuid, request: Request) -> Result<Response, MyKaarmaError> {
    let (parts, body) = request.into_parts();
    let segments: Vec<&str> = parts.uri.path().split('/').filter(|word| !word.is_empty()).collect();
    let segments = segments.strip_prefix(&["communications"]).unwrap_or(&segments);
    let ["department", department, "user", user, "notify"] = segments else { return Err(MyKaarmaError::no_such_path()) };
    if parts.method != Method::POST {
        return Err(MyKaarmaError::method_not_allowed());
    }
    let by = authenticate(app, &parts.headers).await?;
    by.require(Ability::Send)?;
    let path = NotifyPath { department, user };
    Ok(Json(notify(app, &by, id, &path, &parts.headers, body).await?).into_response())
}

/// Authenticates by HTTP Basic (RFC 7617): the login is the API key's name, the password its secret.
async fn authenticate(app: &AppState, headers: &HeaderMap) -> Result<Actor, MyKaarmaError> {
    let credentials = || {
        let (scheme, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let text = scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(credentials.trim()).ok())??;
        let text = String::from_utf8(text).ok()?;
        text.split_once(':').map(|(name, key)| (name.to_owned(), key.to_owned()))
    };
    let (name, key) = credentials().ok_or(Error::Unauthenticated)?;
    let sender = app.campanile.sender(&key).await?;
    if sender.name != name {
        return Err(Error::Unauthenticated.into());
    }
    app.rate_limits.count_key_request(&sender)?;
    Ok(Actor::Sender(sender))
}

/// The path's parameters. The vendor's ids are opaque and not validated.
struct NotifyPath<'a> {
    department: &'a str,
    user: &'a str,
}

/// Describes where parsing failed, without serde's message, which is about Rust types.
fn parse_error(error: &serde_json::Error) -> String {
    let what = if error.is_data() { "a value is missing or has the wrong type" } else { "the body is not JSON" };
    format!("{what}, at line {}, column {}", error.line(), error.column())
}

async fn notify(
    app: &AppState,
    by: &Actor,
    request: Uuid,
    path: &NotifyPath<'_>,
    headers: &HeaderMap,
    body: Body,
) -> Result<NotifyResponse, MyKaarmaError> {
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

    let mut to = payload.audience(department);
    // A recipient selected by a flag gets a pop-up. A person who is only named gets the notification quietly.
    let flag_recipients = to.clone();
    let mut quiet_for = Vec::new();
    for associate in payload.associates() {
        let external = format!("{MYKAARMA}:{associate}");
        let Some(person) = app.campanile.find_person(by, &external).await? else {
            response.add_warning("UNKNOWN_DEALER_ASSOCIATE", format!("No person has the id {associate}."));
            continue;
        };
        let (object, subject) = (format!("department:{department}"), format!("{PERSON_PREFIX}{external}"));
        let relations = app.campanile.relations_between(by, &object, &subject).await?;
        if !flag_recipients.iter().any(|to| matches!(to, Recipients::Role { relation, .. } if relations.contains(relation))) {
            quiet_for.push(person);
        }
        to.push(Recipients::Person { person: external });
    }
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
