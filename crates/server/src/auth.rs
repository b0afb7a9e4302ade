//! Authenticates callers of our own API. Each extractor gives a handler an authority or rejects the
//! request.
//!
//! `Reader` accepts a session (cookie or bearer token), a personal token or a portal token. `Person`
//! accepts these except a portal token. `Actor` accepts what `Person` accepts, and API keys. Dialects
//! read credentials from their own headers and never from cookies.

pub mod basic;
pub mod bearer_token;
mod caller;
pub mod cookie;
pub mod csrf;
mod expected_person;

use axum::{
    extract::{FromRequestParts, Request},
    http::{Method, request::Parts},
};
use campanile_domain::{
    Error, Grant,
    model::{access, secret::SecretKind},
};

pub use self::caller::{Caller, Credential};
use self::{bearer_token::reject_api_keys, cookie::Cookie};
use crate::{problem::ApiError, state::AppState};

/// A person who uses their own bell: inbox, events and preferences. A portal token gives this authority
/// and no other.
pub struct Reader(pub access::Person);

/// A [`Reader`] with the credential they used.
pub struct ReaderWithCredential(pub access::Person, pub Credential);

/// A reader of a long response, such as an event stream. The response ends when the grant ends.
pub struct StreamReader(pub access::Person, pub Grant);

/// A signed-in person.
pub struct Person(pub access::Person);

/// A person with a session, and the session's token. Personal tokens, portal tokens and API keys are
/// rejected.
pub struct SessionPerson(pub access::Person, pub String);

/// A signed-in person or an API key.
pub struct Actor(pub access::Actor);

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        let caller = authenticate(parts, app).await?;
        if parts.method == Method::GET {
            // For the limit on concurrent lists of each caller.
            parts.extensions.insert(caller.id());
        }
        Ok(caller)
    }
}

/// Authenticates the caller. A bearer token takes precedence over a cookie, because browsers send
/// cookies by themselves.
async fn authenticate(parts: &Parts, app: &AppState) -> Result<Caller, ApiError> {
    if let Some(token) = bearer_token::from_headers(&parts.headers) {
        return Ok(Caller::from_bearer_token(app, token).await?);
    }
    let Some(session) = Cookie::Session.read(&parts.headers, &app.config) else { return Err(ApiError::unauthenticated()) };
    csrf::reject_cross_site(parts, &app.config)?;
    let admitted = app.campanile.authenticate(session, SecretKind::Session).await?;
    expected_person::check(&parts.headers, &admitted.0)?;
    app.rate_limits.count_person_request(admitted.0.id)?;
    Ok(Caller::from_grant(admitted, Credential::Session))
}

impl FromRequestParts<AppState> for ReaderWithCredential {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        reject_api_keys(parts)?;
        let caller = Caller::from_request_parts(parts, app).await?;
        let credential = caller.credential();
        Ok(Self(caller.reader()?, credential))
    }
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self(ReaderWithCredential::from_request_parts(parts, app).await?.0))
    }
}

impl FromRequestParts<AppState> for StreamReader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        reject_api_keys(parts)?;
        let (who, grant) = Caller::from_request_parts(parts, app).await?.stream_reader()?;
        Ok(Self(who, grant))
    }
}

impl StreamReader {
    /// The reader of a one-use ticket, which this uses up; without a ticket, of the request's own credential. HEAD must
    /// have no effect (RFC 9110 §9.2.1), so it does not use up a ticket.
    pub async fn from_ticket_or_request(app: &AppState, ticket: Option<&str>, request: Request) -> Result<Self, ApiError> {
        match ticket {
            Some(ticket) if request.method() != Method::HEAD => {
                let (who, grant) = app.campanile.redeem_ticket(ticket).await?;
                Ok(Self(who, grant))
            }
            _ => Self::from_request_parts(&mut request.into_parts().0, app).await,
        }
    }
}

impl FromRequestParts<AppState> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        reject_api_keys(parts)?;
        Ok(Self(Caller::from_request_parts(parts, app).await?.person()?))
    }
}

impl FromRequestParts<AppState> for SessionPerson {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        reject_api_keys(parts)?;
        let caller = Caller::from_request_parts(parts, app).await?;
        let in_session = caller.credential() == Credential::Session;
        let who = caller.person()?;
        let session = bearer_token::from_headers(&parts.headers).or_else(|| Cookie::Session.read(&parts.headers, &app.config));
        let session = session.filter(|_| in_session).ok_or(Error::Forbidden)?;
        Ok(Self(who, session.to_owned()))
    }
}

impl FromRequestParts<AppState> for Actor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self(Caller::from_request_parts(parts, app).await?.actor()?))
    }
}
