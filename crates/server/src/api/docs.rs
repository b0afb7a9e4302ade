//! Serves the OpenAPI document and an HTML page rendered from it.

mod html;
mod types;

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    Router,
    http::header,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa::openapi::{Content, OpenApi, RefOr, Required, path::Operation};

use self::html::escape;
use super::endpoints::document;
use crate::{security_headers, state::AppState};

static JSON: LazyLock<String> = LazyLock::new(|| document().to_pretty_json().unwrap_or_default());
static PAGE: LazyLock<String> = LazyLock::new(|| render(&document()));
const CSS: &str = include_str!("docs.css");

/// `/openapi.json` and `/docs`.
pub fn router() -> Router<AppState> {
    Router::new().route("/openapi.json", get(json)).route("/docs", get(page)).route("/docs.css", get(style))
}

async fn json() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], JSON.as_str()).into_response()
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], CSS).into_response()
}

async fn page() -> Response {
    let mut response = Html(PAGE.as_str()).into_response();
    security_headers::for_api_docs(response.headers_mut());
    response
}

/// Renders the document as one HTML page: each call with its parameters, body and responses.
fn render(document: &OpenApi) -> String {
    let mut page = String::from("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>");
    page += "<title>Campanile API</title><link rel=stylesheet href=docs.css><main><h1>Campanile API</h1>";
    let about = document.info.description.as_deref().unwrap_or_default();
    // Writing to a String cannot fail.
    let _ =
        write!(page, "<p>{} Version {}. Also available as <a href=openapi.json>OpenAPI 3.1</a>.</p>", escape(about), document.info.version);
    let base = document.servers.iter().flatten().next().map_or("", |server| server.url.as_str());
    for (path, item) in &document.paths.paths {
        let calls = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
        for (method, operation) in calls {
            if let Some(operation) = operation {
                render_call(&mut page, method, &format!("{base}{path}"), operation);
            }
        }
    }
    render_errors(&mut page, document);
    types::render(&mut page, &serde_json::to_value(document).unwrap_or_default());
    page + "</main></html>"
}

/// Renders the errors that many calls share.
fn render_errors(page: &mut String, document: &OpenApi) {
    *page += "<section id=\"errors\"><h2>Errors</h2><p>Each is a <a href=\"#Problem\">Problem</a>.</p><dl>";
    for (name, response) in document.components.iter().flat_map(|components| &components.responses) {
        if let RefOr::T(response) = response {
            let fields: Vec<&str> = response.headers.keys().map(String::as_str).collect();
            let with = if fields.is_empty() { String::new() } else { format!(" <small>with {}</small>", fields.join(", ")) };
            let _ = write!(page, "<dt>{name}{with}<dd>{}", escape(&response.description));
        }
    }
    *page += "</dl></section>";
}

fn render_call(page: &mut String, method: &str, path: &str, operation: &Operation) {
    let summary = operation.summary.as_deref().unwrap_or_default();
    let _ = write!(page, "<section><h2><code>{method} {}</code></h2><p>{}</p>", escape(path), escape(summary));
    for paragraph in operation.description.as_deref().unwrap_or_default().split("\n\n").filter(|text| !text.is_empty()) {
        let _ = write!(page, "<p>{}</p>", escape(paragraph));
    }
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if !parameters.is_empty() {
        *page += "<h3>Parameters</h3><dl>";
        for parameter in parameters {
            let required = if parameter.required == Required::True { ", required" } else { "" };
            let place = serde_json::to_value(&parameter.parameter_in).unwrap_or_default();
            let text = parameter.description.as_deref().unwrap_or_default();
            let place = place.as_str().unwrap_or_default();
            let _ = write!(page, "<dt><code>{}</code> <small>{place}{required}</small><dd>{}", escape(&parameter.name), escape(text));
        }
        *page += "</dl>";
    }
    let describe = |content: &Content| types::describe(&serde_json::to_value(&content.schema).unwrap_or_default());
    for (kind, content) in operation.request_body.iter().flat_map(|body| &body.content) {
        let _ = write!(page, "<h3>Body</h3><p><code>{}</code>: {}</p>", escape(kind), describe(content));
    }
    *page += "<h3>Responses</h3><dl>";
    let mut shared = String::new();
    for (status, response) in &operation.responses.responses {
        match response {
            RefOr::T(response) => {
                let body =
                    response.content.values().next().map_or_else(String::new, |content| format!(" <small>{}</small>", describe(content)));
                let _ = write!(page, "<dt><code>{status}</code>{body}<dd>{}", escape(&response.description));
            }
            RefOr::Ref(_) => drop(write!(shared, " <code>{status}</code>")),
        }
    }
    let _ = write!(page, "</dl><p>Or an <a href=\"#errors\">error</a>:{shared}</p></section>");
}
