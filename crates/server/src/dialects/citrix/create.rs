//! `POST /{customer}/notifications/items` and `POST /notifications/`: creates a notification.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Source, TenantId,
    access::{Ability, Actor},
    delivery::{Mailing, Ways},
    send::{Post, When},
};
use campanile_shared::Recipients;
use uuid::Uuid;

use super::{
    NAME, NOTIFICATION, auth,
    echo::{EVERY_ADMINISTRATOR, Echo},
    error::{Fault, Refusal},
    headers,
    notice::{self, Notice},
    unique::{self, UniqueEvents},
    wire,
};
use crate::{app::App, dialects::body, idempotency};

/// Stores a notification. The response is 200 with the notification (documented by the vendor: not 201).
pub async fn create(
    app: &App,
    unique: &UniqueEvents,
    customer: Option<&str>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let by = auth::caller(app, headers, customer).await?;
    by.require(Ability::Send)?;
    headers::check_accept(headers)?;
    headers::check_content_type(headers)?;
    let key = idempotency::key(headers).map_err(|what| Refusal::invalid(Fault::InvalidString, "Idempotency-Key", what))?;
    let body = body::read(headers, body, app.config.server.max_body).await?;
    let claim = key.map(|key| idempotency::claim(&by, NAME, key, &body));
    let text = wire::text(&body).ok_or_else(|| Refusal::invalid(Fault::InvalidJson, "charset", "not UTF-8"))?;
    let Notice { destination_admin, mut message, mut extra } = notice::check(serde_json::from_str(text)?, Source::of(&by, NAME))?;
    // A repeated request gets the first response, even if the administrator was removed meanwhile.
    if let Some(first) = app.campanile.first(&by, claim.as_ref()).await? {
        return Ok(answer(serde_json::to_vec(&Echo::new(&destination_admin, &message, &extra))?, first.accepted.id));
    }
    let to = recipients(app, by.tenant(), &destination_admin).await?;
    if let Recipients::Person { person } = &to
        && *person != destination_admin
    {
        extra.destination_admin = Some(destination_admin.clone());
    }
    let mut echo = Vec::with_capacity(body.len() + 128);
    serde_json::to_writer(&mut echo, &Echo::new(&destination_admin, &message, &extra))?;
    let fingerprint = match (&message.source.event_id, &by) {
        (Some(event_id), Actor::Sender(sender)) if unique.chosen(app, sender).await? => Some(unique::fingerprint(event_id, &echo)),
        _ => None,
    };
    message.extra = extra.value();
    let mail = if extra.suppress_email { Mailing::Nobody } else { Mailing::Subscribers };
    let ways = Ways { mail, ..Ways::default() };
    let accepted = app.campanile.post(&by, Post { id: None, to: vec![to], message, claim, fingerprint, ways, when: When::Now }).await?;
    if !accepted.repeated {
        app.metrics.accepted(NAME);
    }
    Ok(answer(echo, accepted.id))
}

/// The response with the notification's id in a header.
fn answer(echo: Vec<u8>, id: Uuid) -> Response {
    let mut response = echo.into_response();
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(NOTIFICATION, id);
    }
    response
}

/// Resolves a destination: `*` is every administrator (documented by the vendor), anything else the id of
/// one. Decided here: the id is a login or the external id `citrix:<id>`; an unknown id is
/// `invalidString`.
async fn recipients(app: &App, tenant: TenantId, destination: &str) -> Result<Recipients, Refusal> {
    if destination == EVERY_ADMINISTRATOR {
        return Ok(Recipients::Administrators);
    }
    for name in [destination.to_owned(), format!("{NAME}:{destination}")] {
        if app.campanile.store().find_person(tenant, &name).await?.is_some() {
            return Ok(Recipients::Person { person: name });
        }
    }
    Err(Refusal::invalid(Fault::InvalidString, "destinationAdmin", destination.to_owned()))
}
