//! The rules for an HTTP POST to send, for browser and server.

use serde::{Deserialize, Serialize};

use crate::{
    Link,
    http_header::{Header, check_header_name, check_header_value},
    limits::{MAX_HEADER_VALUE_LENGTH, MAX_HEADERS, MAX_HTTP_BODY_LENGTH},
    problem::{FieldError, FieldErrorCode},
    signing_secret::is_signing_secret,
};

/// An HTTP POST to send.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HttpPost {
    /// The URL, of scheme http or https.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::CallableUrl))]
    pub url: String,
    /// The header fields. `Content-Type` defaults to `application/json`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 64))]
    pub headers: Vec<Header>,
    /// The body, sent unchanged. If it is empty, the content in the first language is sent: as JSON, or as text if
    /// `Content-Type` names another media type.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 256000))]
    pub body: String,
    /// Whether to send through the proxy that the operator configured.
    #[serde(default)]
    pub system_proxy: bool,
    /// A secret to sign the request with (Standard Webhooks), so that the receiver can verify the sender: `whsec_` and
    /// 24 to 64 bytes in base64. No response contains it, and it is deleted when the receiver has accepted the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::SigningSecret>))]
    pub secret: Option<String>,
}

/// Whether a URL can be called: scheme http or https, a host, no user information, and no port or one from 1 to 65,535.
///
/// User information is refused because the URL is stored and shown in clear text. The Fetch standard refuses it too.
pub fn is_callable(link: &Link) -> bool {
    if !link.is_http() {
        return false;
    }
    let authority = link.authority();
    // The colons of an IPv6 address are inside its brackets.
    let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_port = |port: &str| {
        port.is_empty() || (port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0))
    };
    !authority.contains('@') && !host.is_empty() && port.is_none_or(is_port)
}

impl HttpPost {
    /// Whether `Content-Type` says that the body is JSON: `application/json`, a type with the suffix `+json`
    /// (RFC 6839 §3.1), or no `Content-Type` at all.
    pub fn is_json(&self) -> bool {
        let kind = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-type"));
        kind.is_none_or(|kind| {
            let essence = kind.value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            essence == "application/json" || essence.ends_with("+json")
        })
    }

