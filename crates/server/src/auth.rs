//! Who is calling our own API: extractors that give a handler its authority or refuse.
//!
//! `Person` accepts a session (cookie or bearer) or a portal's token; `Actor` also an API key.
//! Dialects read credentials from headers of their own and never look at cookies.

pub mod cookie;
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

impl FromRequestParts<App> for Person {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(person(parts, app).await?))
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        if let Some(key) = bearer(&parts.headers).filter(|token| token.starts_with("cmp_")) {
            let sender = app.campanile.sender(key).await?;
            app.limiter.request(sender.key)?;
            return Ok(Self(access::Actor::Sender(sender)));
        }
        Ok(Self(access::Actor::Person(person(parts, app).await?)))
    }
}

/// The person of a request. A header is believed over a cookie: who sends one means it.
async fn person(parts: &Parts, app: &App) -> Result<access::Person, Refusal> {
    if let Some(token) = bearer(&parts.headers) {
        return Ok(if token.starts_with("cms_") {
            app.campanile.session(token).await?
        } else if token.starts_with("cmp_") {
            return Err(Error::Forbidden.into());
        } else {
            app.campanile.portal_person(token).await?
        });
    }
    let Some(session) = cookie::read(&parts.headers, &app.config) else { return Err(Refusal::unauthenticated()) };
    origin::check(parts)?;
    Ok(app.campanile.session(session).await?)
}
