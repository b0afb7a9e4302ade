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
    store::{HalfQuery, StoredItem},
};
use campanile_shared::{View, inbox::Action};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    NAME,
    error::Refusal,
    feed::{self, NOTIFICATIONS},
    fields::{self, Fields},
    users::Users,
};
use crate::{address::Address, app::App};

/// The page size (decided here).
const PAGE: u32 = 20;
/// The type of a notification from another API without a component (decided here: a type is never null).
const UNNAMED: &str = "notification";
/// The maximum body of a call, in bytes.
const LARGEST: usize = 64 * 1024;

/// The query parameters of a page; `previous_id` takes precedence over `next_id`.
#[derive(Deserialize)]
struct Wanted {
    next_id: Option<u64>,
    previous_id: Option<u64>,
}

/// `GET /api/v2/notification/`: lists the notifications and marks them as read.
pub async fn list(app: &App, who: &Person, parts: &Parts) -> Result<Response, Refusal> {
    let Query(wanted) =
        Query::<Wanted>::try_from_uri(&parts.uri).map_err(|_| Refusal::malformed("next_id and previous_id are integers."))?;
    let place = app.answers.list(who)?;
    let store = app.campanile.store();
    let (items, next) = match wanted.previous_id {
        // The page before the given one: it ends just above `previous_id`.
        Some(below) => {
            // Notifications that arrive meanwhile must not shift the page.
            let head = store.snapshot(who.tenant, who.id).await?.sequence;
            let newer = HalfQuery { above: Some(below), before: Some(head + 1), ..NOTIFICATIONS };
            let count = store.count_half(who.tenant, who.id, newer, u32::MAX).await?;
            let nearest = HalfQuery { skip: count.saturating_sub(PAGE), ..newer };
            let (items, cut) = store.half(who.tenant, who.id, nearest, PAGE).await?;
            // A page of large notifications is shorter than the limit; the rest is on the next page.
            (items, cut.or(below.checked_add(1)))
        }
        None => store.half(who.tenant, who.id, HalfQuery { before: wanted.next_id, ..NOTIFICATIONS }, PAGE).await?,
    };
    let items: Vec<_> = items.into_iter().map(|dated| dated.item).collect();
    let address = Address::of(parts, &app.config);
    let link = |name: &str, at: u64| address.with_query(&format!("{name}={at}"));
    let next = next.map(|next| link("next_id", next));
    let paged = wanted.next_id.is_some() || wanted.previous_id.is_some();
    let previous = items.first().filter(|_| paged).map(|first| link("previous_id", first.notification.sequence));
    let (mut users, mut results) = (Users::new(app, who), Vec::with_capacity(items.len()));
    for item in &items {
        let issuer = own(item, "user").and_then(|id| i64::try_from(fields::integer(id)?).ok());
        let user = match issuer {
            Some(id) => users.member(id).await?,
            None => users.community(),
        };
        results.push(group(who, item, user));
    }
    // HEAD must have no effect (RFC 9110 §9.2.1).
    if parts.method == Method::GET {
        let unread: Vec<_> = items.iter().filter(|item| !item.state.read).map(|item| item.notification.id).collect();
        feed::mark(app, who, Action::Read, &unread).await?;
    }
    let mut response = Json(json!({"next": next, "previous": previous, "results": results})).into_response();
    place.hold(&mut response);
    Ok(response)
}

/// A field of the original request, if the notification came from this dialect.
fn own<'a>(item: &'a StoredItem, name: &str) -> Option<&'a Value> {
    let message = &item.notification.message;
    message.extra.get(name).filter(|_| message.source.dialect == NAME)
}

/// A group with one notification: custom notifications are never aggregated.
fn group(who: &Person, item: &StoredItem, user: Value) -> Value {
    let notification = &item.notification;
    let message = &notification.message;
    let (is_new, sid) = (!item.state.read, notification.id.to_string());
    let own = |name: &str| own(item, name).cloned();
    let content = message.content.get(notification.choose(&who.languages));
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
                "type": own("type").unwrap_or_else(|| Value::String(message.component.clone().unwrap_or_else(|| UNNAMED.to_owned()))),
                "embed": own("embed").unwrap_or(Value::Null),
                "title": own("title").unwrap_or_else(|| text(content.map(|content| &content.title))),
                "description": own("description").unwrap_or_else(|| text(content.map(|content| &content.description))),
            },
            "user": user,
        }],
    })
}

/// `POST /api/v2/notification/read/`: unknown sids are ignored.
pub async fn read(app: &App, who: &Person, headers: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    let sids = Fields::read(headers, body, LARGEST).await?.list("sids");
    let known: Option<Vec<_>> = sids.and_then(|sids| sids.iter().map(|sid| Some(sid.as_str()?.parse().ok())).collect());
    let required = || Refusal::fields(&[("sids", "A list of at most 1000 sids is required.", "required")]);
    let known: Vec<_> = known.ok_or_else(required)?.into_iter().flatten().collect();
    feed::mark(app, who, Action::Read, &known).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v2/notification/unseen/count/`: counts the unread notifications.
pub async fn unseen(app: &App, who: &Person) -> Result<Response, Refusal> {
    Ok(Json(json!({"count": feed::count(app, who, NOTIFICATIONS, View::Unread).await?})).into_response())
}
