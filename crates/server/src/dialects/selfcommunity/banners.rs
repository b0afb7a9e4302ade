//! A person's banners: list, mark as read, dispose of, count.

use axum::{
    Json,
    body::Body,
    extract::Query,
    http::{HeaderMap, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Person,
    model::inbox_item::{BroadcastQuery, DatedItem},
};
use campanile_shared::{View, inbox::Action};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    errors::SelfCommunityError,
    fields::{self, Fields},
    query::{self, BANNERS, LISTED_BANNERS},
};
use crate::{request_url::RequestUrl, state::AppState};

/// The default page size (decided here).
const PAGE_SIZE: u32 = 20;
/// The maximum body of a call, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The query parameters of a page.
#[derive(Deserialize)]
struct PageQuery {
    limit: Option<u32>,
    offset: Option<u32>,
}

/// `GET …/banner/`: lists the banners.
pub async fn list(app: &AppState, who: &Person, parts: &Parts) -> Result<Response, SelfCommunityError> {
    let Query(wanted) =
        Query::<PageQuery>::try_from_uri(&parts.uri).map_err(|_| SelfCommunityError::malformed("limit and offset are integers."))?;
    let permit = app.list_limiter.acquire_list(who).await?;
    let (limit, offset) = (wanted.limit.unwrap_or(PAGE_SIZE).clamp(1, 100), wanted.offset.unwrap_or(0));
    let count = app.campanile.count_by_broadcast(who, LISTED_BANNERS, u32::MAX).await?;
    let (banners, _) = app.campanile.items_by_broadcast(who, BroadcastQuery { skip: offset, ..LISTED_BANNERS }, limit).await?;
    let address = RequestUrl::from_parts(parts, &app.config);
    let link = |offset: u32| address.with_query(&format!("limit={limit}&offset={offset}"));
    // A page of large banners is shorter than the limit.
    let next_offset = offset.saturating_add(u32::try_from(banners.len()).unwrap_or(limit));
    let next = (next_offset < count && !banners.is_empty()).then(|| link(next_offset));
    let previous = (offset > 0).then(|| link(offset.saturating_sub(limit)));
    let results: Vec<_> = banners.iter().map(|dated| banner(who, dated)).collect();
    let mut response = Json(json!({"count": count, "next": next, "previous": previous, "results": results})).into_response();
    permit.attach_to(&mut response);
    Ok(response)
}

/// A banner. A banner that was read or dismissed in bulk has the time of the bulk change. When the time is
/// unknown, because it is older than the record of times, the creation time is used (decided here).
fn banner(who: &Person, DatedItem { item, read_at, dismissed_at }: &DatedItem) -> Value {
    let notification = &item.notification;
    let content = notification.message.content.get(notification.choose_content(&who.languages));
    let added_at = notification.accepted_at;
    json!({
        "id": notification.sequence,
        "banner": {
            "type_banner": "notification_banner",
            "title": content.map_or("", |content| &content.title),
            "body_text": content.map_or("", |content| &content.description),
            "link_text": null,
            "link": content.and_then(|content| content.link.as_ref()),
            "open_in_new_tab": true,
            "image": null,
            "added_at": added_at,
        },
        "added_at": added_at,
        "disposed_at": item.state.dismissed.then_some(dismissed_at.unwrap_or(added_at)),
        "viewed_at": item.state.read.then_some(read_at.unwrap_or(added_at)),
    })
}

/// `POST …/banner/read/`: marks banners as read.
pub async fn read(app: &AppState, who: &Person, headers: &HeaderMap, body: Body) -> Result<Response, SelfCommunityError> {
    mark(app, who, Action::Read, headers, body).await
}

/// `POST …/banner/dispose/`: dismisses banners.
pub async fn dispose(app: &AppState, who: &Person, headers: &HeaderMap, body: Body) -> Result<Response, SelfCommunityError> {
    mark(app, who, Action::Dismiss, headers, body).await
}

async fn mark(app: &AppState, who: &Person, action: Action, headers: &HeaderMap, body: Body) -> Result<Response, SelfCommunityError> {
    let ids = Fields::read(headers, body, MAX_BODY_BYTES).await?.list("banner_ids");
    let ids: Option<Vec<u64>> = ids.and_then(|ids| ids.iter().map(fields::parse_integer).collect());
    let banner_ids = ids
        .ok_or_else(|| SelfCommunityError::invalid_fields(&[("banner_ids", "A list of at most 1000 integers is required.", "required")]))?;
    let mut notification_ids = Vec::with_capacity(banner_ids.len());
    for id in banner_ids {
        // The banner with this sequence number; unknown ones are ignored.
        let query = BroadcastQuery { above: id.checked_sub(1), before: id.checked_add(1), ..BANNERS };
        let (found, _) = app.campanile.items_by_broadcast(who, query, 1).await?;
        notification_ids
            .extend(found.into_iter().map(|dated| dated.item.notification).filter(|banner| banner.sequence == id).map(|banner| banner.id));
    }
    query::mark(app, who, action, &notification_ids).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET …/banner/unseen/count/`: counts the unread banners.
pub async fn unseen(app: &AppState, who: &Person) -> Result<Response, SelfCommunityError> {
    Ok(Json(json!({"count": query::count(app, who, BANNERS, View::Unread).await?})).into_response())
}

/// `GET …/banner/undisposed/count/`: counts the banners that are not dismissed.
pub async fn undisposed(app: &AppState, who: &Person) -> Result<Response, SelfCommunityError> {
    Ok(Json(json!({"count": query::count(app, who, BANNERS, View::Inbox).await?})).into_response())
}
