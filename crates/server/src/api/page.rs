//! Pages: how many, from where, and the link to the next (RFC 8288).

use std::{fmt, ops::Deref, str::FromStr};

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use campanile_domain::{
    inbox::{LARGEST_PAGE, LAST_SEQUENCE},
    searches::Caller,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Query;
use crate::{answers::Place, app::App, problem::Refusal};

/// How many entries a page holds when nothing else is asked for.
const USUAL: u32 = 50;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before; absent for the first page.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// How many entries at most, 1 to 200; 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<Limit<LARGEST_PAGE>>,
}

/// How many entries an answer may have: from 1 to `MOST`.
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
    /// The number that was asked for, or else the usual one.
    pub fn or(limit: Option<Self>, usual: u32) -> u32 {
        limit.map_or(usual, |limit| limit.0)
    }
}

impl PageQuery {
    /// The sequence below which the page begins: none that the store counts in is beyond 2⁶³−1.
    pub fn before(&self) -> Result<Option<u64>, Refusal> {
        Ok(self.after::<Counted>()?.map(|Counted(number)| number))
    }

    /// The cursor, of whatever kind the list has.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>, Refusal> {
        let foreign = || Refusal::malformed("The cursor is not one that a page gave as next.");
        let parse = |cursor: &String| if cursor.is_empty() { Err(foreign()) } else { cursor.parse().map_err(|_| foreign()) };
        self.cursor.as_ref().map(parse).transpose()
    }

    /// The number of entries.
    pub fn limit(&self) -> u32 {
        Limit::or(self.limit, USUAL)
    }
}

/// A number that the store counts in.
struct Counted(u64);

impl FromStr for Counted {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = text.parse().map_err(drop)?;
        if number <= LAST_SEQUENCE { Ok(Self(number)) } else { Err(()) }
    }
}

/// A cursor that is a text, such as a name, as URL-safe base64 (RFC 4648 §5): whatever is in it, it
/// can stand in a `Link`.
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

/// Which page is asked for, and of what.
pub struct Paging {
    query: PageQuery,
    uri: Uri,
    place: Option<Place>,
}

impl FromRequestParts<App> for Paging {
    type Rejection = Refusal;

    /// Takes a place among the lists of the caller, who was extracted before.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Query(query) = Query::from_request_parts(parts, app).await?;
        let OriginalUri(uri) = OriginalUri::from_request_parts(parts, app).await.unwrap_or_else(|never| match never {});
        let place = parts.extensions.get::<Caller>().map(|caller| app.answers.list(*caller)).transpose()?;
        Ok(Self { query, uri, place })
    }
}

impl Deref for Paging {
    type Target = PageQuery;

    fn deref(&self) -> &PageQuery {
        &self.query
    }
}

impl Paging {
    /// A page of a list that has no more to say than its entries.
    pub fn list(self, items: Vec<impl Serialize>, next: Option<String>) -> Response {
        let page = List { next: next.clone(), ..List::from(items) };
        self.respond(page, next.as_deref())
    }

    /// A page with the link to the next; it counts until the client has taken it.
    pub fn respond(self, page: impl Serialize, next: Option<&str>) -> Response {
        let mut response = Json(page).into_response();
        if let Some(next) = next {
            let kept = self.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
            let query: String = kept.flat_map(|pair| [pair, "&"]).collect();
            let link = format!("<{}?{query}cursor={next}>; rel=\"next\"", self.uri.path());
            if let Ok(link) = HeaderValue::try_from(link) {
                response.headers_mut().insert(header::LINK, link);
            }
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(place) = self.place {
            place.hold(&mut response);
        }
        response
    }
}

/// A list, or a page of one.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The entries.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether there are perhaps more: looking for them was ended because it took too long. Absent
    /// when it is false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

impl<T> From<Vec<T>> for List<T> {
    /// All that there is.
    fn from(items: Vec<T>) -> Self {
        Self { items, next: None, incomplete: false }
    }
}
