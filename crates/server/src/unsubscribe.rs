//! Unsubscribes from email by the link in it, without signing in (RFC 8058).
//!
//! The link's token is good for nothing else. Mail programs send a POST. A person who opens the link is
//! asked first, because link scanners send GET requests and must not unsubscribe anybody.

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use campanile_channels::{Words, direction, words};
use campanile_domain::Error;
use campanile_shared::language;
use serde::Deserialize;

use crate::{app::App, headers, problem::Refusal};

/// The route `/unsubscribe`.
pub fn router() -> Router<App> {
    Router::new().route("/unsubscribe", get(ask).post(end)).method_not_allowed_fallback(crate::problem::method_not_allowed)
}

/// The link's query parameters.
#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

/// The confirmation page, without scripts, in the browser's language.
async fn ask(Query(link): Query<Link>, headers: HeaderMap) -> Response {
    // A token consists of letters, digits, dots, dashes and underscores (RFC 7519), so it needs no escaping.
    let is_token = !link.token.is_empty() && link.token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !is_token {
        return Refusal::from(Error::NotFound).into_response();
    }
    page(&headers, |words| {
        format!(
            "<p>{}</p><form method=\"post\" action=\"unsubscribe?token={}\">\
             <button name=\"List-Unsubscribe\" value=\"One-Click\">{}</button></form>",
            words.end_mail_question, link.token, words.end_mail
        )
    })
}

/// Stops the email and confirms it.
async fn end(State(app): State<App>, Query(link): Query<Link>, headers: HeaderMap) -> Result<Response, Refusal> {
    app.campanile.unsubscribe(&link.token).await?;
    Ok(page(&headers, |words| format!("<p>{}</p>", words.mail_ended)))
}

/// An HTML page in the browser's language. The texts are constants and need no escaping.
fn page(asked: &HeaderMap, body: impl FnOnce(&Words) -> String) -> Response {
    let wanted = asked.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (language, words) = words(&language::accepted(wanted));
    let (direction, body) = (direction(language), body(words));
    let html = format!(
        "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Campanile</title></head><body><main>{body}</main></body></html>"
    );
    let mut fields = HeaderMap::new();
    headers::page(&mut fields);
    fields.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    (StatusCode::OK, fields, Html(html)).into_response()
}
