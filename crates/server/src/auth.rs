//! Authenticates callers of our own API. Each extractor gives a handler an authority or rejects the
//! request.
//!
//! `Reader` accepts a session (cookie or bearer token), a personal token or a portal token. `Person`
//! accepts these except a portal token. `Actor` accepts what `Person` accepts, and API keys. Dialects
//! read credentials from their own headers and never from cookies.

pub mod address;
mod caller;
pub mod cookie;
mod expected;
mod failures;
pub mod limit;
pub mod origin;
pub mod sign_ins;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use campanile_domain::{Error, Grant, access, secret::Kind};

pub use self::caller::{Caller, Credential};
use self::cookie::Cookie;
use crate::{app::App, problem::Refusal};

/// A person who uses their own bell: inbox, events and preferences. A portal token gives this authority
/// and no other.
pub struct Reader(pub access::Person);

/// A [`Reader`] with the credential they used.
pub struct ReaderBy(pub access::Person, pub Credential);

/// A reader of a long response, such as an event stream. The response ends when the grant ends.
pub struct Listener(pub access::Person, pub Grant);

/// A signed-in person.
pub struct Person(pub access::Person);

/// A person with a session, and the session's token. Personal tokens, portal tokens and API keys are
/// rejected.
pub struct SignedIn(pub access::Person, pub String);

/// A signed-in person or an API key.
pub struct Actor(pub access::Actor);

/// The token of an `Authorization: Bearer …` header. The scheme is case-insensitive.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credentials.trim())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let caller = caller(parts, app).await?;
        if parts.method == Method::GET {
            // For the limit on concurrent lists of each caller.
            parts.extensions.insert(caller.asks());
        }
        Ok(caller)
    }
}

/// Authenticates the caller. A bearer token takes precedence over a cookie, because browsers send
/// cookies by themselves.
async fn caller(parts: &Parts, app: &App) -> Result<Caller, Refusal> {
    if let Some(token) = bearer(&parts.headers) {
        return Ok(Caller::of_token(app, token).await?);
    }
    let Some(session) = Cookie::Session.read(&parts.headers, &app.config) else { return Err(Refusal::unauthenticated()) };
    origin::check(parts, &app.config)?;
    let admitted = app.campanile.admit(session, Kind::Session).await?;
    expected::check(&parts.headers, &admitted.0)?;
    app.limiter.person(admitted.0.id)?;
    Ok(Caller::admitted(admitted, Credential::Session))
}

impl FromRequestParts<App> for ReaderBy {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        refuse_keys(parts)?;
        let caller = Caller::from_request_parts(parts, app).await?;
        let credential = caller.credential();
        Ok(Self(caller.reader()?, credential))
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(ReaderBy::from_request_parts(parts, app).await?.0))
    }
}

impl FromRequestParts<App> for Listener {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        refuse_keys(parts)?;
        let (who, grant) = Caller::from_request_parts(parts, app).await?.listener()?;
        Ok(Self(who, grant))
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        refuse_keys(parts)?;
        Ok(Self(Caller::from_request_parts(parts, app).await?.person()?))
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        refuse_keys(parts)?;
        let caller = Caller::from_request_parts(parts, app).await?;
        let in_session = caller.credential() == Credential::Session;
        let who = caller.person()?;
        let session = bearer(&parts.headers).or_else(|| Cookie::Session.read(&parts.headers, &app.config));
        let session = session.filter(|_| in_session).ok_or(Error::Forbidden)?;
        Ok(Self(who, session.to_owned()))
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(Caller::from_request_parts(parts, app).await?.actor()?))
    }
}

/// Rejects API keys, valid or not, where only people are allowed.
fn refuse_keys(parts: &Parts) -> Result<(), Error> {
    match bearer(&parts.headers) {
        Some(token) if token.starts_with("cmp_") => Err(Error::Forbidden),
        _ => Ok(()),
    }
}
