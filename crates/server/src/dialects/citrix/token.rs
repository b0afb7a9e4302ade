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
    lifetimes::ACCESS_TOKEN_LIFETIME,
    model::access::Actor,
    security_log::{Entry, event::SecurityEvent},
};
use serde::Serialize;

use super::{
    auth,
    errors::{CitrixError, FieldErrorKind},
    headers,
    scalar::Scalar,
    wire::{self, TrustRequest},
};
use crate::{dialects::body, state::AppState};

/// The maximum body of a token request, in bytes; usual ones have a few hundred.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// The customer name that means any customer.
const ANY_CUSTOMER: &str = "root";

/// A response of the OAuth 2.0 endpoint; `expires_in` is a string (documented by the vendor).
#[derive(Serialize)]
struct TokenResponse<'a> {
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
struct TrustResponse<'a> {
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
pub async fn client_credentials(app: &AppState, customer: &str, headers: &HeaderMap, body: Body) -> Result<Response, CitrixError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !headers::media_type(kind).0.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(oauth_error("invalid_request", "The body must be a form."));
    }
    let body = body::read(headers, body, MAX_BODY_BYTES).await?;
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
    let customer = Some(customer).filter(|customer| !customer.eq_ignore_ascii_case(ANY_CUSTOMER));
    match exchange_and_log(app, customer, id, secret).await {
        Ok(secret) => {
            let expires_in = ACCESS_TOKEN_LIFETIME.as_secs().to_string();
            Ok(no_store_json(StatusCode::OK, &TokenResponse { token_type: "bearer", access_token: &secret, expires_in }))
        }
        Err(Error::Unauthenticated) => Ok(oauth_error("invalid_client", "Invalid client id or client secret.")),
        Err(error) => Err(error.into()),
    }
}

/// `POST /root/tokens/clients`: the older trust API, with JSON. Decided here: an unknown client is answered
/// 401, and `principal` and `subject` are the client's id.
pub async fn trust(app: &AppState, headers: &HeaderMap, body: Body) -> Result<Response, CitrixError> {
    headers::check_accept(headers)?;
    headers::check_content_type(headers)?;
    let body = body::read(headers, body, MAX_BODY_BYTES).await?;
    let text = wire::utf8(&body).ok_or_else(|| CitrixError::invalid_field(FieldErrorKind::InvalidJson, "charset", "not UTF-8"))?;
    let client: TrustRequest<'_> = serde_json::from_str(text)?;
    let required = |name: &'static str, value| match value {
        Scalar::Text(text) if !text.is_empty() => Ok(text),
        Scalar::Text(_) | Scalar::Absent => Err(CitrixError::invalid_field(FieldErrorKind::Missing, name, "")),
        _ => Err(CitrixError::invalid_field(FieldErrorKind::InvalidString, name, "not a string")),
    };
    let id = required("clientId", client.client_id)?;
    let secret = required("clientSecret", client.client_secret)?;
    let token = exchange_and_log(app, None, &id, &secret).await?;
    let trust =
        TrustResponse { principal: &id, subject: &id, token: &token, open_id_token: None, expires_in: ACCESS_TOKEN_LIFETIME.as_secs() };
    Ok(no_store_json(StatusCode::OK, &trust))
}

/// Issues a token to a client of the customer, or of any customer for `None`, and logs it.
async fn exchange_and_log(app: &AppState, customer: Option<&str>, id: &str, secret: &str) -> Result<String, Error> {
    let exchanged = issue_token(app, customer, id, secret).await;
    match &exchanged {
        Ok((by, _)) => Entry::new(SecurityEvent::TokenExchange).by(by).done(),
        Err(_) => Entry::new(SecurityEvent::TokenExchange).subject(id).finished(&exchanged),
    }
    exchanged.map(|(_, token)| token)
}

async fn issue_token(app: &AppState, customer: Option<&str>, id: &str, secret: &str) -> Result<(Actor, String), Error> {
    let sender = app.campanile.find_sender(secret).await?;
    if customer.is_some_and(|customer| !auth::is_same_customer(customer, &sender.tenant_name)) {
        return Err(Error::Unauthenticated);
    }
    app.rate_limits.count_key_request(&sender)?;
    let (sender, fresh) = app.campanile.exchange_api_key(id, secret).await?;
    Ok((Actor::Sender(sender), fresh.secret))
}

fn oauth_error(error: &'static str, error_description: &'static str) -> Response {
    no_store_json(StatusCode::BAD_REQUEST, &TokenError { error, error_description })
}

/// A JSON response that no cache may store (RFC 6749 §5.1).
fn no_store_json(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
