//! myKaarma's notifications to a dealer's users, under `/mykaarma`.
//!
//! Path, body and answer are those of the vendor's documentation, which shows their shapes and little
//! more: what the fields do here is ours. Nothing outside this module knows these shapes.

mod reply;
mod request;
mod wire;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    response::IntoResponse,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use campanile_domain::{
    Error,
    access::{Ability, Actor},
    send::Post,
    store::Claim,
};
use campanile_shared::Recipients;
use sha2::{Digest, Sha256};

use self::{
    reply::{Refusal, Reply},
    request::Order,
    wire::Notify,
};
use crate::{app::App, dialects::body, idempotency};

/// The name under which notifications of this dialect are stored and counted, and with which the
/// external ids of its people begin.
const NAME: &str = "mykaarma";

/// The routes, to be nested under a prefix.
pub fn router() -> Router<App> {
    Router::new().fallback(|State(app): State<App>, request: Request| async move {
        let id = app.campanile.new_id();
        match call(&app, request).await {
            Ok(reply) => reply.answer(id).into_response(),
            Err(refusal) => refusal.answer(id),
        }
    })
}

async fn call(app: &App, request: Request) -> Result<Reply, Refusal> {
    let (parts, body) = request.into_parts();
    let words: Vec<&str> = parts.uri.path().split('/').filter(|word| !word.is_empty()).collect();
    let words = words.strip_prefix(&["communications"]).unwrap_or(&words);
    let ["department", department, "user", user, "notify"] = words else { return Err(Refusal::no_such_path()) };
    if parts.method != Method::POST {
        return Err(Refusal::method());
    }
    let by = caller(app, &parts.headers).await?;
    by.require(Ability::Send)?;
    notify(app, &by, department, user, &parts.headers, body).await
}

/// The API key whose name and secret are login and password (RFC 7617).
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
    app.limiter.request(sender.key)?;
    Ok(Actor::Sender(sender))
}

async fn notify(app: &App, by: &Actor, department: &str, user: &str, headers: &HeaderMap, body: Body) -> Result<Reply, Refusal> {
    let key = idempotency::key(headers).map_err(|what| Refusal::bad("INVALID_IDEMPOTENCY_KEY", what))?;
    let body = body::read(body, app.config.server.max_body).await?;
    let claim = key.map(|key| Claim { scope: idempotency::scope(by, NAME), key, body: Sha256::digest(&body).into() });
    let wish: Notify = serde_json::from_slice(&body).map_err(|error| Refusal::bad("MALFORMED_REQUEST", error.to_string()))?;
    let whole = serde_json::from_slice(&body).unwrap_or_default();
    let mut reply = Reply::default();
    let store = app.campanile.store();

    let mut to = wish.audience(department);
    for associate in wish.associates() {
        let external = format!("{NAME}:{associate}");
        if store.find_person(by.tenant(), &external).await?.is_some() {
            to.push(Recipients::Person { person: external });
        } else {
            reply.warn("UNKNOWN_DEALER_ASSOCIATE", format!("Nobody is known as {associate}."));
        }
    }
    // The user in the path acts as the sender.
    let sender = match store.find_person(by.tenant(), &format!("{NAME}:{user}")).await? {
        Some(person) => store.person(by.tenant(), person).await?.map(|person| person.name),
        None => None,
    };
    let id = app.campanile.new_id();
    let sender = sender.unwrap_or_else(|| by.name().to_owned());
    let Order { message, ways, when } = request::order(wish, whole, &sender, id, app.campanile.now(), &mut reply)?;
    if app.campanile.audience_size(by, &to).await? == 0 {
        reply.warn("NO_RECIPIENTS", "Nobody is to be notified.");
    }
    let accepted = app.campanile.post(by, Post { id: Some(id), to, message, claim, fingerprint: None, ways, when }).await?;
    if !accepted.repeated {
        app.metrics.accepted(NAME);
    }
    reply.id = Some(accepted.id);
    Ok(reply)
}
