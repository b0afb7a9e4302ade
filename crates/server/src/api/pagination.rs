//! Pagination of lists: page size, cursors, and the `Link` to the next page (RFC 8288).

use std::{fmt, ops::Deref, str::FromStr};

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use campanile_domain::caller_limiter::CallerId;
use campanile_shared::limits::{MAX_PAGE_SIZE, MAX_SEQUENCE};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::Query;
use crate::{list_limiter::ListPermit, problem::ApiError, state::AppState};

/// The default page size.
const DEFAULT_LIMIT: u32 = 50;

/// The page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the previous page; absent for the first page.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// The maximum number of entries, 1 to 200; 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<Limit<MAX_PAGE_SIZE>>,
}

/// A page size from 1 to `MOST`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
pub struct Limit<const MOST: u32>(u32);

impl<const MOST: u32> TryFrom<u32> for Limit<MOST> {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        if (1..=MOST).contains(&number) { Ok(Self(number)) } else { Err(format!("must be from 1 to {MOST}")) }
    }
}

impl<const MOST: u32> Limit<MOST> {
    /// The given limit, or `usual` when there is none.
    pub fn or(limit: Option<Self>, usual: u32) -> u32 {
        limit.map_or(usual, |limit| limit.0)
    }
}

impl PageQuery {
    /// The cursor as a sequence number, at most 2⁶³−1, the largest that the store uses.
    pub fn sequence_cursor(&self) -> Result<Option<u64>, ApiError> {
        Ok(self.parse_cursor::<SequenceCursor>()?.map(|SequenceCursor(number)| number))
    }

    /// The cursor, parsed as the list's cursor type.
    pub fn parse_cursor<T: FromStr>(&self) -> Result<Option<T>, ApiError> {
        let invalid_cursor = || ApiError::malformed("The cursor is not the `next` value of a page.");
        let parse = |cursor: &String| if cursor.is_empty() { Err(invalid_cursor()) } else { cursor.parse().map_err(|_| invalid_cursor()) };
        self.cursor.as_ref().map(parse).transpose()
    }

    /// The page size.
    pub fn limit(&self) -> u32 {
        Limit::or(self.limit, DEFAULT_LIMIT)
    }
}

/// A cursor that is a sequence number of the store.
struct SequenceCursor(u64);

impl FromStr for SequenceCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = text.parse().map_err(drop)?;
        if number <= MAX_SEQUENCE { Ok(Self(number)) } else { Err(()) }
    }
}

/// A text cursor, such as a name, encoded as URL-safe base64 (RFC 4648 §5) so that any text is valid in
/// a `Link` header.
pub struct TextCursor(pub String);

impl fmt::Display for TextCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl FromStr for TextCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(drop)?;
        String::from_utf8(bytes).map(Self).map_err(drop)
    }
}

/// The requested page together with the request's URI and the caller's permit for a list.
pub struct Pagination {
    query: PageQuery,
    uri: Uri,
    permit: Option<ListPermit>,
}

impl FromRequestParts<AppState> for Pagination {
    type Rejection = ApiError;

    /// Takes a list permit of the caller, whom an extractor before this one has authenticated.
    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        let Query(query) = Query::from_request_parts(parts, app).await?;
        let OriginalUri(uri) = OriginalUri::from_request_parts(parts, app).await.unwrap_or_else(|never| match never {});
        let permit = match parts.extensions.get::<CallerId>() {
            Some(caller) => Some(app.list_limiter.acquire_list(*caller).await?),
            None => None,
        };
        Ok(Self { query, uri, permit })
    }
}

impl Deref for Pagination {
    type Target = PageQuery;

    fn deref(&self) -> &PageQuery {
        &self.query
    }
}

impl Pagination {
    /// Responds with a page that has no fields besides its entries.
    pub fn list(self, items: Vec<impl Serialize>, next: Option<String>) -> Response {
        let page = List { next: next.clone(), ..List::from(items) };
        self.respond(page, next.as_deref())
    }

    /// Responds with a page and the link to the next. The permit is held until the client has received it.
    pub fn respond(self, page: impl Serialize, next: Option<&str>) -> Response {
        let mut response = Json(page).into_response();
        if let Some(next) = next {
            let other_parameters =
                self.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
            let query: String = other_parameters.flat_map(|pair| [pair, "&"]).collect();
            let link = format!("<{}?{query}cursor={next}>; rel=\"next\"", self.uri.path());
            if let Ok(link) = HeaderValue::try_from(link) {
                response.headers_mut().insert(header::LINK, link);
            }
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(place) = self.permit {
            place.attach_to(&mut response);
        }
        response
    }
}

/// A list or a page of a list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The entries.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether the list may be incomplete because the search was stopped after its time limit. Absent when
    /// false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

impl<T> From<Vec<T>> for List<T> {
    /// A complete list, without a next page.
    fn from(items: Vec<T>) -> Self {
        Self { items, next: None, incomplete: false }
    }
}
