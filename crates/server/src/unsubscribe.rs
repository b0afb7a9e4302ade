//! Unsubscribes from email by the link in it, without signing in (RFC 8058).
//!
//! The link's token is good for nothing else. Mail programs send a POST. A person who opens the link is
//! asked first, because link scanners send GET requests and must not unsubscribe anybody.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use campanile_channels::{EmailTexts, direction, words};
use campanile_domain::Error;
use campanile_shared::language;
use serde::Deserialize;

use crate::{problem::ApiError, security_headers, state::AppState};

/// The link's query parameters.
#[derive(Deserialize)]
pub struct UnsubscribeQuery {
    #[serde(default)]
    token: String,
}

/// The confirmation page, without scripts, in the browser's language.
pub async fn confirmation_page(Query(link): Query<UnsubscribeQuery>, headers: HeaderMap) -> Response {
    // A token consists of letters, digits, dots, dashes and underscores (RFC 7519), so it needs no escaping.
    let is_token = !link.token.is_empty() && link.token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !is_token {
        return ApiError::from(Error::NotFound).into_response();
    }
    html_page(&headers, |words| {
        format!(
            "<p>{}</p><form method=\"post\" action=\"unsubscribe?token={}\">\
             <button name=\"List-Unsubscribe\" value=\"One-Click\">{}</button></form>",
            words.end_mail_question, link.token, words.end_mail
        )
    })
}

/// Stops the email and confirms it.
pub async fn unsubscribe(
    State(app): State<AppState>,
    Query(link): Query<UnsubscribeQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    app.campanile.unsubscribe(&link.token).await?;
    Ok(html_page(&headers, |words| format!("<p>{}</p>", words.mail_ended)))
}

/// An HTML page in the browser's language. The texts are constants and need no escaping.
fn html_page(headers: &HeaderMap, body: impl FnOnce(&EmailTexts) -> String) -> Response {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (language, words) = words(&language::parse_accept_language(wanted));
    let (direction, body) = (direction(language), body(words));
    let html = format!(
        "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Campanile</title></head><body><main>{body}</main></body></html>"
    );
    let mut fields = HeaderMap::new();
    security_headers::for_page(&mut fields);
    fields.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    (StatusCode::OK, fields, Html(html)).into_response()
}
