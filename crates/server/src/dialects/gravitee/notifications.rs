//! A person's notifications in the console's and the portal's format. There is no read state: a notification
//! exists until it is deleted, which dismisses it in the person's inbox.

use axum::{
    Json,
    extract::Query,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Person,
    model::inbox_item::{BroadcastFilter, BroadcastQuery, StoredItem},
};
use campanile_shared::{
    Filter, InboxChange, Item, View,
    inbox::{Action, Selection},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::errors::GraviteeError;
use crate::{
    config::{Config, dialect_names::GRAVITEE},
    request_url::RequestUrl,
    state::AppState,
};

/// The maximum number of notifications in a response, some 4 MiB (decided here; the original has no limit).
const MAX_NOTIFICATIONS: usize = 10_000;
/// The portal's default page size.
const PORTAL_PAGE_SIZE: i64 = 10;

/// A notification in the console's format.
#[derive(Serialize)]
struct ConsoleNotification {
    id: Uuid,
    title: String,
    message: String,
    created_at: i64,
}

/// A notification in the portal's format.
#[derive(Serialize)]
struct PortalNotification {
    id: Uuid,
    title: String,
    message: String,
    created_at: String,
}

/// The console's list.
#[derive(Serialize)]
struct ConsoleList {
    data: Vec<ConsoleNotification>,
    page: Value,
}

/// The portal's list.
#[derive(Serialize)]
struct PortalList {
    data: Vec<PortalNotification>,
    metadata: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<PortalLinks>,
}

/// The links to the pages that exist.
#[derive(Serialize)]
struct PortalLinks {
    #[serde(rename = "self")]
    self_link: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
}

impl PortalLinks {
    /// The links of page `page` of `pages`.
    fn for_page(parts: &Parts, config: &Config, page: usize, pages: usize) -> Self {
        let address = RequestUrl::from_parts(parts, config);
        let given: Vec<(String, String)> = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let link = |page: usize| {
            let others = given.iter().filter(|(name, _)| name != "page").map(|(name, value)| (name.clone(), value.clone()));
            let query: Vec<_> = others.chain([("page".to_owned(), page.to_string())]).collect();
            address.with_query(&serde_urlencoded::to_string(query).unwrap_or_default())
        };
        let page_link = |page: usize| (1..=pages).contains(&page).then(|| link(page));
        Self {
            self_link: address.url(),
            first: page_link(1),
            prev: page_link(page.saturating_sub(1)),
            next: page_link(page + 1),
            last: page_link(pages),
        }
    }
}

/// The query of all lists: everything that is not dismissed.
const INBOX: BroadcastQuery = BroadcastQuery { view: Some(View::Inbox), ..BroadcastQuery::all(BroadcastFilter::All) };

/// Counts the notifications, up to [`MAX_NOTIFICATIONS`].
async fn count(app: &AppState, who: &Person) -> Result<usize, GraviteeError> {
    let most = u32::try_from(MAX_NOTIFICATIONS).unwrap_or(u32::MAX);
    Ok(usize::try_from(app.campanile.count_by_broadcast(who, INBOX, most).await?).unwrap_or(MAX_NOTIFICATIONS))
}

/// A range of notifications, the newest first. It is shorter when they are large, to bound the response.
async fn fetch(app: &AppState, who: &Person, skip: usize, take: usize) -> Result<Vec<StoredItem>, GraviteeError> {
    let bounded = |number: usize| u32::try_from(number.min(MAX_NOTIFICATIONS)).unwrap_or(u32::MAX);
    if take == 0 || skip >= MAX_NOTIFICATIONS {
        return Ok(Vec::new());
    }
    let query = BroadcastQuery { skip: bounded(skip), ..INBOX };
    let (items, _) = app.campanile.items_by_broadcast(who, query, bounded(take)).await?;
    Ok(items.into_iter().map(|dated| dated.item).collect())
}

/// The item with its full text in the reader's language.
fn to_item(who: &Person, item: &StoredItem) -> Item {
    item.notification.full_item(item.notification.choose_content(&who.languages), item.state)
}

/// The title as it was sent; empty when there was none (see `message`).
fn title(who: &Person, item: &StoredItem) -> String {
    let message = &item.notification.message;
    let sent = message.extra.get("title").and_then(Value::as_str).filter(|_| message.source.dialect == GRAVITEE);
    sent.map_or_else(|| to_item(who, item).title, str::to_owned)
}

/// `GET …/user/notifications` of the console: the oldest first, all on one page.
pub async fn list(app: &AppState, who: &Person) -> Result<Response, GraviteeError> {
    let place = app.list_limiter.acquire_list(who).await?;
    let _turn = app.list_limiter.build_permit().await;
    let (total, items) = (count(app, who).await?, fetch(app, who, 0, MAX_NOTIFICATIONS).await?);
    let data = items.iter().rev().map(|item| (title(who, item), to_item(who, item))).map(|(title, item)| ConsoleNotification {
        id: item.id,
        title,
        message: item.description,
        created_at: item.accepted_at.timestamp_millis(),
    });
    let data: Vec<_> = data.collect();
    let (count, pages) = (data.len(), usize::from(!data.is_empty()));
    let page = json!({"current": 1, "per_page": count, "size": count, "total_pages": pages, "total_elements": total});
    let mut response = Json(ConsoleList { data, page }).into_response();
    place.attach_to(&mut response);
    Ok(response)
}

/// The query parameters of the portal's list.
#[derive(Deserialize)]
struct PortalPageQuery {
    page: Option<i64>,
    size: Option<i64>,
}

/// `GET …/user/notifications` of the portal: the newest first, in pages. Size -1 means all, 0 none. A page
/// that does not exist is an error.
pub async fn portal_list(app: &AppState, who: &Person, parts: &Parts) -> Result<Response, GraviteeError> {
    let Query(wanted) =
        Query::<PortalPageQuery>::try_from_uri(&parts.uri).map_err(|_| GraviteeError::malformed("page and size are numbers."))?;
    let (page, size) = (usize::try_from(wanted.page.unwrap_or(1)).unwrap_or_default(), wanted.size.unwrap_or(PORTAL_PAGE_SIZE));
    if size < -1 || (page < 1 && size > 0) {
        return Err(GraviteeError::invalid_page());
    }
    let place = app.list_limiter.acquire_list(who).await?;
    let _turn = app.list_limiter.build_permit().await;
    let total = count(app, who).await?;
    let (skip, take) = match usize::try_from(size) {
        Err(_) => (0, total),
        Ok(size) => (page.saturating_sub(1).saturating_mul(size), size),
    };
    // An empty list has one page, which is valid.
    if size > 0 && page > 1 && skip >= total {
        return Err(GraviteeError::invalid_page());
    }
    let data: Vec<_> = fetch(app, who, skip, take)
        .await?
        .iter()
        .map(|item| (title(who, item), to_item(who, item)))
        .map(|(title, item)| PortalNotification {
            id: item.id,
            title,
            message: item.description,
            created_at: item.accepted_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        })
        .collect();
    let pages = if take == 0 { 0 } else { total.div_ceil(take) };
    // With size 0 the total counts all notifications. A list of all has no pages.
    let mut metadata = json!({"data": {"total": if size == 0 { total } else { data.len() }}});
    if size >= 0 {
        metadata["pagination"] = json!({
            "current_page": page, "size": data.len(), "total": total, "total_pages": pages,
            "first": if data.is_empty() { 0 } else { skip + 1 }, "last": if data.is_empty() { 0 } else { skip + data.len() },
        });
    }
    let links = (size >= 0).then(|| PortalLinks::for_page(parts, &app.config, page, pages));
    let mut response = Json(PortalList { data, metadata, links }).into_response();
    place.attach_to(&mut response);
    Ok(response)
}

/// `DELETE …/user/notifications`: dismisses all items.
pub async fn delete_all(app: &AppState, who: &Person) -> Result<Response, GraviteeError> {
    let up_to = app.campanile.counts(who).await?.sequence;
    let items = Selection::Matching { filter: Filter::default(), up_to };
    app.campanile.change(who, InboxChange::new(Action::Dismiss, items)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `DELETE …/user/notifications/{id}`: dismisses one item.
pub async fn delete(app: &AppState, who: &Person, id: &str) -> Result<Response, GraviteeError> {
    let known = id.parse().map_err(|_| GraviteeError::notification_not_found(id))?;
    match app.campanile.inbox_item(who, known).await {
        Ok(item) if !item.state.dismissed => {
            app.campanile.change(who, InboxChange::new(Action::Dismiss, Selection::Ids(vec![known]))).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Ok(_) | Err(campanile_domain::Error::NotFound) => Err(GraviteeError::notification_not_found(id)),
        Err(error) => Err(error.into()),
    }
}
