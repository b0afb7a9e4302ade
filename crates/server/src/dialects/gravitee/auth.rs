//! Authenticates a request by a bearer token, or by a person's login and password (HTTP Basic, RFC 7617).

use std::net::SocketAddr;

use axum::http::HeaderMap;
use campanile_domain::{
    Error, Person, SecretHash,
    model::access::Actor,
    password_hashing::HashingCaller,
    security_log::{Entry, event::SecurityEvent},
};

use super::{errors::GraviteeError, password_cache::PasswordCache, path::ExecutionContext};
use crate::{
    auth::{Caller, Credential, basic, bearer_token},
    client_ip,
    rate_limits::sign_in_limiter::{SignInAttempt, SignInSubject},
    state::AppState,
};

/// Authenticates the caller.
pub async fn authenticate(
    app: &AppState,
    remembered: &PasswordCache,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
    place: &ExecutionContext,
) -> Result<Caller, GraviteeError> {
    if let Some(token) = bearer_token::from_headers(headers) {
        return Ok(Caller::from_bearer_token(app, token).await?);
    }
    let (login, password) = basic::from_headers(headers).ok_or(Error::Unauthenticated)?;
    let (tenant, login) = resolve_tenant(app, place, &login).await?;
    let person = authenticate_password(app, remembered, headers, peer, &tenant, &login, &password).await?;
    Ok(Caller::new(Actor::Person(person), Credential::Password))
}

/// Splits a login into tenant and login. Decided here, because the original has one tenant: `tenant/login`;
/// else the organisation of the path if a tenant has this name; else the only tenant.
async fn resolve_tenant(app: &AppState, context: &ExecutionContext, login: &str) -> Result<(String, String), GraviteeError> {
    if let Some((tenant, login)) = login.split_once('/') {
        return Ok((tenant.to_owned(), login.to_owned()));
    }
    let tenant = app.campanile.sign_in_tenant(&context.organization).await?.ok_or(Error::Unauthenticated)?;
    Ok((tenant, login.to_owned()))
}

async fn authenticate_password(
    app: &AppState,
    remembered: &PasswordCache,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
    tenant: &str,
    login: &str,
    password: &str,
) -> Result<Person, GraviteeError> {
    let credentials = SecretHash::of(&format!("{tenant}\0{login}\0{password}"));
    if let Some(verified) = remembered.get(credentials)
        && let Some(person) = app.campanile.person_with_verified_password(&verified).await?
    {
        app.rate_limits.count_person_request(person.id)?;
        return Ok(person);
    }
    let account = app.campanile.account(tenant, login).await?;
    // Programs send no cookies, so they are never a known browser.
    let work = app.campanile.verify_password(account, password, HashingCaller::Unknown);
    let verified = match peer.map(|peer| client_ip::rate_limit_key(peer, headers, &app.config)) {
        Some(address) => {
            app.rate_limits
                .sign_in(SignInAttempt { address, subject: SignInSubject::of(tenant, login, account), browser: None }, work)
                .await
        }
        None => work.await,
    };
    if verified.is_err() {
        // A correct password comes with every request, so only failures are logged here. Sign-ins are logged in `session`.
        Entry::new(SecurityEvent::SignIn).tenant(tenant).subject(login).detail("basic").finished(&verified);
    }
    let (person, password) = verified?;
    app.rate_limits.count_person_request(person.id)?;
    remembered.insert(credentials, password);
    Ok(person)
}
