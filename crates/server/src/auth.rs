//! Who is calling our own API: extractors that give a handler its authority or refuse.
//!
//! `Person` accepts a session (cookie or bearer) or a portal's token; `Actor` also an API key.
//! Dialects read credentials from headers of their own and never look at cookies.

pub mod cookie;
mod failures;
pub mod limit;
pub mod origin;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use campanile_domain::{Error, access};

use crate::{app::App, problem::Refusal};

/// A signed-in person.
pub struct Person(pub access::Person);

/// A signed-in person or an API key.
pub struct Actor(pub access::Actor);

/// The credentials of an `Authorization: Bearer …` header; the scheme in any letter case.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credentials.trim())
}

/// Who stands behind a bearer token: an API key, a session, a person's own token, or one that an
/// embedding portal signed.
pub async fn of_token(app: &App, token: &str) -> Result<access::Actor, Error> {
    if token.starts_with("cmp_") {
        let sender = app.campanile.sender(token).await?;
        app.limiter.request(sender.key)?;
        return Ok(access::Actor::Sender(sender));
    }
    let person = match token.get(..4) {
        Some("cms_") => app.campanile.session(token).await?,
        Some("cmu_") => app.campanile.personal(token).await?,
        _ => app.campanile.portal_person(token).await?,
    };
    Ok(access::Actor::Person(person))
}

impl FromRequestParts<App> for Person {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(person(parts, app).await?))
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        match bearer(&parts.headers) {
            Some(token) => Ok(Self(of_token(app, token).await?)),
            None => Ok(Self(access::Actor::Person(person(parts, app).await?))),
        }
    }
}

/// The person of a request. A header is believed over a cookie: who sends one means it.
async fn person(parts: &Parts, app: &App) -> Result<access::Person, Refusal> {
    if let Some(token) = bearer(&parts.headers) {
        // A key is nobody, whether it is valid or not.
        if token.starts_with("cmp_") {
            return Err(Error::Forbidden.into());
        }
        return match of_token(app, token).await? {
            access::Actor::Person(person) => Ok(person),
            access::Actor::Sender(_) => Err(Error::Forbidden.into()),
        };
    }
    let Some(session) = cookie::read(&parts.headers, &app.config) else { return Err(Refusal::unauthenticated()) };
    origin::check(parts)?;
    Ok(app.campanile.session(session).await?)
}
