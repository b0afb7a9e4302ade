//! A person's notifications: listed, which marks what is listed as read; marked; counted.

use axum::{
    Json,
    body::Body,
    extract::Query,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use campanile_domain::{Person, store::StoredItem};
use campanile_shared::{View, inbox::Action};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    NAME,
    error::Refusal,
    feed::{self, Half},
};
use crate::{app::App, dialects::body};

/// How many notifications are on a page (ours).
const PAGE: usize = 20;
/// The largest body of a call here, in bytes.
const LARGEST: usize = 64 * 1024;

/// Which page; `previous_id` goes before `next_id`.
#[derive(Deserialize)]
struct Wanted {
    next_id: Option<u64>,
    previous_id: Option<u64>,
}

/// `GET /api/v2/notification/`
pub async fn list(app: &App, who: &Person, uri: &Uri) -> Result<Response, Refusal> {
    let Query(wanted) = Query::<Wanted>::try_from_uri(uri).map_err(|_| Refusal::malformed("next_id and previous_id are integers."))?;
    let (items, next) = match wanted.previous_id {
        // Those right above it: the page that ends where the given one begins.
        Some(below) => {
            let (all, _) = Half::Notifications.items(app, who, View::Inbox, None, usize::MAX).await?;
            let newer: Vec<_> = all.into_iter().filter(|item| item.notification.sequence > below).collect();
            let skipped = newer.len().saturating_sub(PAGE);
            (newer.into_iter().skip(skipped).collect(), Some(below + 1))
        }
        None => Half::Notifications.items(app, who, View::Inbox, wanted.next_id, PAGE).await?,
    };
    let link = |name: &str, at: u64| format!("/{NAME}/api/v2/notification/?{name}={at}");
    let next = next.map(|next| link("next_id", next));
    let paged = wanted.next_id.is_some() || wanted.previous_id.is_some();
    let previous = items.first().filter(|_| paged).map(|first| link("previous_id", first.notification.sequence));
    let results: Vec<_> = items.iter().map(|item| group(who, item)).collect();
    let unread = items.iter().filter(|item| !item.state.read).map(|item| item.notification.id).collect();
    feed::mark(app, who, Action::Read, unread).await?;
    Ok(Json(json!({"next": next, "previous": previous, "results": results})).into_response())
}

/// A group of one: custom notifications never join others.
fn group(who: &Person, item: &StoredItem) -> Value {
    let notification = &item.notification;
    let message = &notification.message;
    let (is_new, sid) = (!item.state.read, notification.id.to_string());
    let own = |name: &str| Some(message.extra.get(name)?.clone()).filter(|_| message.source.dialect == NAME);
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
                "type": own("type").unwrap_or_else(|| message.component.clone().map_or(Value::Null, Value::String)),
                "embed": own("embed").unwrap_or(Value::Null),
                "title": own("title").unwrap_or_else(|| text(content.map(|content| &content.title))),
                "description": own("description").unwrap_or_else(|| text(content.map(|content| &content.description))),
            },
            "user": own("user").map_or(Value::Null, |id| json!({"id": id})),
        }],
    })
}

/// `POST /api/v2/notification/read/`: unknown sids are passed over.
pub async fn read(app: &App, who: &Person, body: Body) -> Result<Response, Refusal> {
    #[derive(Deserialize)]
    struct Sids {
        sids: Vec<String>,
    }
    let body = body::read(body, LARGEST).await?;
    let Sids { sids } =
        serde_json::from_slice(&body).map_err(|_| Refusal::fields(&[("sids", "A list of sids is required.", "required")]))?;
    feed::mark(app, who, Action::Read, sids.iter().filter_map(|sid| sid.parse().ok()).collect()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v2/notification/unseen/count/`
pub async fn unseen(app: &App, who: &Person) -> Result<Response, Refusal> {
    Ok(Json(json!({"count": Half::Notifications.count(app, who, View::Unread).await?})).into_response())
}
