//! Pages: how many, from where, and the link to the next (RFC 8288).

use std::str::FromStr;

use axum::{
    Json,
    http::{HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Refusal;

/// How many entries a page holds when nothing else is asked for.
const USUAL: u32 = 50;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before; absent for the first page.
    cursor: Option<String>,
    /// How many entries at most, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl PageQuery {
    /// The sequence below which the page begins.
    pub fn before(&self) -> Result<Option<u64>, Refusal> {
        self.after()
    }

    /// The cursor, of whatever kind the list has.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>, Refusal> {
        let parse = |cursor: &String| cursor.parse().map_err(|_| Refusal::malformed("The cursor is not one that a page gave as next."));
        self.cursor.as_ref().map(parse).transpose()
    }

    /// The number of entries.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(USUAL).clamp(1, campanile_domain::inbox::LARGEST_PAGE)
    }
}

/// A list that has no further pages.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The entries.
    pub items: Vec<T>,
}

/// A page with the link to the next.
pub fn respond(page: impl Serialize, next: Option<&str>, uri: &Uri) -> Response {
    let mut response = Json(page).into_response();
    if let Some(next) = next {
        let kept = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query: String = kept.flat_map(|pair| [pair, "&"]).collect();
        let link = format!("<{}?{query}cursor={next}>; rel=\"next\"", uri.path());
        if let Ok(link) = HeaderValue::try_from(link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
