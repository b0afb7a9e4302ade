//! Serves the console's files, from the binary or from the folder in `console.files`.
//!
//! This module knows nothing of the API. Each page of the console has a path of one segment and is
//! answered with `index.html`. Any other path that is not a file is answered with 404.

mod caching;
mod encoding;
mod files;
mod media_type;

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use tower::{Service, service_fn};

use crate::{config::Config, problem, security_headers};
use encoding::Encoding;
use files::{File, Files};

/// The file that answers every page.
const INDEX: &str = "index.html";

/// The page that explains how to build the console. It is served when the console is not built.
const NOT_BUILT_PAGE: &str = include_str!("assets/not_built.html");

/// The service for all paths that have no route.
pub fn service(
    config: &Config,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send + 'static> + Clone + Send + Sync + use<> {
    let files = Files::from_folder(&config.console.files);
    service_fn(move |request: Request| {
        let files = files.clone();
        // Drop the body: it is not needed, and it is not `Sync`.
        let request = request.map(drop);
        async move { Ok(handle(&files, &request).await) }
    })
}

async fn handle(files: &Files, request: &Request<()>) -> Response {
    let (path, headers) = (request.uri().path().trim_start_matches('/'), request.headers());
    let page = is_page(path, headers);
    let readable = matches!(*request.method(), Method::GET | Method::HEAD);
    for (name, fits) in [(path, files::is_safe_path(path)), (INDEX, page)] {
        if fits && let Some((file, encoding)) = negotiate(files, name, headers).await {
            return if readable { file_response(request, name, file, encoding) } else { method_not_allowed().await };
        }
    }
    match (page, readable) {
        (false, _) => problem::not_found().await.into_response(),
        (true, false) => method_not_allowed().await,
        (true, true) => not_built(),
    }
}

/// Whether a request is for a page of the console: the root, or one path segment in a request that
/// accepts HTML. Names of files have a dot, names of pages have none.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let wants_html = || headers.get_all(header::ACCEPT).iter().any(|accept| accept.as_bytes().windows(9).any(|part| part == b"text/html"));
    path.is_empty() || (!path.contains(['/', '.', '%']) && wants_html())
}

/// The file in the available encoding that the client prefers.
async fn negotiate(files: &Files, name: &str, headers: &HeaderMap) -> Option<(File, Encoding)> {
    for encoding in encoding::preferred(headers) {
        if let Some(file) = files.read(&format!("{name}{}", encoding.suffix())).await {
            return Some((file, encoding));
        }
    }
    None
}

fn file_response(request: &Request<()>, name: &str, file: File, encoding: Encoding) -> Response {
    let mut response = Response::new(Body::empty());
    let fields = response.headers_mut();
    // Each encoding has its own entity tag, because its bytes differ (RFC 9110 §8.8.3.3).
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&file.hash[..18]));
    let unchanged = caching::matches_etag(request.headers(), &tag);
    fields.insert(header::ETAG, HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\"")));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching::cache_control(name)));
    if name == INDEX {
        fields.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
        security_headers::for_page(fields);
    } else {
        fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        security_headers::for_shared_file(fields);
    }
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type::for_file(name)));
    fields.insert(header::CONTENT_LENGTH, file.content.len().into());
    if let Some(coding) = encoding.name() {
        fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    if request.method() != Method::HEAD {
        *response.body_mut() = Body::from(file.content);
    }
    response
}

async fn method_not_allowed() -> Response {
    ([(header::ALLOW, "GET, HEAD")], problem::method_not_allowed().await).into_response()
}

fn not_built() -> Response {
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, Bytes::from_static(NOT_BUILT_PAGE.as_bytes())).into_response();
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type::for_file(INDEX)));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    security_headers::for_page(fields);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_one_segment_for_a_window() {
        let check = |path: &str, accept: &'static str, expected: bool| {
            let headers = [(header::ACCEPT, HeaderValue::from_static(accept))].into_iter().collect();
            assert_eq!(is_page(path, &headers), expected, "{path} {accept}");
        };
        check("", "*/*", true);
        check("inbox", "text/html,application/xhtml+xml,*/*;q=0.8", true);
        check("inbox", "*/*", false);
        check("inbox/1", "text/html", false);
        check("missing.js", "text/html", false);
        check("%2e%2e", "text/html", false);
    }
}
