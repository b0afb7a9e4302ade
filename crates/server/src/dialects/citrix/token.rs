//! The two token endpoints: exchange a client's id and secret for a token of one hour.
//!
//! A client is an API key: its id is the key's name, its secret the key's text.

use axum::{
    Form,
    body::Body,
    extract::FromRequest,
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Error,
    access::Actor,
    identity,
    security_log::{Entry, Event},
};
use serde::Serialize;

use super::{
    auth,
    error::{Fault, Refusal},
    headers,
    wire::{self, Client, Scalar},
};
use crate::{app::App, dialects::body};

/// The maximum body of a token request, in bytes; usual ones have a few hundred.
const LARGEST: usize = 16 * 1024;

/// The customer name that means any customer.
const ROOT: &str = "root";

/// A response of the OAuth 2.0 endpoint; `expires_in` is a string (documented by the vendor).
#[derive(Serialize)]
struct Token<'a> {
    token_type: &'static str,
    access_token: &'a str,
    expires_in: String,
}

/// An OAuth 2.0 error (RFC 6749 §5.2).
#[derive(Serialize)]
struct TokenError {
    error: &'static str,
    error_description: &'static str,
}

/// A response of the older trust API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trust<'a> {
    principal: &'a str,
    subject: &'a str,
    token: &'a str,
    /// Decided here: null, because no OpenID token is issued.
    open_id_token: Option<&'a str>,
    expires_in: u64,
}

/// `POST /cctrustoauth2/{customer}/tokens/clients`: the client credentials grant (RFC 6749 §4.4).
///
/// Errors of the request and the client are OAuth errors. `invalid_client` with its text and status is
/// documented by the vendor.
pub async fn client_credentials(app: &App, customer: &str, headers: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !headers::media_type(kind).0.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(oauth_error("invalid_request", "The body must be a form."));
    }
    let body = body::read(headers, body, LARGEST).await?;
    let mut form = Request::new(Body::from(body));
    *form.method_mut() = axum::http::Method::POST;
    form.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let Ok(Form(pairs)) = Form::<Vec<(String, String)>>::from_request(form, &()).await else {
        return Ok(oauth_error("invalid_request", "The form cannot be read."));
    };
    let field = |name: &str| {
        let mut values = pairs.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    };
    let (Some(grant), Some(id), Some(secret)) = (field("grant_type"), field("client_id"), field("client_secret")) else {
        return Ok(oauth_error("invalid_request", "grant_type, client_id and client_secret are required once each."));
    };
    if grant != "client_credentials" {
        return Ok(oauth_error("unsupported_grant_type", "Only client_credentials is supported."));
    }
    let customer = Some(customer).filter(|customer| !customer.eq_ignore_ascii_case(ROOT));
    match exchange(app, customer, id, secret).await {
        Ok(secret) => {
            let expires_in = identity::TOKEN.as_secs().to_string();
            Ok(secret_json(StatusCode::OK, &Token { token_type: "bearer", access_token: &secret, expires_in }))
        }
        Err(Error::Unauthenticated) => Ok(oauth_error("invalid_client", "Invalid client id or client secret.")),
        Err(error) => Err(error.into()),
    }
}

/// `POST /root/tokens/clients`: the older trust API, with JSON. Decided here: an unknown client is answered
/// 401, and `principal` and `subject` are the client's id.
pub async fn trust(app: &App, headers: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    headers::check_accept(headers)?;
    headers::check_content_type(headers)?;
    let body = body::read(headers, body, LARGEST).await?;
    let text = wire::text(&body).ok_or_else(|| Refusal::invalid(Fault::InvalidJson, "charset", "not UTF-8"))?;
    let client: Client<'_> = serde_json::from_str(text)?;
    let required = |name: &'static str, value| match value {
        Scalar::Text(text) if !text.is_empty() => Ok(text),
        Scalar::Text(_) | Scalar::Absent => Err(Refusal::invalid(Fault::Missing, name, "")),
        _ => Err(Refusal::invalid(Fault::InvalidString, name, "not a string")),
    };
    let id = required("clientId", client.client_id)?;
    let secret = required("clientSecret", client.client_secret)?;
    let token = exchange(app, None, &id, &secret).await?;
    let trust = Trust { principal: &id, subject: &id, token: &token, open_id_token: None, expires_in: identity::TOKEN.as_secs() };
    Ok(secret_json(StatusCode::OK, &trust))
}

/// Issues a token to a client of the customer, or of any customer for `None`, and logs it.
async fn exchange(app: &App, customer: Option<&str>, id: &str, secret: &str) -> Result<String, Error> {
    let exchanged = token_of(app, customer, id, secret).await;
    match &exchanged {
        Ok((by, _)) => Entry::new(Event::TokenExchange).by(by).done(),
        Err(_) => Entry::new(Event::TokenExchange).subject(id).ended(&exchanged),
    }
    exchanged.map(|(_, token)| token)
}

async fn token_of(app: &App, customer: Option<&str>, id: &str, secret: &str) -> Result<(Actor, String), Error> {
    let sender = app.campanile.find_sender(secret).await?;
    if customer.is_some_and(|customer| !auth::same_name(customer, &sender.tenant_name)) {
        return Err(Error::Unauthenticated);
    }
    app.limiter.request(&sender)?;
    let (sender, fresh) = app.campanile.exchange(id, secret).await?;
    Ok((Actor::Sender(sender), fresh.secret))
}

fn oauth_error(error: &'static str, error_description: &'static str) -> Response {
    secret_json(StatusCode::BAD_REQUEST, &TokenError { error, error_description })
}

/// A JSON response that no cache may store (RFC 6749 §5.1).
fn secret_json(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
