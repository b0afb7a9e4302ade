//! myKaarma's notifications to the users of a dealer, under `/mykaarma`.
//!
//! Path, body and response follow the vendor's documentation. It shows their format and says little about
//! what the fields do; that is decided here. No other module knows these formats.

mod body_tags;
mod reply;
mod request;
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
    access::{Ability, Actor},
    delivery::Tried,
    relations::PERSON,
    send::Post,
    store::{Claim, First},
};
use campanile_shared::Recipients;
use uuid::Uuid;

use self::{
    reply::{Refusal, Reply},
    request::Order,
    wire::Notify,
};
use crate::{app::App, dialects::body, idempotency, objects_only};

/// The dialect's name: stored with its notifications, used in metrics, and the prefix of its external
/// ids.
pub const NAME: &str = "mykaarma";

/// The routes, to be nested under a prefix.
pub fn router() -> Router<App> {
    Router::new().fallback(|State(app): State<App>, request: Request| async move {
        let id = app.campanile.new_id();
        call(&app, id, request).await.unwrap_or_else(|refusal| refusal.answer(id))
    })
}

async fn call(app: &App, id: Uuid, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let words: Vec<&str> = parts.uri.path().split('/').filter(|word| !word.is_empty()).collect();
    let words = words.strip_prefix(&["communications"]).unwrap_or(&words);
    let ["department", department, "user", user, "notify"] = words else { return Err(Refusal::no_such_path()) };
    if parts.method != Method::POST {
        return Err(Refusal::method());
    }
    let by = caller(app, &parts.headers).await?;
    by.require(Ability::Send)?;
    let place = Place { department, user };
    Ok(Json(notify(app, &by, id, &place, &parts.headers, body).await?).into_response())
}

/// Authenticates by HTTP Basic (RFC 7617): the login is the API key's name, the password its secret.
async fn caller(app: &App, headers: &HeaderMap) -> Result<Actor, Refusal> {
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
    app.limiter.request(&sender)?;
    Ok(Actor::Sender(sender))
}

/// The path's parameters. The vendor's ids are opaque and not validated.
struct Place<'a> {
    department: &'a str,
    user: &'a str,
}

/// Describes where parsing failed, without serde's message, which is about Rust types.
fn misread(error: &serde_json::Error) -> String {
    let what = if error.is_data() { "a value is missing or has the wrong type" } else { "the body is not JSON" };
    format!("{what}, at line {}, column {}", error.line(), error.column())
}

async fn notify(app: &App, by: &Actor, request: Uuid, place: &Place<'_>, headers: &HeaderMap, body: Body) -> Result<Reply, Refusal> {
    let key = idempotency::key(headers).map_err(|what| Refusal::bad("INVALID_IDEMPOTENCY_KEY", what))?;
    let body = body::read(headers, body, app.config.server.max_body).await?;
    let Place { department, user } = place;
    let claim = key.map(|key| idempotency::claim(by, &format!("{NAME} {department} {user}"), key, &body));
    let misread = |error: serde_json::Error| Refusal::bad("MALFORMED_REQUEST", misread(&error));
    let wish: Notify = objects_only::from_slice(&body).map_err(misread)?;
    let synchronous = wish.synchronous();
    if let Some(First { accepted, answer }) = app.campanile.first(by, claim.as_ref()).await? {
        let first = answer.and_then(|answer| serde_json::from_str(&answer).ok());
        let mut reply = first.unwrap_or_else(|| Reply::new(request, accepted.id));
        if synchronous {
            wait(app, by, &mut reply).await?;
        }
        return Ok(reply);
    }
    let whole = serde_json::from_slice(&body).unwrap_or_default();
    let mut reply = Reply::new(request, app.campanile.new_id());
    let store = app.campanile.store();

    let mut to = wish.audience(department);
    // A recipient selected by a flag gets a pop-up. A person who is only named gets the notification quietly.
    let flagged = to.clone();
    let mut quiet_for = Vec::new();
    for associate in wish.associates() {
        let external = format!("{NAME}:{associate}");
        let Some(person) = store.find_person(by.tenant(), &external).await? else {
            reply.warn("UNKNOWN_DEALER_ASSOCIATE", format!("No person has the id {associate}."));
            continue;
        };
        let (object, subject) = (format!("department:{department}"), format!("{PERSON}{external}"));
        let held = app.campanile.relations_between(by.tenant(), &object, &subject).await?;
        if !flagged.iter().any(|to| matches!(to, Recipients::Role { relation, .. } if held.contains(relation))) {
            quiet_for.push(person);
        }
        to.push(Recipients::Person { person: external });
    }
    // The user of the path is shown as the sender, together with the API key.
    let mut source = Source::of(by, NAME);
    if let Some(person) = store.find_person(by.tenant(), &format!("{NAME}:{user}")).await?
        && let Some(person) = store.person(by.tenant(), person).await?
    {
        source = source.in_the_name_of(&person);
    }
    if app.campanile.audience_size(by, &to).await? == 0 {
        reply.warn("NO_RECIPIENTS", "There are no recipients.");
    }
    let Order { message, ways, when } = request::order(wish, whole, source, quiet_for, app.campanile.now(), &mut reply)?;
    let answer = claim.is_some().then(|| serde_json::to_string(&reply).ok()).flatten();
    let claim = claim.map(|claim| Claim { answer, ..claim });
    let accepted = app.campanile.post(by, Post { id: Some(reply.id()), to, message, claim, fingerprint: None, ways, when }).await?;
    if accepted.repeated {
        // Another request with this idempotency key was stored in between.
        return Err(Error::InProgress.into());
    }
    app.metrics.accepted(NAME);
    if synchronous {
        wait(app, by, &mut reply).await?;
    }
    Ok(reply)
}

/// Waits for the first delivery attempts, at most as long as one may take. A failed attempt is a warning
/// (decided here), because the notification is already in the inbox. Scheduled and unscheduled drafts do not wait.
async fn wait(app: &App, by: &Actor, reply: &mut Reply) -> Result<(), Refusal> {
    let patience = Duration::from_secs(app.config.outgoing.timeout.max(1));
    match app.campanile.first_attempts(by, reply.id(), patience).await? {
        Tried::Taken => {}
        Tried::InVain => reply.warn("DELIVERY_FAILED", "The first delivery attempt failed."),
        Tried::NotYet => reply.warn("DELIVERY_PENDING", "The first delivery attempt has not finished yet."),
    }
    Ok(())
}
