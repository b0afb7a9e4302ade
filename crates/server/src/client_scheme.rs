//! The scheme of the client's connection to a trusted proxy (`X-Forwarded-Proto`).

use axum::http::{HeaderMap, uri::Scheme};

use crate::config::Config;

/// The scheme of `X-Forwarded-Proto`, if `server.trust_forwarded` is on. Of several values the last
/// counts, because the proxy itself wrote it.
pub fn scheme(headers: &HeaderMap, config: &Config) -> Option<Scheme> {
    let field = config.server.trust_forwarded.then(|| headers.get_all("x-forwarded-proto").iter().next_back()).flatten()?;
    let scheme: Scheme = field.to_str().ok()?.rsplit(',').next()?.trim().to_ascii_lowercase().parse().ok()?;
    [Scheme::HTTP, Scheme::HTTPS].contains(&scheme).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_last_word_is_the_proxys_and_only_a_trusted_one_is_believed() {
        for (fields, expected) in [
            (&["https"][..], Some("https")),
            (&["HTTPS"], Some("https")),
            (&["http, https"], Some("https")),
            (&["https", "http"], Some("http")),
            (&["ftp"], None),
            (&[""], None),
            (&[], None),
        ] {
            let headers = fields.iter().map(|field| ("x-forwarded-proto".parse().unwrap(), field.parse().unwrap())).collect();
            for trusted in [true, false] {
                let config = Config::load(None, json!({"server": {"trust_forwarded": trusted}})).unwrap();
                let scheme = scheme(&headers, &config);
                assert_eq!(scheme.as_ref().map(Scheme::as_str), expected.filter(|_| trusted), "{fields:?}");
            }
        }
    }
}
