//! Security headers: what the server's pages may do, and which origins may load its files.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::Config;

/// The Content-Security-Policy of the server's pages: everything from the own origin, no inline script or
/// style. `wasm-unsafe-eval` allows compiling WebAssembly and nothing else.
const PAGE_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

/// The Content-Security-Policy of the API's documentation: one page and its style sheet.
const API_DOCS_CSP: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The Content-Security-Policy of a picture from elsewhere. Opened directly, it must run nothing.
const PICTURE_CSP: &str = "default-src 'none'; sandbox";

/// Device features that no page uses.
const DENIED_PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Headers of an HTML page.
pub fn for_page(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_CSP));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(DENIED_PERMISSIONS));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    no_referrer(headers);
}

/// Headers of the page of the API's documentation.
pub fn for_api_docs(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(API_DOCS_CSP));
}

/// Headers of a picture that was loaded from elsewhere.
pub fn for_picture(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PICTURE_CSP));
    headers.extend(for_every_response());
}

/// Headers of a file that any origin may load: it is public and the same for everyone.
pub fn for_shared_file(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    no_referrer(headers);
}

/// Headers of every response: browsers must not guess media types (WHATWG Fetch §3.5).
pub fn for_every_response() -> HeaderMap {
    [(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))].into_iter().collect()
}

/// Headers of every response of the public listener. With an HTTPS `server.public_url`, browsers use only
/// HTTPS for one year (RFC 6797); they ignore the header on plain HTTP.
pub fn for_public_listener(config: &Config) -> HeaderMap {
    let mut headers = for_every_response();
    if config.public_url().get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers
}

/// Headers of pages and shared files: no `Referer` is sent to other sites.
fn no_referrer(headers: &mut HeaderMap) {
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
