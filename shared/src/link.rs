//! Links that are safe to show: only `http`, `https` and `mailto`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::MAX_LINK_LENGTH;

/// An absolute link of scheme `http`, `https` or `mailto`. It is safe in an `href`: it never runs a script and contains no
/// control character or white space.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link(String);

/// The text is not a safe link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnsafeLink;

impl fmt::Display for UnsafeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a link that starts with https, http or mailto")
    }
}

impl std::error::Error for UnsafeLink {}

impl Link {
    /// The link as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the scheme is `http` or `https`.
    pub fn is_http(&self) -> bool {
        !self.0[..7].eq_ignore_ascii_case("mailto:")
    }

    /// The authority of an http link: user information, host and port (RFC 3986 §3.2). For mail, the address.
    pub fn authority(&self) -> &str {
        let rest = self.0.split_once(':').map_or("", |(_, rest)| rest);
        rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default()
    }

    /// The host and port to show beside a link, without user information. For mail, the address.
    pub fn host(&self) -> &str {
        let authority = self.authority();
        if self.is_http() { authority.rsplit('@').next().unwrap_or_default() } else { authority }
    }
}

impl TryFrom<String> for Link {
    type Error = UnsafeLink;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // Browsers ignore tabs and line breaks inside a scheme, so a link must not contain any (WHATWG URL §4.4).
        let clean = !text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
        let (scheme, rest) = text.split_once(':').ok_or(UnsafeLink)?;
        let mail = scheme.eq_ignore_ascii_case("mailto") && rest.contains('@');
        let web = (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
            && rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', '@']));
        if clean && (mail || web) && text.len() <= MAX_LINK_LENGTH { Ok(Self(text)) } else { Err(UnsafeLink) }
    }
}

impl std::str::FromStr for Link {
    type Err = UnsafeLink;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_schemes_pass() {
        for (text, host) in [
            ("https://example.com/a?b#c", Some("example.com")),
            ("HTTP://Example.com:8080", Some("Example.com:8080")),
            ("https://admin@evil.example/x", Some("evil.example")),
            ("mailto:ada@example.com", Some("ada@example.com")),
            ("javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            ("java\tscript:alert(1)", None),
            (" https://example.com", None),
            ("https:/example.com", None),
            ("https:///example.com", None),
            ("https://", None),
            ("https://exa mple.com", None),
            ("https:\\\\example.com", None),
            ("data:text/html,x", None),
            ("//example.com", None),
            ("/path", None),
            ("mailto:", None),
            ("", None),
        ] {
            let link = text.parse::<Link>().ok();
            assert_eq!(link.as_ref().map(Link::host), host, "{text:?}");
        }
    }

    #[test]
    fn long_links_are_refused() {
        let of_length = |length: usize| format!("https://{}", "a".repeat(length - 8)).parse::<Link>();
        assert!(of_length(MAX_LINK_LENGTH).is_ok_and(|link| link.as_str().len() == 2_048));
        assert_eq!(of_length(MAX_LINK_LENGTH + 1), Err(UnsafeLink));
    }

    #[test]
    fn mail_links_are_recognised_in_any_letter_case() {
        for (text, is_http, authority) in [
            ("https://ada:pw@a.example:8443/x@y?z#w", true, "ada:pw@a.example:8443"),
            ("http://a.example?x", true, "a.example"),
            ("HTTPS://a.example#x", true, "a.example"),
            ("mailto:ada@a.example?subject=x", false, "ada@a.example"),
            ("MailTo:ada@a.example", false, "ada@a.example"),
        ] {
            let link: Link = text.parse().unwrap();
            assert_eq!((link.is_http(), link.authority()), (is_http, authority), "{text}");
        }
    }

    #[test]
    fn a_link_is_a_text_wherever_it_goes() {
        let text = "https://a.example/x";
        let link: Link = text.parse().unwrap();
        assert_eq!((link.to_string(), serde_json::to_value(&link).unwrap(), String::from(link)), (text.into(), text.into(), text.into()));
        let error = serde_json::from_str::<Link>(r#""javascript:x""#).unwrap_err().to_string();
        assert!(error.starts_with("not a link that starts with https, http or mailto"), "{error}");
    }

    #[test]
    fn links_without_a_host_are_refused() {
        for text in [
            "https:///a",
            "https://?a",
            "https://#a",
            "https://@a",
            "https://",
            "http:a",
            "https:/\u{9}/a",
            "ftp://a",
            "xhttps://a",
            "mailto:ada",
        ] {
            assert_eq!(text.parse::<Link>(), Err(UnsafeLink), "{text:?}");
        }
    }
}