    /// Appends every error to `faults`, each with its field below `pointer`.
    pub fn check(&self, pointer: &str, faults: &mut Vec<FieldError>) {
        let url = self.url.trim();
        if url.is_empty() {
            faults.push(FieldError::new(format!("{pointer}/url"), FieldErrorCode::Missing));
        } else if !url.parse::<Link>().is_ok_and(|link| is_callable(&link)) {
            faults.push(FieldError::new(format!("{pointer}/url"), FieldErrorCode::UnsafeLink));
        }
        if self.headers.len() > MAX_HEADERS {
            faults.push(FieldError::with_limit(format!("{pointer}/headers"), FieldErrorCode::TooMany, MAX_HEADERS));
        }
        for (at, header) in self.headers.iter().enumerate() {
            if self.headers[..at].iter().any(|other| other.name.eq_ignore_ascii_case(&header.name)) {
                faults.push(FieldError::new(format!("{pointer}/headers/{at}/name"), FieldErrorCode::Duplicate));
            }
            if let Some(fault) = check_header_name(&header.name) {
                faults.push(FieldError::new(format!("{pointer}/headers/{at}/name"), fault));
            }
            match check_header_value(&header.value) {
                Some(FieldErrorCode::TooLong) => {
                    faults.push(FieldError::with_limit(
                        format!("{pointer}/headers/{at}/value"),
                        FieldErrorCode::TooLong,
                        MAX_HEADER_VALUE_LENGTH,
                    ));
                }
                Some(fault) => faults.push(FieldError::new(format!("{pointer}/headers/{at}/value"), fault)),
                None => {}
            }
        }
        if self.secret.as_ref().is_some_and(|secret| !is_signing_secret(secret)) {
            faults.push(FieldError::new(format!("{pointer}/secret"), FieldErrorCode::Malformed));
        }
        if self.body.len() > MAX_HTTP_BODY_LENGTH {
            faults.push(FieldError::with_limit(format!("{pointer}/body"), FieldErrorCode::TooLong, MAX_HTTP_BODY_LENGTH));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_headers_that_differ_in_letter_case_alone_are_one() {
        let header = |name: &str| Header { name: name.to_owned(), value: "1".to_owned() };
        for (names, expected) in
            [(&["X-A", "X-B"][..], None), (&["X-A", "x-a"], Some("/headers/1/name")), (&["A", "B", "A"], Some("/headers/2/name"))]
        {
            let (mut faults, headers) = (Vec::new(), names.iter().map(|name| header(name)).collect());
            HttpPost { url: "https://a.example".to_owned(), headers, ..HttpPost::default() }.check("", &mut faults);
            let found = faults.first().map(|fault| (fault.pointer.as_str(), fault.code));
            assert_eq!(found, expected.map(|pointer| (pointer, FieldErrorCode::Duplicate)), "{names:?}");
        }
    }

    #[test]
    fn a_url_is_http() {
        for (url, fault) in [
            ("https://a.example/x?y=1", None),
            ("http://127.0.0.1:1/", None),
            ("", Some(FieldErrorCode::Missing)),
            ("mailto:a@b", Some(FieldErrorCode::UnsafeLink)),
            ("ftp://a", Some(FieldErrorCode::UnsafeLink)),
            ("https://a b", Some(FieldErrorCode::UnsafeLink)),
            ("http://u:p@host/", Some(FieldErrorCode::UnsafeLink)),
            ("http://u@host/", Some(FieldErrorCode::UnsafeLink)),
            ("http://@host/", Some(FieldErrorCode::UnsafeLink)),
            ("http://host/a@b:c", None),
            ("http://host?a@b", None),
            ("http://host:0/", Some(FieldErrorCode::UnsafeLink)),
            ("http://host:65535/", None),
            ("http://host:65536/", Some(FieldErrorCode::UnsafeLink)),
            ("http://host:+80/", Some(FieldErrorCode::UnsafeLink)),
            ("http://host:http/", Some(FieldErrorCode::UnsafeLink)),
            ("http://:80/", Some(FieldErrorCode::UnsafeLink)),
            ("http://host:/", None),
            ("http://[::1]/", None),
            ("http://[::1]:8080/", None),
            ("http://[::1]:99999/", Some(FieldErrorCode::UnsafeLink)),
        ] {
            let mut faults = Vec::new();
            HttpPost { url: url.to_owned(), ..HttpPost::default() }.check("/http", &mut faults);
            assert_eq!(faults.first().map(|fault| fault.code), fault, "{url:?}");
        }
    }

    #[test]
    fn the_media_type_says_whether_a_body_is_json() {
        let post = |fields: &[(&str, &str)]| {
            let header = |(name, value): &(&str, &str)| Header { name: (*name).to_owned(), value: (*value).to_owned() };
            HttpPost { headers: fields.iter().map(header).collect(), ..HttpPost::default() }
        };
        for (fields, json) in [
            (&[][..], true),
            (&[("X-Team", "text/plain")], true),
            (&[("Content-Type", "application/json")], true),
            (&[("content-type", " Application/JSON ; charset=utf-8")], true),
            (&[("Content-Type", "application/vnd.acme+json")], true),
            (&[("Content-Type", "application/jsonl")], false),
            (&[("Content-Type", "text/plain")], false),
            (&[("X-Team", "platform"), ("CONTENT-TYPE", "text/plain; x=+json")], false),
            (&[("Content-Type", "")], false),
        ] {
            assert_eq!(post(fields).is_json(), json, "{fields:?}");
        }
    }

    #[test]
    fn every_fault_of_a_post_is_at_its_field() {
        let faults = |change: &dyn Fn(&mut HttpPost)| {
            let mut post = HttpPost { url: "https://a.example".to_owned(), ..HttpPost::default() };
            change(&mut post);
            let mut faults = Vec::new();
            post.check("/http", &mut faults);
            faults
        };
        let header = |name: &str, value: &str| Header { name: name.to_owned(), value: value.to_owned() };
        let many = |count: usize| (0..count).map(|at| header(&format!("X-{at}"), "1")).collect::<Vec<_>>();
        assert_eq!(faults(&|_| {}), []);
        assert_eq!(faults(&|post| post.url = "  ".to_owned()), [FieldError::new("/http/url", FieldErrorCode::Missing)]);
        assert_eq!(faults(&|post| post.url = "ftp://a".to_owned()), [FieldError::new("/http/url", FieldErrorCode::UnsafeLink)]);
        assert_eq!(faults(&|post| post.url = " https://a.example ".to_owned()), []);
        assert_eq!(faults(&|post| post.headers = many(MAX_HEADERS)), []);
        assert_eq!(
            faults(&|post| post.headers = many(MAX_HEADERS + 1)),
            [FieldError::with_limit("/http/headers", FieldErrorCode::TooMany, MAX_HEADERS)]
        );
        assert_eq!(
            faults(&|post| post.headers = vec![header("A", "1"), header("", "2")]),
            [FieldError::new("/http/headers/1/name", FieldErrorCode::Missing)]
        );
        assert_eq!(
            faults(&|post| post.headers = vec![header("A", "1\n2")]),
            [FieldError::new("/http/headers/0/value", FieldErrorCode::ControlCharacter)]
        );
        assert_eq!(
            faults(&|post| post.headers = vec![header("A", &"x".repeat(MAX_HEADER_VALUE_LENGTH + 1))]),
            [FieldError::with_limit("/http/headers/0/value", FieldErrorCode::TooLong, MAX_HEADER_VALUE_LENGTH)]
        );
        assert_eq!(faults(&|post| post.secret = Some("x".to_owned())), [FieldError::new("/http/secret", FieldErrorCode::Malformed)]);
        assert_eq!(faults(&|post| post.secret = Some(format!("whsec_{}", "A".repeat(32)))), []);
        assert_eq!(faults(&|post| post.body = "x".repeat(MAX_HTTP_BODY_LENGTH)), []);
        assert_eq!(
            faults(&|post| post.body = "x".repeat(MAX_HTTP_BODY_LENGTH + 1)),
            [FieldError::with_limit("/http/body", FieldErrorCode::TooLong, MAX_HTTP_BODY_LENGTH)]
        );
    }

    #[test]
    fn a_link_for_mail_cannot_be_called() {
        assert!(!is_callable(&"mailto:ada@example.com".parse().unwrap()));
        assert!(is_callable(&"http://host:1".parse().unwrap()));
    }
}
