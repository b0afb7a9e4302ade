//! Header fields by which browsers are told what our pages may do and who may use our files.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::Config;

/// What a page of ours may load and do: only what comes from its own origin, and no script or
/// style inside the page. `wasm-unsafe-eval` lets it compile WebAssembly and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

/// Devices and features that no page of ours needs.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// For an HTML page of ours.
pub fn page(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    plain(headers);
}

/// For a file that pages of any origin may load: it holds no secret, and it is the same for everyone.
pub fn shared(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    plain(headers);
}

/// For every answer of a listener, whatever it is: no guessing of types (WHATWG Fetch §3.5).
pub fn everywhere() -> HeaderMap {
    [(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))].into_iter().collect()
}

/// The same where people come: when they come by TLS, browsers come by nothing else for a year (RFC
/// 6797). They heed it only where it came by TLS.
pub fn for_people(config: &Config) -> HeaderMap {
    let mut headers = everywhere();
    if config.public_url().get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers
}

/// For both: no word to others about where a visitor comes from.
fn plain(headers: &mut HeaderMap) {
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
