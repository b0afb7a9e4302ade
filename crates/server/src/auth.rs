//! Who is calling our own API: extractors that give a handler its authority or refuse.
//!
//! `Reader` accepts a session (cookie or bearer), a person's own token or a portal's token, `Person`
//! all of these but a portal's token, `Actor` also an API key. Dialects read credentials from headers
//! of their own and never look at cookies.

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

/// A person in front of their own bell: inbox, events, preferences. The one authority that a portal's
/// token gives.
pub struct Reader(pub access::Person);

/// The same with the credential that proves it.
pub struct ReaderBy(pub access::Person, pub Credential);

/// A reader who gets an answer that lasts, which ends with what let them in.
pub struct Listener(pub access::Person, pub Grant);

/// A signed-in person.
pub struct Person(pub access::Person);

/// A person who signed in, with the session's text: no token for programs or the bell, no key.
pub struct SignedIn(pub access::Person, pub String);

/// A signed-in person or an API key.
pub struct Actor(pub access::Actor);

/// The credentials of an `Authorization: Bearer …` header; the scheme in any letter case.
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
            // A list is for somebody: what they may have at a time is bounded.
            parts.extensions.insert(caller.asks());
        }
        Ok(caller)
    }
}

/// Who calls. A header is believed over a cookie: who sends one means it.
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

/// Refuses an API key where only people may come, whether it is valid or not.
fn refuse_keys(parts: &Parts) -> Result<(), Error> {
    match bearer(&parts.headers) {
        Some(token) if token.starts_with("cmp_") => Err(Error::Forbidden),
        _ => Ok(()),
    }
}
