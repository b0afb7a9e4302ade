//! Virtual hosts: host names whose root is a dialect, for clients that cannot add a path prefix.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, Uri, header, uri::PathAndQuery},
};
use tower::Service;

use crate::config::Config;

/// Wraps the routes so that a request to a host of `[hosts]` finds the dialect's paths at the root.
pub fn route_hosts(routes: Router, config: &Config) -> Router {
    if config.hosts.is_empty() {
        return routes;
    }
    let prefixes = config.hosts.iter().map(|(host, dialect)| (host.trim_end_matches('.').to_owned(), format!("/{dialect}"))).collect();
    // This wraps the router, because the path must be rewritten before routing.
    Router::new().fallback_service(VirtualHosts { routes, prefixes })
}

/// A service that rewrites the paths of virtual hosts and then routes the request.
#[derive(Clone)]
struct VirtualHosts {
    routes: Router,
    prefixes: Vec<(String, String)>,
}

impl Service<Request> for VirtualHosts {
    type Response = <Router as Service<Request>>::Response;
    type Error = Infallible;
    type Future = <Router as Service<Request>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let prefix = host_name(request.uri(), request.headers())
            .and_then(|host| self.prefixes.iter().find(|(name, _)| name.eq_ignore_ascii_case(host)))
            .map(|(_, prefix)| prefix);
        if let Some(uri) = prefix.and_then(|prefix| prefixed(prefix, request.uri())) {
            *request.uri_mut() = uri;
        }
        self.routes.call(request)
    }
}

/// The request's host, with its port if it has one. The request line takes precedence over the `Host`
/// header (RFC 9112 §3.2.2).
pub fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let field = || headers.get(header::HOST)?.to_str().ok();
    uri.authority().map(|authority| authority.as_str()).or_else(field)
}

/// The request's host name, without port and trailing dot.
fn host_name<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let authority = authority(uri, headers)?;
    let name = match authority.rsplit_once(':') {
        // The colons of an IPv6 address are inside brackets.
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    };
    Some(name.trim_end_matches('.'))
}

/// The URI with a prefix before its path.
fn prefixed(prefix: &str, uri: &Uri) -> Option<Uri> {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{prefix}{path}").try_into().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_without_port_and_dot() {
        let check = |uri: &str, field: Option<&str>, expected: Option<&str>| {
            let uri: Uri = uri.parse().unwrap();
            let headers = field.map(|field| (header::HOST, field.parse().unwrap())).into_iter().collect();
            assert_eq!(host_name(&uri, &headers), expected, "{uri} {field:?}");
        };
        check("/a", None, None);
        check("/a", Some("n.example"), Some("n.example"));
        check("/a", Some("N.Example:8080"), Some("N.Example"));
        check("/a", Some("n.example.:80"), Some("n.example"));
        check("/a", Some("[::1]:8080"), Some("[::1]"));
        check("/a", Some("[::1]"), Some("[::1]"));
        check("http://line.example:1/a", Some("field.example"), Some("line.example"));
    }

    #[test]
    fn paths_move_below_the_prefix_with_their_query() {
        let check = |uri: &str, expected: &str| assert_eq!(prefixed("/citrix", &uri.parse().unwrap()).unwrap(), *expected);
        check("/acme/notifications/items", "/citrix/acme/notifications/items");
        check("/acme/notifications?continuationToken=a%2Fb", "/citrix/acme/notifications?continuationToken=a%2Fb");
        check("/", "/citrix/");
        check("http://n.example/a?b", "http://n.example/citrix/a?b");
    }
}
