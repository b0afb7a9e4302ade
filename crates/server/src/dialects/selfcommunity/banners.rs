//! A person's banners: listed, read, disposed of, counted.

use axum::{
    Json,
    body::Body,
    extract::Query,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use campanile_domain::{Person, store::StoredItem};
use campanile_shared::{
    View,
    inbox::{Action, CAP},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    NAME,
    error::Refusal,
    feed::{self, Half},
};
use crate::{app::App, dialects::body};

/// How many banners are on a page when nothing else is asked for (ours).
const PAGE: usize = 20;
/// The largest body of a call here, in bytes.
const LARGEST: usize = 64 * 1024;

/// Which page.
#[derive(Deserialize)]
struct Wanted {
    limit: Option<usize>,
    offset: Option<usize>,
}

/// Those not disposed of, then those that are.
async fn all(app: &App, who: &Person) -> Result<Vec<StoredItem>, Refusal> {
    let (mut found, _) = Half::Banners.items(app, who, View::Inbox, None, CAP as usize).await?;
    let (disposed, _) = Half::Banners.items(app, who, View::Dismissed, None, CAP as usize).await?;
    found.extend(disposed);
    found.sort_by_key(|item| std::cmp::Reverse(item.notification.sequence));
    Ok(found)
}

/// `GET …/banner/`
pub async fn list(app: &App, who: &Person, uri: &Uri) -> Result<Response, Refusal> {
    let Query(wanted) = Query::<Wanted>::try_from_uri(uri).map_err(|_| Refusal::malformed("limit and offset are integers."))?;
    let (limit, offset) = (wanted.limit.unwrap_or(PAGE).clamp(1, 100), wanted.offset.unwrap_or(0));
    let banners = all(app, who).await?;
    let count = banners.len();
    let link = |offset: usize| format!("/{NAME}/api/v2/notification/banner/?limit={limit}&offset={offset}");
    let next = (offset.saturating_add(limit) < count).then(|| link(offset + limit));
    let previous = (offset > 0).then(|| link(offset.saturating_sub(limit)));
    let results: Vec<_> = banners.iter().skip(offset).take(limit).map(|item| banner(who, item)).collect();
    Ok(Json(json!({"count": count, "next": next, "previous": previous, "results": results})).into_response())
}

/// A banner. Ours: when it was viewed or disposed of is not kept; where it was, the time it was added
/// stands there.
fn banner(who: &Person, item: &StoredItem) -> Value {
    let notification = &item.notification;
    let content = notification.message.content.get(notification.choose(&who.languages));
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
        "disposed_at": item.state.dismissed.then_some(added_at),
        "viewed_at": item.state.read.then_some(added_at),
    })
}

/// `POST …/banner/read/`
pub async fn read(app: &App, who: &Person, body: Body) -> Result<Response, Refusal> {
    mark(app, who, Action::Read, body).await
}

/// `POST …/banner/dispose/`
pub async fn dispose(app: &App, who: &Person, body: Body) -> Result<Response, Refusal> {
    mark(app, who, Action::Dismiss, body).await
}

async fn mark(app: &App, who: &Person, action: Action, body: Body) -> Result<Response, Refusal> {
    #[derive(Deserialize)]
    struct Ids {
        banner_ids: Vec<u64>,
    }
    let body = body::read(body, LARGEST).await?;
    let Ids { banner_ids } =
        serde_json::from_slice(&body).map_err(|_| Refusal::fields(&[("banner_ids", "A list of integers is required.", "required")]))?;
    let banners = all(app, who).await?;
    let meant = banners.iter().map(|item| &item.notification).filter(|notification| banner_ids.contains(&notification.sequence));
    feed::mark(app, who, action, meant.map(|notification| notification.id).collect()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET …/banner/unseen/count/`
pub async fn unseen(app: &App, who: &Person) -> Result<Response, Refusal> {
    Ok(Json(json!({"count": Half::Banners.count(app, who, View::Unread).await?})).into_response())
}

/// `GET …/banner/undisposed/count/`
pub async fn undisposed(app: &App, who: &Person) -> Result<Response, Refusal> {
    Ok(Json(json!({"count": Half::Banners.count(app, who, View::Inbox).await?})).into_response())
}
