//! Authenticates a request by a bearer token, or by a person's login and password (HTTP Basic, RFC 7617).

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};

use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use campanile_domain::{
    Error, Person, PersonId, SecretHash, TenantId,
    model::access::Actor,
    password_hashing::HashingCaller,
    security_log::{Entry, event::SecurityEvent},
};

use super::{error::GraviteeError, path::ExecutionContext};
use crate::{
    auth::{Caller, Credential, bearer_token},
    client_ip,
    rate_limits::sign_in_limiter::{SignInAttempt, SignInSubject},
    state::AppState,
};

/// A cache of correct passwords with the stored hash they matched. Clients send the password with each
/// request, and checking it takes tens of milliseconds. A changed password no longer matches the hash.
#[derive(Default)]
pub struct PasswordCache(Mutex<HashMap<SecretHash, (TenantId, PersonId, String)>>);

/// The maximum number of cached passwords.
const MAX_CACHED: usize = 10_000;

impl PasswordCache {
    fn get(&self, credentials: SecretHash) -> Option<(TenantId, PersonId, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&credentials).cloned()
    }

    fn insert(&self, credentials: SecretHash, whose: (TenantId, PersonId, String)) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MAX_CACHED {
            remembered.clear();
        }
        remembered.insert(credentials, whose);
    }
}

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
    let (login, password) = basic_credentials(headers).ok_or(Error::Unauthenticated)?;
    let (tenant, login) = resolve_tenant(app, place, &login).await?;
    let person = authenticate_password(app, remembered, headers, peer, &tenant, &login, &password).await?;
    Ok(Caller::new(Actor::Person(person), Credential::Password))
}

fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    let text = scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(credentials.trim()).ok())??;
    let text = String::from_utf8(text).ok()?;
    text.split_once(':').map(|(login, password)| (login.to_owned(), password.to_owned()))
}

/// Splits a login into tenant and login. Decided here, because the original has one tenant: `tenant/login`;
/// else the organisation of the path if a tenant has this name; else the only tenant.
async fn resolve_tenant(app: &AppState, context: &ExecutionContext, login: &str) -> Result<(String, String), GraviteeError> {
    let store = app.campanile.store();
    if let Some((tenant, login)) = login.split_once('/') {
        return Ok((tenant.to_owned(), login.to_owned()));
    }
    if store.tenant(&context.organization).await?.is_some() {
        return Ok((context.organization.clone(), login.to_owned()));
    }
    match &*store.tenants().await? {
        [only] => Ok((only.name.clone(), login.to_owned())),
        _ => Err(Error::Unauthenticated.into()),
    }
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
    let store = app.campanile.store();
    let credentials = SecretHash::of(&format!("{tenant}\0{login}\0{password}"));
    if let Some((tenant, person, hash)) = remembered.get(credentials)
        && store.password(tenant, person).await? == Some(hash)
    {
        app.rate_limits.count_person_request(person)?;
        return Ok(store.person(tenant, person).await?.ok_or(Error::Unauthenticated)?);
    }
    let account = app.campanile.account(tenant, login).await?;
    // Programs send no cookies, so they are never a known browser.
    let work = app.campanile.person_with_password(account, password, HashingCaller::Unknown);
    let person = match peer.map(|peer| client_ip::rate_limit_key(peer, headers, &app.config)) {
        Some(address) => {
            app.rate_limits
                .sign_in(SignInAttempt { address, subject: SignInSubject::of(tenant, login, account), browser: None }, work)
                .await
        }
        None => work.await,
    };
    if person.is_err() {
        // A correct password comes with every request, so only failures are logged here. Sign-ins are logged in `session`.
        Entry::new(SecurityEvent::SignIn).tenant(tenant).subject(login).detail("basic").finished(&person);
    }
    let person = person?;
    app.rate_limits.count_person_request(person.id)?;
    if let Some(hash) = store.password(person.tenant, person.id).await? {
        remembered.insert(credentials, (person.tenant, person.id, hash));
    }
    Ok(person)
}
