//! Protection against cross-site request forgery (CSRF), with headers that only browsers can set.
//!
//! A browser also sends cookies with requests that other sites trigger. So a request that changes
//! something and uses a cookie must come from our own origin: scheme, host and port (RFC 6454 §4; OWASP:
//! verifying origin with standard headers).

use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header, request::Parts};
use campanile_shared::origin::normalise_origin;

use crate::{client_scheme, config::Config, problem::ApiError, virtual_hosts};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the request comes from a page of our own origin. A request without these headers does not come
/// from a browser's page and is accepted.
pub fn is_same_origin(uri: &Uri, headers: &HeaderMap, config: &Config) -> bool {
    // A header that occurs twice counts as invalid.
    let text = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        values.next().map(|value| if values.next().is_some() { "" } else { value.to_str().unwrap_or_default() })
    };
    if text(SEC_FETCH_SITE).is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    // Both headers must match. `null` and other values that are not an origin never match.
    text(header::ORIGIN).is_none_or(|said| normalise_origin(said).is_some_and(|said| is_own_origin(&said, uri, headers, config)))
}

/// Whether an origin is that of `server.public_url` or of the URL of the request.
fn is_own_origin(said: &str, uri: &Uri, headers: &HeaderMap, config: &Config) -> bool {
    let public = config.public_url();
    let public = public_origin(&public);
    if public.as_deref() == Some(said) {
        return true;
    }
    let Some(host) = virtual_hosts::authority(uri, headers) else { return false };
    let usual = public.as_deref().and_then(|url| url.split_once("://")).map_or("http", |(scheme, _)| scheme);
    let scheme = client_scheme::scheme(headers, config);
    let at = |scheme: &str| normalise_origin(&format!("{scheme}://{host}"));
    at(scheme.as_ref().map_or(usual, |scheme| scheme.as_str())).as_deref() == Some(said)
        // A browser on this machine connects directly, without the TLS proxy.
        || (scheme.is_none() && is_loopback(host) && at("http").as_deref() == Some(said))
}

/// The origin of a URL.
fn public_origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split('/').next()?;
    // The user name and password before the host are not part of the origin.
    normalise_origin(&format!("{scheme}://{}", authority.rsplit('@').next()?))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Rejects a request with a cookie that changes something and comes from another origin.
pub fn reject_cross_site(parts: &Parts, config: &Config) -> Result<(), ApiError> {
    let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same_origin(&parts.uri, &parts.headers, config) {
        return Ok(());
    }
    let detail = "Only pages of this origin may use a session cookie. Pages of other origins must send a bearer token.";
    Err(ApiError::new(StatusCode::FORBIDDEN, "cross-site", "The request comes from another site", detail.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(public: &str, trusted: bool, pairs: &[(&'static str, &'static str)], expected: bool) {
        let flags = json!({"server": {"public_url": public, "trust_forwarded": trusted, "listen": "127.0.0.1:8080"}});
        let config = Config::load(None, flags).unwrap();
        let headers = pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect();
        assert_eq!(is_same_origin(&"/api".parse().unwrap(), &headers, &config), expected, "{public} {pairs:?}");
    }

    #[test]
    fn what_the_browser_says_of_the_site_decides() {
        let check = |pairs: &[_], expected| check("", false, pairs, expected);
        check(&[], true);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "none")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "")], false);
        check(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], false);
        check(&[("sec-fetch-site", "same-site"), ("host", "a")], false);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "http://a"), ("host", "a")], true);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "null"), ("host", "a")], false);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example"), ("host", "a")], false);
    }

    #[test]
    fn scheme_host_and_port_are_compared() {
        for (public, trusted, pairs, expected) in [
            ("", false, &[("origin", "http://a.example"), ("host", "a.example")][..], true),
            ("", false, &[("origin", "https://a.example"), ("host", "a.example")], false),
            ("", false, &[("origin", "http://a.example:80"), ("host", "a.example")], true),
            ("", false, &[("origin", "http://a.example"), ("host", "a.example:80")], true),
            ("", false, &[("origin", "http://a.example:81"), ("host", "a.example")], false),
            ("", false, &[("origin", "http://A.example"), ("host", "a.EXAMPLE")], true),
            ("", false, &[("origin", "http://b.example"), ("host", "a.example")], false),
            ("", false, &[("origin", "null"), ("host", "a.example")], false),
            ("", false, &[("origin", "null"), ("host", "null")], false),
            ("", false, &[("origin", ""), ("host", "")], false),
            ("", false, &[("origin", "http://a.example")], false),
            ("", false, &[("origin", "http://a.example"), ("origin", "http://a.example"), ("host", "a.example")], false),
            ("", false, &[("origin", "http://a.example/"), ("host", "a.example")], true),
            ("", false, &[("origin", "http://a.example/x"), ("host", "a.example")], false),
            ("", false, &[("origin", "http://x@a.example"), ("host", "a.example")], false),
            ("https://n.example", false, &[("origin", "https://n.example"), ("host", "n.example")], true),
            ("https://n.example", false, &[("origin", "http://n.example"), ("host", "n.example")], false),
            ("https://n.example", false, &[("origin", "https://n.example:443"), ("host", "n.example")], true),
            ("https://n.example", false, &[("origin", "https://n.example:8443"), ("host", "n.example")], false),
            // A proxy that does not forward the host name.
            ("https://n.example/below", false, &[("origin", "https://n.example"), ("host", "10.0.0.7:8080")], true),
            ("https://n.example", false, &[("origin", "https://m.example"), ("host", "m.example")], true),
            ("https://n.example", false, &[("origin", "http://m.example"), ("host", "m.example")], false),
            // Without the proxy, on the machine itself.
            ("https://n.example", false, &[("origin", "http://localhost:8080"), ("host", "localhost:8080")], true),
            ("https://n.example", false, &[("origin", "http://[::1]:8080"), ("host", "[::1]:8080")], true),
            ("https://n.example", false, &[("origin", "http://localhost:9090"), ("host", "localhost:8080")], false),
            // Only a trusted proxy sets the scheme.
            ("", true, &[("origin", "https://a.example"), ("host", "a.example"), ("x-forwarded-proto", "https")], true),
            ("", true, &[("origin", "http://a.example"), ("host", "a.example"), ("x-forwarded-proto", "https")], false),
            ("", true, &[("origin", "https://a.example"), ("host", "a.example"), ("x-forwarded-proto", "http, https")], true),
            ("", false, &[("origin", "https://a.example"), ("host", "a.example"), ("x-forwarded-proto", "https")], false),
            ("https://n.example", true, &[("origin", "http://m.example"), ("host", "m.example"), ("x-forwarded-proto", "http")], true),
        ] {
            check(public, trusted, pairs, expected);
        }
    }
}
