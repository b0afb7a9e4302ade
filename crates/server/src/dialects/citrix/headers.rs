//! Checks the `Accept` and `Content-Type` headers.

use axum::http::{HeaderMap, StatusCode, header};

use super::errors::CitrixError;

/// Rejects a client that does not accept JSON (RFC 9110 §12.5.1).
///
/// The vendor's platform requires exactly `application/json`. Decided here: `*/*`, `application/*`,
/// parameters and a missing header are accepted as well, because common clients send them.
pub fn check_accept(headers: &HeaderMap) -> Result<(), CitrixError> {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    // The most specific matching range decides.
    let mut best = (0, false);
    for range in values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let specific = match parts.next().unwrap_or_default() {
            "*/*" => 1,
            name if name.eq_ignore_ascii_case("application/*") => 2,
            name if name.eq_ignore_ascii_case("application/json") => 3,
            _ => continue,
        };
        let weight = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        let wanted = weight.is_none_or(|(_, weight)| weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0));
        if specific > best.0 || (specific == best.0 && wanted) {
            best = (specific, wanted);
        }
    }
    if best.1 {
        return Ok(());
    }
    let refusal = CitrixError::new(StatusCode::NOT_ACCEPTABLE, "notAcceptable", "Must accept application/json media type");
    Err(refusal.with_parameter("contentType", "application/json"))
}

/// Rejects a body that is not JSON in UTF-8.
pub fn check_content_type(headers: &HeaderMap) -> Result<(), CitrixError> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kind, charset) = media_type(given);
    if kind.eq_ignore_ascii_case("application/json") && charset.is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8")) {
        return Ok(());
    }
    let detail = "Must use application/json; charset=utf-8 media type";
    let refusal = CitrixError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupportedMediaType", detail);
    Err(refusal.with_parameter("mediaType", given.to_owned()))
}

/// Splits a media type into the type without parameters and the charset.
pub fn media_type(value: &str) -> (&str, Option<&str>) {
    let mut parts = value.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let charset = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    (kind, charset.map(|(_, charset)| charset.trim().trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_most_specific_range_decides() {
        let check = |values: &[&str], expected: bool| {
            assert_eq!(check_accept(&headers(header::ACCEPT, values)).is_ok(), expected, "{values:?}");
        };
        check(&[], true);
        for value in [
            "application/json",
            "*/*",
            "application/*",
            "APPLICATION/JSON; charset=utf-8",
            "text/html, */*;q=0.1",
            "application/json;odata=verbose",
        ] {
            check(&[value], true);
        }
        check(&["text/html", "application/json"], true);
        for value in [
            "text/html",
            "",
            "application/xml",
            "application/json;q=0",
            "application/json;q=0, */*",
            "*/*;q=0",
            "application/json;q=x",
            "text/json",
            "json",
        ] {
            check(&[value], false);
        }
    }

    #[test]
    fn bodies_are_json_in_utf_8() {
        let check = |values: &[&str], expected: bool| {
            assert_eq!(check_content_type(&headers(header::CONTENT_TYPE, values)).is_ok(), expected, "{values:?}");
        };
        for value in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/json; x=y",
        ] {
            check(&[value], true);
        }
        check(&[], false);
        for value in
            ["", "text/plain", "application/xml", "application/json; charset=utf-16", "application/jsonx", "application/problem+json"]
        {
            check(&[value], false);
        }
    }
}
