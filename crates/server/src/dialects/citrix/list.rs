//! `GET /{customer}/notifications` and `GET /notifications`: lists the notifications, the newest first.

use axum::{
    extract::Query,
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use campanile_domain::TenantId;
use campanile_shared::{Language, language};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    auth,
    errors::{CitrixError, FieldErrorKind},
    headers,
    response::{self, NotificationResponse},
};
use crate::state::AppState;

/// The page size (seen in a working client).
const PAGE_SIZE: u32 = 100;

/// The header that selects the language of the texts; inferred from the vendor's console.
const LOCALE_HEADER: &str = "X-CC-Locale";

/// A page. The last page has no token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    items: Vec<NotificationResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation_token: Option<String>,
}

/// Lists a page of the customer's notifications, including those sent through other APIs.
pub async fn list(app: &AppState, customer: Option<&str>, headers: &HeaderMap, uri: &Uri) -> Result<Response, CitrixError> {
    let by = auth::authenticate(app, headers, customer).await?;
    headers::check_accept(headers)?;
    let before = cursor_from_query(uri, by.tenant())?;
    let permit = app.list_limiter.acquire_list(&by).await?;
    let _turn = app.list_limiter.build_permit().await;
    let (found, next) = app.campanile.notifications(&by, before, PAGE_SIZE).await?;
    let languages = languages(headers);
    let extras: Vec<_> = found.iter().map(response::extra).collect();
    let items = found
        .iter()
        .zip(&extras)
        .map(|(notification, extra)| NotificationResponse::for_list(notification, extra, notification.choose_content(&languages)));
    let page = Page { items: items.collect(), continuation_token: next.map(|next| continuation_token(by.tenant(), next)) };
    let mut response = serde_json::to_vec(&page)?.into_response();
    permit.attach_to(&mut response);
    Ok(response)
}

/// The preferred languages: the locale header's, those of `Accept-Language`, then American English.
fn languages(headers: &HeaderMap) -> Vec<Language> {
    let text = |value: Option<&axum::http::HeaderValue>| value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut languages: Vec<Language> = text(headers.get(LOCALE_HEADER)).trim().parse().into_iter().collect();
    languages.extend(language::parse_accept_language(&text(headers.get(header::ACCEPT_LANGUAGE))));
    languages.push(Language::english());
    languages
}

/// The sequence below which the page begins; `None` for the first page.
fn cursor_from_query(uri: &Uri, tenant: TenantId) -> Result<Option<u64>, CitrixError> {
    let refuse = |value: String| CitrixError::invalid_field(FieldErrorKind::InvalidString, "continuationToken", value);
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| refuse(String::new()))?;
    let token_parameter = pairs.into_iter().find(|(name, value)| name.eq_ignore_ascii_case("continuationToken") && !value.is_empty());
    token_parameter
        .map(|(_, text)| parse_continuation_token(tenant, &text).ok_or_else(|| refuse(text.chars().take(100).collect())))
        .transpose()
}

/// Encodes a continuation token: the sequence and a checksum over it and the tenant, so that a mistyped
/// token or one of another tenant is detected. Clients treat it as opaque.
fn continuation_token(tenant: TenantId, sequence: u64) -> String {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&sequence.to_be_bytes());
    bytes[8..].copy_from_slice(&checksum(tenant, sequence));
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn parse_continuation_token(tenant: TenantId, token: &str) -> Option<u64> {
    let bytes: [u8; 16] = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let sequence = u64::from_be_bytes(bytes[..8].try_into().ok()?);
    // The store's sequences fit in an i64; a larger number was not issued here.
    let plausible = i64::try_from(sequence).is_ok() && bytes[8..] == checksum(tenant, sequence);
    plausible.then_some(sequence)
}

fn checksum(tenant: TenantId, sequence: u64) -> [u8; 8] {
    let digest =
        Sha256::new().chain_update(b"citrix list").chain_update(tenant.0.to_be_bytes()).chain_update(sequence.to_be_bytes()).finalize();
    let mut checksum = [0; 8];
    checksum.copy_from_slice(&digest[..8]);
    checksum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_valid_for_one_tenant_only() {
        let tenant = TenantId(7);
        let token = continuation_token(tenant, 4711);
        assert_eq!(parse_continuation_token(tenant, &token), Some(4711));
        assert_eq!(parse_continuation_token(TenantId(8), &token), None);
        assert_eq!(parse_continuation_token(tenant, &token[1..]), None);
        assert_eq!(parse_continuation_token(tenant, &token.to_lowercase()), None);
        for other in ["", "0", "4711", "%00", "AAAAAAAAAAAAAAAAAAAAAA", "é"] {
            assert_eq!(parse_continuation_token(tenant, other), None, "{other}");
        }
    }

    #[test]
    fn the_token_is_read_from_the_query() {
        let tenant = TenantId(7);
        let uri = |query: &str| format!("/acme/notifications{query}").parse::<Uri>().unwrap();
        for query in ["", "?", "?x=1", "?continuationToken=", "?continuationToken"] {
            assert_eq!(cursor_from_query(&uri(query), tenant).unwrap(), None, "{query}");
        }
        let token = continuation_token(tenant, 1);
        for query in [format!("?continuationToken={token}"), format!("?a=b&ContinuationToken={token}")] {
            assert_eq!(cursor_from_query(&uri(&query), tenant).unwrap(), Some(1), "{query}");
        }
        for query in ["?continuationToken=x", "?continuationToken=%ff%00", "?continuationToken=100"] {
            assert!(cursor_from_query(&uri(query), tenant).is_err(), "{query}");
        }
    }

    #[test]
    fn the_locale_header_precedes_accept_language() {
        let mut headers = HeaderMap::new();
        let tags = |headers: &HeaderMap| languages(headers).iter().map(Language::to_string).collect::<Vec<_>>();
        assert_eq!(tags(&headers), ["en-US"]);
        headers.insert(header::ACCEPT_LANGUAGE, "fr;q=0.5, ja".parse().unwrap());
        headers.insert(LOCALE_HEADER, "de-DE".parse().unwrap());
        assert_eq!(tags(&headers), ["de-DE", "ja", "fr", "en-US"]);
        headers.insert(LOCALE_HEADER, "de_DE".parse().unwrap());
        assert_eq!(tags(&headers), ["ja", "fr", "en-US"]);
    }
}
