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
    store::{Half, HalfQuery, StoredItem},
};
use campanile_shared::{
    Change, Filter, Item, View,
    inbox::{Action, Selection},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{NAME, error::Refusal};
use crate::{address::Address, app::App, config::Config};

/// The maximum number of notifications in a response, some 4 MiB (decided here; the original has no limit).
const MOST: usize = 10_000;
/// The portal's default page size.
const PORTAL_PAGE: i64 = 10;

/// A notification in the console's format.
#[derive(Serialize)]
struct Notification {
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
struct List {
    data: Vec<Notification>,
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
    own: String,
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
    fn of(parts: &Parts, config: &Config, page: usize, pages: usize) -> Self {
        let address = Address::of(parts, config);
        let given: Vec<(String, String)> = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let link = |page: usize| {
            let others = given.iter().filter(|(name, _)| name != "page").map(|(name, value)| (name.clone(), value.clone()));
            let query: Vec<_> = others.chain([("page".to_owned(), page.to_string())]).collect();
            address.with_query(&serde_urlencoded::to_string(query).unwrap_or_default())
        };
        let there = |page: usize| (1..=pages).contains(&page).then(|| link(page));
        Self { own: address.url(), first: there(1), prev: there(page.saturating_sub(1)), next: there(page + 1), last: there(pages) }
    }
}

/// The query of all lists: everything that is not dismissed.
const ALL: HalfQuery = HalfQuery { view: Some(View::Inbox), ..HalfQuery::all(Half::Both) };

/// Counts the notifications, up to [`MOST`].
async fn count(app: &App, who: &Person) -> Result<usize, Refusal> {
    let most = u32::try_from(MOST).unwrap_or(u32::MAX);
    Ok(usize::try_from(app.campanile.store().count_half(who.tenant, who.id, ALL, most).await?).unwrap_or(MOST))
}

/// A range of notifications, the newest first. It is shorter when they are large, to bound the response.
async fn some(app: &App, who: &Person, skip: usize, take: usize) -> Result<Vec<StoredItem>, Refusal> {
    let bounded = |number: usize| u32::try_from(number.min(MOST)).unwrap_or(u32::MAX);
    if take == 0 || skip >= MOST {
        return Ok(Vec::new());
    }
    let query = HalfQuery { skip: bounded(skip), ..ALL };
    let (items, _) = app.campanile.store().half(who.tenant, who.id, query, bounded(take)).await?;
    Ok(items.into_iter().map(|dated| dated.item).collect())
}

/// The item with its full text in the reader's language.
fn shown(who: &Person, item: &StoredItem) -> Item {
    item.notification.shown(item.notification.choose(&who.languages), item.state)
}

/// The title as it was sent; empty when there was none (see `message`).
fn title(who: &Person, item: &StoredItem) -> String {
    let message = &item.notification.message;
    let sent = message.extra.get("title").and_then(Value::as_str).filter(|_| message.source.dialect == NAME);
    sent.map_or_else(|| shown(who, item).title, str::to_owned)
}

/// `GET …/user/notifications` of the console: the oldest first, all on one page.
pub async fn list(app: &App, who: &Person) -> Result<Response, Refusal> {
    let place = app.answers.list(who)?;
    let _turn = app.answers.turn().await;
    let (total, items) = (count(app, who).await?, some(app, who, 0, MOST).await?);
    let data = items.iter().rev().map(|item| (title(who, item), shown(who, item))).map(|(title, item)| Notification {
        id: item.id,
        title,
        message: item.description,
        created_at: item.accepted_at.timestamp_millis(),
    });
    let data: Vec<_> = data.collect();
    let (count, pages) = (data.len(), usize::from(!data.is_empty()));
    let page = json!({"current": 1, "per_page": count, "size": count, "total_pages": pages, "total_elements": total});
    let mut response = Json(List { data, page }).into_response();
    place.hold(&mut response);
    Ok(response)
}

/// The query parameters of the portal's list.
#[derive(Deserialize)]
struct PortalPage {
    page: Option<i64>,
    size: Option<i64>,
}

/// `GET …/user/notifications` of the portal: the newest first, in pages. Size -1 means all, 0 none. A page
/// that does not exist is an error.
pub async fn portal_list(app: &App, who: &Person, parts: &Parts) -> Result<Response, Refusal> {
    let Query(wanted) = Query::<PortalPage>::try_from_uri(&parts.uri).map_err(|_| Refusal::malformed("page and size are numbers."))?;
    let (page, size) = (usize::try_from(wanted.page.unwrap_or(1)).unwrap_or_default(), wanted.size.unwrap_or(PORTAL_PAGE));
    if size < -1 || (page < 1 && size > 0) {
        return Err(Refusal::page());
    }
    let place = app.answers.list(who)?;
    let _turn = app.answers.turn().await;
    let total = count(app, who).await?;
    let (skip, take) = match usize::try_from(size) {
        Err(_) => (0, total),
        Ok(size) => (page.saturating_sub(1).saturating_mul(size), size),
    };
    // An empty list has one page, which is valid.
    if size > 0 && page > 1 && skip >= total {
        return Err(Refusal::page());
    }
    let data: Vec<_> = some(app, who, skip, take)
        .await?
        .iter()
        .map(|item| (title(who, item), shown(who, item)))
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
    let links = (size >= 0).then(|| PortalLinks::of(parts, &app.config, page, pages));
    let mut response = Json(PortalList { data, metadata, links }).into_response();
    place.hold(&mut response);
    Ok(response)
}

/// `DELETE …/user/notifications`: dismisses all items.
pub async fn delete_all(app: &App, who: &Person) -> Result<Response, Refusal> {
    let up_to = app.campanile.counts(who).await?.sequence;
    let items = Selection::Matching { filter: Filter::default(), up_to };
    app.campanile.change(who, Change::new(Action::Dismiss, items)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `DELETE …/user/notifications/{id}`: dismisses one item.
pub async fn delete(app: &App, who: &Person, id: &str) -> Result<Response, Refusal> {
    let known = id.parse().map_err(|_| Refusal::notification(id))?;
    match app.campanile.inbox_item(who, known).await {
        Ok(item) if !item.state.dismissed => {
            app.campanile.change(who, Change::new(Action::Dismiss, Selection::Ids(vec![known]))).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Ok(_) | Err(campanile_domain::Error::NotFound) => Err(Refusal::notification(id)),
        Err(error) => Err(error.into()),
    }
}
