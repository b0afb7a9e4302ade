//! A person's notifications: list (which marks them as read), mark as read, count.

use axum::{
    Json,
    body::Body,
    extract::Query,
    http::{HeaderMap, Method, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Person,
    model::inbox_item::{BroadcastQuery, StoredItem},
};
use campanile_shared::{View, inbox::Action};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    errors::SelfCommunityError,
    fields::{self, Fields},
    query::{self, NOTIFICATIONS},
    users::Users,
};
use crate::{config::dialect_names::SELFCOMMUNITY, request_url::RequestUrl, state::AppState};

/// The page size (decided here).
const PAGE_SIZE: u32 = 20;
/// The type of a notification from another API without a component (decided here: a type is never null).
const DEFAULT_TYPE: &str = "notification";
/// The maximum body of a call, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The query parameters of a page; `previous_id` takes precedence over `next_id`.
#[derive(Deserialize)]
struct PageQuery {
    next_id: Option<u64>,
    previous_id: Option<u64>,
}

/// `GET /api/v2/notification/`: lists the notifications and marks them as read.
pub async fn list(app: &AppState, who: &Person, parts: &Parts) -> Result<Response, SelfCommunityError> {
    let Query(wanted) =
        Query::<PageQuery>::try_from_uri(&parts.uri).map_err(|_| SelfCommunityError::malformed("next_id and previous_id are integers."))?;
    let permit = app.list_limiter.acquire_list(who).await?;
    let campanile = &app.campanile;
    let (items, next) = match wanted.previous_id {
        // The page before the given one: it ends just above `previous_id`.
        Some(below) => {
            // Notifications that arrive meanwhile must not shift the page.
            let latest_sequence = campanile.counts(who).await?.sequence;
            let newer = BroadcastQuery { above: Some(below), before: Some(latest_sequence + 1), ..NOTIFICATIONS };
            let count = campanile.count_by_broadcast(who, newer, u32::MAX).await?;
            let nearest = BroadcastQuery { skip: count.saturating_sub(PAGE_SIZE), ..newer };
            let (items, cut) = campanile.items_by_broadcast(who, nearest, PAGE_SIZE).await?;
            // A page of large notifications is shorter than the limit; the rest is on the next page.
            (items, cut.or(below.checked_add(1)))
        }
        None => campanile.items_by_broadcast(who, BroadcastQuery { before: wanted.next_id, ..NOTIFICATIONS }, PAGE_SIZE).await?,
    };
    let items: Vec<_> = items.into_iter().map(|dated| dated.item).collect();
    let address = RequestUrl::from_parts(parts, &app.config);
    let link = |name: &str, at: u64| address.with_query(&format!("{name}={at}"));
    let next = next.map(|next| link("next_id", next));
    let paged = wanted.next_id.is_some() || wanted.previous_id.is_some();
    let previous = items.first().filter(|_| paged).map(|first| link("previous_id", first.notification.sequence));
    let (mut users, mut results) = (Users::new(app, who), Vec::with_capacity(items.len()));
    for item in &items {
        let sender_id = vendor_field(item, "user").and_then(|id| i64::try_from(fields::parse_integer(id)?).ok());
        let user = match sender_id {
            Some(id) => users.member(id).await?,
            None => users.community(),
        };
        results.push(group(who, item, user));
    }
    // HEAD must have no effect (RFC 9110 §9.2.1).
    if parts.method == Method::GET {
        let unread: Vec<_> = items.iter().filter(|item| !item.state.read).map(|item| item.notification.id).collect();
        query::mark(app, who, Action::Read, &unread).await?;
    }
    let mut response = Json(json!({"next": next, "previous": previous, "results": results})).into_response();
    permit.attach_to(&mut response);
    Ok(response)
}

/// A field of the original request, if the notification came from this dialect.
fn vendor_field<'a>(item: &'a StoredItem, name: &str) -> Option<&'a Value> {
    let message = &item.notification.message;
    message.extra.get(name).filter(|_| message.source.dialect == SELFCOMMUNITY)
}

/// A group with one notification: custom notifications are never aggregated.
fn group(who: &Person, item: &StoredItem, user: Value) -> Value {
    let notification = &item.notification;
    let message = &notification.message;
    let (is_new, sid) = (!item.state.read, notification.id.to_string());
    let field = |name: &str| vendor_field(item, name).cloned();
    let content = message.content.get(notification.choose_content(&who.languages));
    let text = |text: Option<&String>| text.map_or(Value::Null, |text| Value::String(text.clone()));
    json!({
        "is_new": is_new,
        "sid": sid,
        "aggregated": [{
            "is_new": is_new,
            "sid": sid,
            "type": "custom_notification",
            "active_at": notification.accepted_at,
            "custom_notification": {
                "id": notification.sequence,
                "type": field("type").unwrap_or_else(|| Value::String(message.component.clone().unwrap_or_else(|| DEFAULT_TYPE.to_owned()))),
                "embed": field("embed").unwrap_or(Value::Null),
                "title": field("title").unwrap_or_else(|| text(content.map(|content| &content.title))),
                "description": field("description").unwrap_or_else(|| text(content.map(|content| &content.description))),
            },
            "user": user,
        }],
    })
}

/// `POST /api/v2/notification/read/`: unknown sids are ignored.
pub async fn read(app: &AppState, who: &Person, headers: &HeaderMap, body: Body) -> Result<Response, SelfCommunityError> {
    let sids = Fields::read(headers, body, MAX_BODY_BYTES).await?.list("sids");
    let ids: Option<Vec<_>> = sids.and_then(|sids| sids.iter().map(|sid| Some(sid.as_str()?.parse().ok())).collect());
    let required = || SelfCommunityError::invalid_fields(&[("sids", "A list of at most 1000 sids is required.", "required")]);
    let known: Vec<_> = ids.ok_or_else(required)?.into_iter().flatten().collect();
    query::mark(app, who, Action::Read, &known).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v2/notification/unseen/count/`: counts the unread notifications.
pub async fn unseen(app: &AppState, who: &Person) -> Result<Response, SelfCommunityError> {
    Ok(Json(json!({"count": query::count(app, who, NOTIFICATIONS, View::Unread).await?})).into_response())
}
