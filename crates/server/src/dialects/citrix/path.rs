//! Maps a method and path to a call.

use std::borrow::Cow;

use axum::http::{Method, StatusCode};

use super::errors::CitrixError;

/// A call of this dialect. The customer comes from the path; `None` means it is in a header.
#[derive(Debug, Eq, PartialEq)]
pub enum Endpoint<'a> {
    /// `POST /{customer}/notifications/items`, or the newer `POST /notifications/`.
    Create {
        /// The customer of the path.
        customer: Option<Cow<'a, str>>,
    },
    /// `GET /{customer}/notifications`, or `GET /notifications`.
    List {
        /// The customer of the path.
        customer: Option<Cow<'a, str>>,
    },
    /// `POST /{customer}/subscriptions`.
    Subscribe {
        /// The customer of the path.
        customer: Cow<'a, str>,
    },
    /// `GET /{customer}/subscriptions`.
    ListSubscriptions {
        /// The customer of the path.
        customer: Cow<'a, str>,
    },
    /// `DELETE /{customer}/subscriptions/{id}`.
    Unsubscribe {
        /// The customer of the path.
        customer: Cow<'a, str>,
        /// The subscription.
        id: Cow<'a, str>,
    },
    /// `POST /cctrustoauth2/{customer}/tokens/clients`.
    Token {
        /// The customer of the path, or `root`.
        customer: Cow<'a, str>,
    },
    /// `POST /root/tokens/clients`, the older trust API.
    Trust,
}

/// The methods of a read. HEAD is GET without the body (RFC 9110 §9.3.2).
const READ_METHODS: [Method; 2] = [Method::GET, Method::HEAD];
const POST_METHODS: [Method; 1] = [Method::POST];
const DELETE_METHODS: [Method; 1] = [Method::DELETE];

/// Finds the call of a path. Segments are matched without regard to case, because the vendor's pages use
/// both spellings. One trailing slash is ignored (decided here, except for the newer create, which the
/// vendor documents with a slash).
pub fn route<'a>(method: &Method, path: &'a str) -> Result<Endpoint<'a>, CitrixError> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = path.split('/');
    let first_four = [segments.next(), segments.next(), segments.next(), segments.next()];
    if segments.next().is_some() {
        return Err(CitrixError::no_such_path());
    }
    let is = |word: &str, name: &str| word.eq_ignore_ascii_case(name);
    let name = |word: &'a str| percent_decode(word).ok_or_else(CitrixError::no_such_path);
    let on = |methods: &[Method], allow: &'static str, call| {
        if methods.contains(method) { Ok(call) } else { Err(CitrixError::method_not_allowed(allow)) }
    };
    match first_four {
        [Some(notifications), None, ..] if is(notifications, "notifications") => match *method {
            Method::POST => Ok(Endpoint::Create { customer: None }),
            _ => on(&READ_METHODS, "GET, HEAD, POST", Endpoint::List { customer: None }),
        },
        [Some(customer), Some(notifications), None, _] if is(notifications, "notifications") => {
            on(&READ_METHODS, "GET, HEAD", Endpoint::List { customer: Some(name(customer)?) })
        }
        [Some(customer), Some(notifications), Some(items), None] if is(notifications, "notifications") && is(items, "items") => {
            on(&POST_METHODS, "POST", Endpoint::Create { customer: Some(name(customer)?) })
        }
        [Some(customer), Some(subscriptions), None, _] if is(subscriptions, "subscriptions") => match *method {
            Method::POST => Ok(Endpoint::Subscribe { customer: name(customer)? }),
            _ => on(&READ_METHODS, "GET, HEAD, POST", Endpoint::ListSubscriptions { customer: name(customer)? }),
        },
        [Some(customer), Some(subscriptions), Some(id), None] if is(subscriptions, "subscriptions") => {
            on(&DELETE_METHODS, "DELETE", Endpoint::Unsubscribe { customer: name(customer)?, id: name(id)? })
        }
        [Some(trust), Some(customer), Some(tokens), Some(clients)]
            if is(trust, "cctrustoauth2") && is(tokens, "tokens") && is(clients, "clients") =>
        {
            on(&POST_METHODS, "POST", Endpoint::Token { customer: name(customer)? })
        }
        [Some(root), Some(tokens), Some(clients), None] if is(root, "root") && is(tokens, "tokens") && is(clients, "clients") => {
            on(&POST_METHODS, "POST", Endpoint::Trust)
        }
        _ => Err(CitrixError::no_such_path()),
    }
}

/// Decodes the percent-encoding of a segment (RFC 3986 §2.1). `None` when it is empty, malformed or not
/// UTF-8.
fn percent_decode(word: &str) -> Option<Cow<'_, str>> {
    if !word.contains('%') {
        return (!word.is_empty()).then_some(Cow::Borrowed(word));
    }
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let [first, behind @ ..] = rest {
        if *first == b'%' {
            let [high, low, after @ ..] = behind else { return None };
            let digit = |byte: u8| char::from(byte).to_digit(16);
            bytes.push(u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

impl CitrixError {
    fn no_such_path() -> Self {
        Self::not_found("path", "")
    }

    /// 405: the path does not support the method; `allow` lists those it supports (RFC 9110 §15.5.6).
    fn method_not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed", "The path does not support this method").with_allow(allow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_compare_without_letter_case() {
        let check = |method: Method, path: &str, expected: Option<Endpoint<'_>>| {
            assert_eq!(route(&method, path).ok(), expected, "{method} {path}");
        };
        let acme = || Some(Cow::Borrowed("acme"));
        for path in ["/acme/notifications/items", "/acme/Notifications/Items", "/acme/NOTIFICATIONS/ITEMS/", "/%61cme/notifications/items"]
        {
            check(Method::POST, path, Some(Endpoint::Create { customer: acme() }));
            check(Method::GET, path, None);
        }
        for path in ["/notifications", "/notifications/", "/Notifications/"] {
            check(Method::POST, path, Some(Endpoint::Create { customer: None }));
            check(Method::GET, path, Some(Endpoint::List { customer: None }));
            check(Method::HEAD, path, Some(Endpoint::List { customer: None }));
            check(Method::DELETE, path, None);
        }
        for path in ["/acme/notifications", "/acme/Notifications/"] {
            check(Method::GET, path, Some(Endpoint::List { customer: acme() }));
            check(Method::POST, path, None);
        }
        check(Method::POST, "/cctrustoauth2/root/tokens/clients", Some(Endpoint::Token { customer: "root".into() }));
        check(Method::POST, "/CCTrustOAuth2/acme/Tokens/Clients/", Some(Endpoint::Token { customer: "acme".into() }));
        check(Method::POST, "/Root/tokens/Clients", Some(Endpoint::Trust));
        check(Method::POST, "/notifications/notifications/items", Some(Endpoint::Create { customer: Some("notifications".into()) }));
    }

    #[test]
    fn other_paths_are_not_found() {
        for path in [
            "/",
            "",
            "//",
            "/acme",
            "/acme/items",
            "/acme/notifications/items/1",
            "//notifications/items",
            "/a%/notifications",
            "/%ff/notifications",
            "/a%2/notifications",
            "/acme/tokens/clients",
            "/acme/notifications/items//",
            "/a/b/c/d/e",
        ] {
            let refusal = route(&Method::GET, path).unwrap_err();
            assert_eq!(refusal.status(), StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(route(&Method::PUT, "/acme/notifications/items").unwrap_err().status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
