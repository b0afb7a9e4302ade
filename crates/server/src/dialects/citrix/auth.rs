//! Authenticates a request and checks the customer it is for.

use axum::http::{HeaderMap, header};
use campanile_domain::model::{access::Actor, secret::SecretKind};

use super::errors::{CitrixError, FieldErrorKind};
use crate::state::AppState;

/// The header that names the customer in the newer calls (documented by the vendor).
const CUSTOMER_HEADER: &str = "Citrix-CustomerId";

/// Returns the caller, who must belong to the customer.
///
/// Another customer gives the same error whether it exists or not, so that no caller can find out which
/// tenants exist.
pub async fn authenticate(app: &AppState, headers: &HeaderMap, customer: Option<&str>) -> Result<Actor, CitrixError> {
    let token = bearer_token(headers)?;
    // Decided here: an API key is accepted instead of a token, for clients that cannot fetch tokens.
    let sender = match SecretKind::of(token) {
        Some(SecretKind::ApiKey) => app.campanile.sender(token).await?,
        _ => app.campanile.token_sender(token).await?,
    };
    let customer = match customer {
        Some(customer) => customer,
        None => customer_from_header(headers)?,
    };
    if !is_same_customer(customer, &sender.tenant_name) {
        return Err(CitrixError::forbidden().with_parameter("entityType", "customer").with_parameter("id", customer.to_owned()));
    }
    app.rate_limits.count_key_request(&sender)?;
    Ok(Actor::Sender(sender))
}

/// The token of `Authorization: CwsAuth bearer=<token>`. The scheme and `bearer=` are matched without
/// regard to case, because the vendor's pages use both spellings of the latter.
fn bearer_token(headers: &HeaderMap) -> Result<&str, CitrixError> {
    let value =
        headers.get(header::AUTHORIZATION).filter(|value| !value.is_empty()).ok_or_else(|| CitrixError::unauthenticated("missing"))?;
    let token = || {
        let (scheme, rest) = value.to_str().ok()?.trim().split_once([' ', '\t'])?;
        let (label, token) = rest.split_once('=')?;
        let token = token.trim();
        let known = scheme.eq_ignore_ascii_case("cwsauth") && label.trim().eq_ignore_ascii_case("bearer") && !token.is_empty();
        known.then_some(token)
    };
    token().ok_or_else(|| CitrixError::unauthenticated("invalid"))
}

fn customer_from_header(headers: &HeaderMap) -> Result<&str, CitrixError> {
    let mut values = headers.get_all(CUSTOMER_HEADER).iter();
    let customer = values.next().map(|value| value.to_str().map(str::trim));
    if values.next().is_some() {
        return Err(CitrixError::invalid_field(FieldErrorKind::InvalidString, CUSTOMER_HEADER, "appears more than once"));
    }
    match customer {
        Some(Ok(customer)) if !customer.is_empty() => Ok(customer),
        Some(Err(_)) => Err(CitrixError::forbidden()),
        _ => Err(CitrixError::invalid_field(FieldErrorKind::Missing, CUSTOMER_HEADER, "")),
    }
}

/// Whether two customer names are equal without regard to case.
pub fn is_same_customer(one: &str, other: &str) -> bool {
    let lower = |name: &str| name.chars().flat_map(char::to_lowercase).collect::<String>();
    one.eq_ignore_ascii_case(other) || (!(one.is_ascii() && other.is_ascii()) && lower(one) == lower(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_read_in_any_letter_case() {
        let check = |value: Option<&[u8]>, expected: Result<&str, &str>| {
            let headers: HeaderMap = value.map(|value| (header::AUTHORIZATION, value.try_into().unwrap())).into_iter().collect();
            let expected = expected
                .map_err(|reason| format!("{:?}", CitrixError::unauthenticated(if reason == "missing" { "missing" } else { "invalid" })));
            assert_eq!(bearer_token(&headers).map_err(|refusal| format!("{refusal:?}")), expected, "{value:?}");
        };
        for value in ["CwsAuth bearer=abc", "CwsAuth Bearer=abc", "cwsauth BEARER=abc", "CWSAUTH\tbearer= abc ", "CwsAuth  bearer = abc"] {
            check(Some(value.as_bytes()), Ok("abc"));
        }
        check(Some(b"CwsAuth bearer=a=b=="), Ok("a=b=="));
        check(None, Err("missing"));
        check(Some(b""), Err("missing"));
        for value in [
            "Bearer abc",
            "CwsAuth",
            "CwsAuth ",
            "CwsAuth abc",
            "CwsAuth bearer=",
            "CwsAuth bearer:abc",
            "Basic bearer=abc",
            "CwsAuth\u{e9} bearer=a",
        ] {
            check(Some(value.as_bytes()), Err("invalid"));
        }
    }

    #[test]
    fn customers_compare_without_letter_case() {
        assert!(is_same_customer("Acme", "aCME") && is_same_customer("MÜLLER", "müller"));
        assert!(!is_same_customer("acme", "acme2") && !is_same_customer("", "acme"));
    }
}
