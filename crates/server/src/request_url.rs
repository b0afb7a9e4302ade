//! The URL of a request as its client wrote it, for links in responses.

use axum::{
    extract::OriginalUri,
    http::{
        Uri,
        request::Parts,
        uri::{Authority, PathAndQuery, Scheme},
    },
};

use crate::{client_scheme, config::Config, virtual_hosts};

/// A request's URL. On a host bound to a dialect it has no dialect prefix.
#[derive(Debug)]
pub struct RequestUrl {
    /// The part before the path: scheme and host, or all of `server.public_url`.
    base: String,
    /// Path and query.
    uri: Uri,
}

impl RequestUrl {
    /// The URL of a request.
    pub fn from_parts(parts: &Parts, config: &Config) -> Self {
        // The outermost router keeps it, before virtual hosts and nested routers rewrite the URI.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        let host = virtual_hosts::authority(uri, &parts.headers).and_then(|host| host.parse::<Authority>().ok());
        let scheme = client_scheme::scheme(&parts.headers, config);
        Self { base: base(&config.public_url(), scheme.as_ref(), host.as_ref()), uri: uri.clone() }
    }

    /// The URL with its own query.
    pub fn url(&self) -> String {
        format!("{}{}", self.base, self.uri.path_and_query().map_or("/", PathAndQuery::as_str))
    }

    /// The URL with another query.
    pub fn with_query(&self, query: &str) -> String {
        format!("{}{}?{query}", self.base, self.uri.path())
    }
}

/// The part before the path. For the public host it is `server.public_url`. For another host the scheme is
/// that of the forwarding proxy, or else that of `server.public_url`.
fn base(public: &str, scheme: Option<&Scheme>, host: Option<&Authority>) -> String {
    let (default_scheme, rest) = public.split_once("://").unwrap_or(("http", public));
    let public_host = rest.split('/').next().unwrap_or_default();
    match host {
        Some(host) if !host.as_str().eq_ignore_ascii_case(public_host) => {
            format!("{}://{host}", scheme.map_or(default_scheme, Scheme::as_str))
        }
        _ => public.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_uses_the_host_the_client_wrote() {
        let check = |public: &str, scheme: Option<&str>, host: Option<&str>, expected: &str| {
            let (scheme, host) = (scheme.map(|scheme| scheme.parse().unwrap()), host.map(|host| host.parse().unwrap()));
            assert_eq!(base(public, scheme.as_ref(), host.as_ref()), expected, "{public} {scheme:?} {host:?}");
        };
        check("http://127.0.0.1:8080", None, Some("sc.example"), "http://sc.example");
        check("http://127.0.0.1:8080", Some("https"), Some("sc.example:8443"), "https://sc.example:8443");
        check("https://n.example", None, Some("sc.example"), "https://sc.example");
        check("https://n.example/x", None, Some("N.example"), "https://n.example/x");
        check("https://n.example", None, None, "https://n.example");
    }
}
