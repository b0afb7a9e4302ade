//! The credentials of a request: a bearer token, or a person's login and password (RFC 7617).

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};

use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use campanile_domain::{
    Error, Person, PersonId, SecretHash, TenantId,
    access::Actor,
    password,
    security_log::{Entry, Event},
};

use super::{error::Refusal, path::Place};
use crate::{
    app::App,
    auth::{
        Caller, Credential, address, bearer,
        sign_ins::{Attempt, Subject},
    },
};

/// Who gave the right password lately, and against which hash: clients send it with each request,
/// and checking it costs tens of milliseconds. Whoever changes it ends what is remembered.
#[derive(Default)]
pub struct Remembered(Mutex<HashMap<SecretHash, (TenantId, PersonId, String)>>);

/// More than this are not remembered at once.
const MOST_REMEMBERED: usize = 10_000;

impl Remembered {
    fn get(&self, credentials: SecretHash) -> Option<(TenantId, PersonId, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&credentials).cloned()
    }

    fn keep(&self, credentials: SecretHash, whose: (TenantId, PersonId, String)) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(credentials, whose);
    }
}

/// Who calls.
pub async fn caller(
    app: &App,
    remembered: &Remembered,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
    place: &Place,
) -> Result<Caller, Refusal> {
    if let Some(token) = bearer(headers) {
        return Ok(Caller::of_token(app, token).await?);
    }
    let (login, password) = basic(headers).ok_or(Error::Unauthenticated)?;
    let (tenant, login) = tenant_of(app, place, &login).await?;
    let person = with_password(app, remembered, headers, peer, &tenant, &login, &password).await?;
    Ok(Caller::new(Actor::Person(person), Credential::Password))
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    let text = scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(credentials.trim()).ok())??;
    let text = String::from_utf8(text).ok()?;
    text.split_once(':').map(|(login, password)| (login.to_owned(), password.to_owned()))
}

/// The tenant in which a login is meant. Ours, as the original has but one: `tenant/login`; else the
/// organisation of the path when a tenant has its name; else the only tenant there is.
async fn tenant_of(app: &App, place: &Place, login: &str) -> Result<(String, String), Refusal> {
    let store = app.campanile.store();
    if let Some((tenant, login)) = login.split_once('/') {
        return Ok((tenant.to_owned(), login.to_owned()));
    }
    if store.tenant(&place.organization).await?.is_some() {
        return Ok((place.organization.clone(), login.to_owned()));
    }
    match &*store.tenants().await? {
        [only] => Ok((only.name.clone(), login.to_owned())),
        _ => Err(Error::Unauthenticated.into()),
    }
}

async fn with_password(
    app: &App,
    remembered: &Remembered,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
    tenant: &str,
    login: &str,
    password: &str,
) -> Result<Person, Refusal> {
    let store = app.campanile.store();
    let credentials = SecretHash::of(&format!("{tenant}\0{login}\0{password}"));
    if let Some((tenant, person, hash)) = remembered.get(credentials)
        && store.password(tenant, person).await? == Some(hash)
    {
        app.limiter.person(person)?;
        return Ok(store.person(tenant, person).await?.ok_or(Error::Unauthenticated)?);
    }
    let account = app.campanile.account(tenant, login).await?;
    // Programs keep no cookies, so none of them is a known browser.
    let work = app.campanile.person_with_password(account, password, password::Caller::Unknown);
    let person = match peer.map(|peer| address::caller(peer, headers, &app.config)) {
        Some(address) => app.limiter.sign_in(Attempt { address, subject: Subject::of(tenant, login, account), browser: None }, work).await,
        None => work.await,
    };
    if person.is_err() {
        // One that holds comes with every request; signing in with it is said where that is done.
        Entry::new(Event::SignIn).tenant(tenant).subject(login).detail("basic").ended(&person);
    }
    let person = person?;
    app.limiter.person(person.id)?;
    if let Some(hash) = store.password(person.tenant, person.id).await? {
        remembered.keep(credentials, (person.tenant, person.id, hash));
    }
    Ok(person)
}
