//! Authenticates a request and checks the customer it is for.

use axum::http::{HeaderMap, header};
use campanile_domain::access::Actor;

use super::error::{Fault, Refusal};
use crate::app::App;

/// The header that names the customer in the newer calls (documented by the vendor).
const CUSTOMER: &str = "Citrix-CustomerId";

/// Returns the caller, who must belong to the customer.
///
/// Another customer gives the same error whether it exists or not, so that no caller can find out which
/// tenants exist.
pub async fn caller(app: &App, headers: &HeaderMap, customer: Option<&str>) -> Result<Actor, Refusal> {
    let token = token(headers)?;
    // Decided here: an API key is accepted instead of a token, for clients that cannot fetch tokens.
    let sender = if token.starts_with("cmp_") { app.campanile.sender(token).await? } else { app.campanile.token(token).await? };
    let customer = match customer {
        Some(customer) => customer,
        None => header_customer(headers)?,
    };
    if !same_name(customer, &sender.tenant_name) {
        return Err(Refusal::forbidden().with("entityType", "customer").with("id", customer.to_owned()));
    }
    app.limiter.request(&sender)?;
    Ok(Actor::Sender(sender))
}

/// The token of `Authorization: CwsAuth bearer=<token>`. The scheme and `bearer=` are matched without
/// regard to case, because the vendor's pages use both spellings of the latter.
fn token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = headers.get(header::AUTHORIZATION).filter(|value| !value.is_empty()).ok_or_else(|| Refusal::unauthenticated("missing"))?;
    let token = || {
        let (scheme, rest) = value.to_str().ok()?.trim().split_once([' ', '\t'])?;
        let (label, token) = rest.split_once('=')?;
        let token = token.trim();
        let known = scheme.eq_ignore_ascii_case("cwsauth") && label.trim().eq_ignore_ascii_case("bearer") && !token.is_empty();
        known.then_some(token)
    };
    token().ok_or_else(|| Refusal::unauthenticated("invalid"))
}

fn header_customer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(CUSTOMER).iter();
    let customer = values.next().map(|value| value.to_str().map(str::trim));
    if values.next().is_some() {
        return Err(Refusal::invalid(Fault::InvalidString, CUSTOMER, "appears more than once"));
    }
    match customer {
        Some(Ok(customer)) if !customer.is_empty() => Ok(customer),
        Some(Err(_)) => Err(Refusal::forbidden()),
        _ => Err(Refusal::invalid(Fault::Missing, CUSTOMER, "")),
    }
}

/// Whether two customer names are equal without regard to case.
pub fn same_name(one: &str, other: &str) -> bool {
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
                .map_err(|reason| format!("{:?}", Refusal::unauthenticated(if reason == "missing" { "missing" } else { "invalid" })));
            assert_eq!(token(&headers).map_err(|refusal| format!("{refusal:?}")), expected, "{value:?}");
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
        assert!(same_name("Acme", "aCME") && same_name("MÜLLER", "müller"));
        assert!(!same_name("acme", "acme2") && !same_name("", "acme"));
    }
}
