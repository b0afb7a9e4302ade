//! Signed tokens: JSON Web Tokens in the compact form (RFC 7519, RFC 7515 §7.1), by HS256 only.
//!
//! A token is parsed first; its claims may be trusted only after [`Jwt::is_signed_with`] returns true. Header fields
//! that must be understood, and are not, make a token invalid.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::lifetimes::{CLOCK_LEEWAY_SECONDS, MAX_PORTAL_TOKEN_LIFETIME};

/// Why a token is invalid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JwtError {
    /// It does not have three parts with JSON in the first two, or a member occurs twice in them.
    Malformed,
    /// Its `alg` is not HS256.
    Algorithm,
    /// It has critical header fields (RFC 7515 §4.1.11), or an unencoded payload (RFC 7797).
    CriticalHeader,
    /// Its `typ` is not JWT (RFC 8725 §3.11).
    TokenType,
    /// A claim is missing or has the wrong type.
    Claim,
    /// Its `iss` is not the name of a tenant.
    Issuer,
    /// It was signed with another secret.
    Signature,
    /// Its `exp` has passed.
    Expired,
    /// Its `exp` is further ahead than a portal may sign for.
    LifetimeTooLong,
    /// Its `nbf` or `iat` is in the future.
    NotYetValid,
    /// Its `sub` is unknown or disabled.
    UnknownPerson,
}

impl JwtError {
    /// The name in the security log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::CriticalHeader => "critical_header",
            Self::TokenType => "kind",
            Self::Claim => "claim",
            Self::Issuer => "issuer",
            Self::Signature => "signature",
            Self::Expired => "expired",
            Self::LifetimeTooLong => "too_long",
            Self::NotYetValid => "early",
            Self::UnknownPerson => "person",
        }
    }
}

/// A parsed token. Its claims may be trusted only after the signature is verified.
pub struct Jwt<'t> {
    /// The first two parts, which are signed.
    message: &'t str,
    signature: &'t str,
    claims: Map<String, Value>,
}

impl<'t> Jwt<'t> {
    /// Parses a token.
    pub fn read(token: &'t str) -> Result<Self, JwtError> {
        let (message, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(JwtError::Malformed)?;
        let header = members(header)?;
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(JwtError::CriticalHeader);
        }
        if header.get("alg").and_then(Value::as_str) != Some("HS256") {
            return Err(JwtError::Algorithm);
        }
        // `typ` is compared ignoring case, and `application/` may be omitted (RFC 7515 §4.1.9).
        let is_jwt = |kind: &str| kind.eq_ignore_ascii_case("JWT") || kind.eq_ignore_ascii_case("application/jwt");
        if header.get("typ").is_some_and(|kind| !kind.as_str().is_some_and(is_jwt)) {
            return Err(JwtError::TokenType);
        }
        Ok(Self { message, signature, claims: members(payload)? })
    }

    /// A claim that is a non-empty string.
    pub fn string_claim(&self, name: &str) -> Result<&str, JwtError> {
        self.claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or(JwtError::Claim)
    }

    /// Whether it was signed with this secret.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = DecodingKey::from_secret(secret.as_bytes());
        !secret.is_empty() && crypto::verify(self.signature, self.message.as_bytes(), &key, Algorithm::HS256).unwrap_or_default()
    }

    /// Whether its audience includes this one (RFC 7519 §4.1.3).
    pub fn has_audience(&self, audience: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(audience)),
            _ => false,
        }
    }

    /// When it expires, if it is valid now: `exp` at most [`MAX_PORTAL_TOKEN_LIFETIME`] ahead, `nbf` and
    /// `iat` not in the future. Each has some leeway for a clock that differs (RFC 7519 §4.1.4 to 4.1.6).
    pub fn valid_until(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, JwtError> {
        let leeway = chrono::TimeDelta::seconds(i64::try_from(CLOCK_LEEWAY_SECONDS).unwrap_or_default());
        let expires = self.numeric_date("exp")?.ok_or(JwtError::Claim)?;
        if expires + leeway < now {
            return Err(JwtError::Expired);
        }
        if expires > now + MAX_PORTAL_TOKEN_LIFETIME + leeway {
            return Err(JwtError::LifetimeTooLong);
        }
        for name in ["nbf", "iat"] {
            if self.numeric_date(name)?.is_some_and(|begins| begins > now + leeway) {
                return Err(JwtError::NotYetValid);
            }
        }
        Ok(expires + leeway)
    }

    /// A NumericDate: seconds since 1970, possibly with a fraction (RFC 7519 §2). Dates before 1970 and out
    /// of range are invalid.
    fn numeric_date(&self, name: &str) -> Result<Option<DateTime<Utc>>, JwtError> {
        let Some(value) = self.claims.get(name) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| *seconds >= 0.0).ok_or(JwtError::Claim)?;
        let since = std::time::Duration::try_from_secs_f64(seconds).map_err(|_| JwtError::LifetimeTooLong)?;
        let since = chrono::TimeDelta::from_std(since).map_err(|_| JwtError::LifetimeTooLong)?;
        DateTime::UNIX_EPOCH.checked_add_signed(since).map(Some).ok_or(JwtError::LifetimeTooLong)
    }
}

