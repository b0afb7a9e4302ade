//! Which files browsers may cache, and for how long.

use axum::http::{HeaderMap, header};

/// The value of `Cache-Control` for a file.
pub fn cache_control(name: &str) -> &'static str {
    if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// Whether the client already has this version (`If-None-Match`, RFC 9110 §13.1.2).
pub fn matches_etag(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    tags.map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// Whether the name contains a hash of the content, so that the file never changes: `name-<hash>.js`, as
/// trunk and our build name files (up to 16 hexadecimal digits, without leading zeros).
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    let hash = stem.strip_suffix("_bg").unwrap_or(stem).rsplit_once('-').map_or("", |(_, hash)| hash);
    (12..=16).contains(&hash.len()) && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_hashed_names_are_cached_for_ever() {
        for name in
            ["console-2f1c8d3e4b5a6978.js", "console-f1c8d3e4b5a6978_bg.wasm", "start-0123456789abcdef.js", "sub/base-2f1c8d3e4b5a6978.css"]
        {
            assert!(is_hashed(name), "{name}");
        }
        for name in
            ["campanile.js", "panel_bg.wasm", "index.html", "a-b.js", "snippets/console-2f1c8d3e4b5a6978/inline0.js", "x-facade.js", ""]
        {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn a_known_version_is_recognised() {
        let check = |field: &'static str, expected: bool| {
            let headers = [(header::IF_NONE_MATCH, HeaderValue::from_static(field))].into_iter().collect();
            assert_eq!(matches_etag(&headers, "\"a\""), expected, "{field}");
        };
        check("\"a\"", true);
        check("\"b\", W/\"a\"", true);
        check("*", true);
        check("\"b\"", false);
        check("a", false);
    }
}
