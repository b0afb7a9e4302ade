//! Reads HTTP Basic credentials (RFC 7617).

use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_STANDARD};

/// The user and the password of an `Authorization: Basic …` header. The scheme is case-insensitive.
pub fn from_headers(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let text = scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(credentials.trim()).ok())??;
    let text = String::from_utf8(text).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_colon_ends_the_user() {
        let read = |value: String| from_headers(&[(header::AUTHORIZATION, value.parse().unwrap())].into_iter().collect());
        let encoded = |text: &str| BASE64_STANDARD.encode(text);
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(read(format!("Basic {}", encoded("ada:a:b"))), pair("ada", "a:b"));
        assert_eq!(read(format!("BASIC  {} ", encoded("ä:"))), pair("ä", ""));
        for other in ["Basic".to_owned(), "Basic !".to_owned(), format!("Basic {}", encoded("ada")), format!("Bearer {}", encoded("ada:b"))]
        {
            assert_eq!(read(other.clone()), None, "{other}");
        }
        assert_eq!(from_headers(&HeaderMap::new()), None);
    }
}