/// The members of a part, which must have unique names (RFC 7515 §4, RFC 7519 §4).
fn members(part: &str) -> Result<Map<String, Value>, JwtError> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice::<UniqueMembers>(&text).map(|unique| unique.0).map_err(|_| JwtError::Malformed)
}

/// A JSON object whose members have unique names.
struct UniqueMembers(Map<String, Value>);

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = UniqueMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<UniqueMembers, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = given.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member occurs twice"));
                    }
                }
                Ok(UniqueMembers(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::EncodingKey;

    use super::*;

    const SECRET: &str = "cmx_secret";

    const NOW: i64 = 1_800_000_000;

    /// A token of these two JSON texts with a valid signature.
    fn token(header: &str, claims: &str) -> String {
        let message = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(claims));
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }

    fn check(header: &str, claims: &str, expected: Result<i64, JwtError>) {
        let token = token(header, claims);
        let read = Jwt::read(&token).and_then(|signed| {
            signed.string_claim("iss")?;
            signed.string_claim("sub")?;
            if !signed.is_signed_with(SECRET) {
                return Err(JwtError::Signature);
            }
            signed.valid_until(DateTime::from_timestamp(NOW, 0).unwrap())
        });
        assert_eq!(read.map(|ends| ends.timestamp()), expected, "{header} {claims}");
    }

    #[test]
    fn critical_headers_are_rejected() {
        let claims = format!(r#"{{"iss":"acme","sub":"ada","exp":{}}}"#, NOW + 60);
        let header = |header: &str, expected: Result<(), JwtError>| check(header, &claims, expected.map(|()| NOW + 120));
        for good in [
            r#"{"alg":"HS256"}"#,
            r#"{"typ":"JWT","alg":"HS256"}"#,
            r#"{"alg":"HS256","typ":"jwt"}"#,
            r#"{"alg":"HS256","typ":"application/jwt"}"#,
            // Fields that are unknown and not critical are ignored (RFC 7515 §4).
            r#"{"alg":"HS256","kid":"1","x":7,"y":{"z":null}}"#,
        ] {
            header(good, Ok(()));
        }
        for critical in [
            r#"{"alg":"HS256","crit":["exp"]}"#,
            r#"{"alg":"HS256","crit":["http://example.com/x"],"http://example.com/x":true}"#,
            r#"{"alg":"HS256","crit":[]}"#,
            r#"{"alg":"HS256","crit":null}"#,
            r#"{"alg":"HS256","crit":"b64"}"#,
            r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
            r#"{"alg":"HS256","b64":false}"#,
            r#"{"alg":"none","crit":["alg"]}"#,
        ] {
            header(critical, Err(JwtError::CriticalHeader));
        }
        for other in [r#"{"alg":"none"}"#, r#"{"alg":"HS512"}"#, r#"{"alg":"hs256"}"#, r#"{"alg":["HS256"]}"#, r#"{"alg":null}"#, "{}"] {
            header(other, Err(JwtError::Algorithm));
        }
        for kind in ["\"at+jwt\"", "\"JWE\"", "\"\"", "null", "1", "[\"JWT\"]"] {
            header(&format!(r#"{{"alg":"HS256","typ":{kind}}}"#), Err(JwtError::TokenType));
        }
        for broken in ["", "[]", "\"HS256\"", r#"{"alg":"HS256""#, r#"{"alg":"none","alg":"HS256"}"#, r#"{"alg":"HS256"} {}"#] {
            header(broken, Err(JwtError::Malformed));
        }
    }

    #[test]
    fn claims_occur_once_and_are_not_empty() {
        let claims = |more: &str, expected: Result<i64, JwtError>| {
            check(r#"{"alg":"HS256"}"#, &format!(r#"{{"iss":"acme","sub":"ada"{more}}}"#), expected);
        };
        claims(&format!(r#","exp":{}"#, NOW + 60), Ok(NOW + 120));
        claims(&format!(r#","exp":{}.5"#, NOW - 60), Ok(NOW));
        claims(&format!(r#","exp":{}"#, NOW + 3_660), Ok(NOW + 3_720));
        claims(&format!(r#","exp":{},"nbf":{},"iat":{}"#, NOW + 60, NOW + 60, NOW + 60), Ok(NOW + 120));
        claims(&format!(r#","exp":{},"iat":0,"aud":["a"],"jti":7"#, NOW + 60), Ok(NOW + 120));
        for (more, flaw) in [
            (String::new(), JwtError::Claim),
            (r#","exp":null"#.to_owned(), JwtError::Claim),
            (format!(r#","exp":"{}""#, NOW + 60), JwtError::Claim),
            (format!(r#","exp":[{}]"#, NOW + 60), JwtError::Claim),
            (r#","exp":true"#.to_owned(), JwtError::Claim),
            (r#","exp":-1"#.to_owned(), JwtError::Claim),
            (r#","exp":0"#.to_owned(), JwtError::Expired),
            (format!(r#","exp":{}"#, NOW - 61), JwtError::Expired),
            (format!(r#","exp":{}"#, NOW + 3_661), JwtError::LifetimeTooLong),
            (r#","exp":1e18"#.to_owned(), JwtError::LifetimeTooLong),
            (r#","exp":1e300"#.to_owned(), JwtError::LifetimeTooLong),
            (r#","exp":18446744073709551615"#.to_owned(), JwtError::LifetimeTooLong),
            (r#","exp":1e999"#.to_owned(), JwtError::Malformed),
            (r#","exp":NaN"#.to_owned(), JwtError::Malformed),
            (r#","exp":Infinity"#.to_owned(), JwtError::Malformed),
            (format!(r#","exp":{},"nbf":{}"#, NOW + 60, NOW + 61), JwtError::NotYetValid),
            (format!(r#","exp":{},"iat":{}"#, NOW + 60, NOW + 61), JwtError::NotYetValid),
            (format!(r#","exp":{},"iat":"now""#, NOW + 60), JwtError::Claim),
            (format!(r#","exp":{},"iat":null"#, NOW + 60), JwtError::Claim),
            (format!(r#","exp":{},"iat":1e300"#, NOW + 60), JwtError::LifetimeTooLong),
            (format!(r#","exp":{},"exp":{}"#, NOW - 100, NOW + 60), JwtError::Malformed),
            (format!(r#","exp":{},"sub":"bo""#, NOW + 60), JwtError::Malformed),
            (format!(r#","exp":{},"x":1,"x":1"#, NOW + 60), JwtError::Malformed),
        ] {
            claims(&more, Err(flaw));
        }
        for (pair, flaw) in [
            (r#""iss":"acme","sub":"""#, JwtError::Claim),
            (r#""iss":"","sub":"ada""#, JwtError::Claim),
            (r#""iss":"acme","sub":7"#, JwtError::Claim),
            (r#""iss":["acme"],"sub":"ada""#, JwtError::Claim),
            (r#""iss":"acme""#, JwtError::Claim),
        ] {
            check(r#"{"alg":"HS256"}"#, &format!(r#"{{{pair},"exp":{}}}"#, NOW + 60), Err(flaw));
        }
    }

    #[test]
    fn a_token_has_three_parts_and_one_spelling() {
        let good = token(r#"{"alg":"HS256"}"#, "{}");
        assert!(
            Jwt::read(&good)
                .is_ok_and(|signed| signed.is_signed_with(SECRET) && !signed.is_signed_with("another") && !signed.is_signed_with(""))
        );
        let (message, _) = good.rsplit_once('.').unwrap();
        for text in ["", ".", "..", "...", "a.b", "a.b.c", &format!("{good}.x"), &format!("x.{good}"), &good.replace('.', "=.")] {
            assert!(Jwt::read(text).is_err(), "{text}");
        }
        for text in [format!("{message}."), format!("{good}="), format!("{good}A"), good[..good.len() - 1].to_owned()] {
            assert!(Jwt::read(&text).is_ok_and(|signed| !signed.is_signed_with(SECRET)), "{text}");
        }
    }

    #[test]
    fn an_audience_is_one_or_many() {
        for (audience, expected) in
            [("\"x\"", true), ("[\"y\",\"x\"]", true), ("\"y\"", false), ("[\"y\"]", false), ("[]", false), ("7", false)]
        {
            let token = token(r#"{"alg":"HS256"}"#, &format!(r#"{{"aud":{audience}}}"#));
            assert_eq!(Jwt::read(&token).unwrap().has_audience("x"), expected, "{audience}");
        }
    }
}
