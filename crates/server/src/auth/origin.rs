//! Where a request comes from, by the headers only browsers can set.
//!
//! A cookie travels with requests that other sites provoke. So a request that changes something
//! and rests on a cookie must come from our own origin (OWASP: verifying origin with standard
//! headers).

use axum::http::{HeaderMap, Method, StatusCode, header, request::Parts};

use crate::problem::Refusal;

/// Whether the browser says that the page behind this request has our own origin. A request
/// without any such header is not from a browser's page, and holds.
pub fn is_same(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
    }
}

/// Refuses a request that rests on a cookie, changes something and comes from elsewhere.
pub fn check(parts: &Parts) -> Result<(), Refusal> {
    let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same(&parts.headers) {
        return Ok(());
    }
    let detail = "A session cookie is good for pages of this origin alone. Pages of other origins send a bearer token.";
    Err(Refusal::new(StatusCode::FORBIDDEN, "cross-site", "The request comes from another site", detail.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_are_told_apart() {
        let check = |pairs: &[(&'static str, &'static str)], expected: bool| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(is_same(&headers), expected, "{pairs:?}");
        };
        check(&[], true);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], false);
        check(&[("origin", "https://a.example"), ("host", "a.example")], true);
        check(&[("origin", "https://b.example"), ("host", "a.example")], false);
        check(&[("origin", "null"), ("host", "a.example")], false);
    }
}
