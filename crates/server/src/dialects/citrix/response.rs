//! The notification in responses: the created request with its defaults filled in.

use std::borrow::Cow;

use campanile_domain::{Notification, model::notification::Message};
use campanile_shared::{Audience, Link, Recipients};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{date::format_date, enums, extra::Extra};
use crate::config::dialect_names::CITRIX;

/// The destination for every administrator.
pub const ALL_ADMINISTRATORS: &str = "*";

/// A notification in a response. The order of fields and the nulls follow the vendor's documented sample.
/// `suppressEmail` comes after them (documented later by the vendor; `false` when the request has
/// none).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationResponse<'a> {
    destination_admin: &'a str,
    component: Option<&'a str>,
    created_date: Cow<'a, str>,
    categories: Option<&'a [String]>,
    severity: &'static str,
    event_id: Option<&'a str>,
    priority: &'static str,
    content: Vec<ContentResponse<'a>>,
    data: Option<&'a RawValue>,
    external_id: Option<&'a str>,
    suppress_email: bool,
    /// Only in lists: the title in the chosen language.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// Only in lists: the description in the chosen language.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContentResponse<'a> {
    language_tag: &'a str,
    title: &'a str,
    description: &'a str,
    detail_uri: Option<&'a str>,
}

impl<'a> NotificationResponse<'a> {
    /// The response to a create.
    pub fn for_create(destination_admin: &'a str, message: &'a Message, extra: &'a Extra) -> Self {
        let content = message.content.iter().enumerate().map(|(at, content)| ContentResponse {
            language_tag: extra.language_tags.get(at).map_or(content.language.as_str(), String::as_str),
            title: &content.title,
            description: &content.description,
            detail_uri: content.link.as_ref().map(Link::as_str),
        });
        Self {
            destination_admin: extra.destination_admin.as_deref().unwrap_or(destination_admin),
            component: message.component.as_deref(),
            created_date: created_date(message, extra),
            categories: (!message.categories.is_empty() || extra.empty_categories).then_some(&*message.categories),
            severity: enums::severity_name(message.severity),
            event_id: message.source.event_id.as_deref(),
            priority: enums::priority_name(message.priority),
            content: content.collect(),
            data: extra.data.as_deref().and_then(|data| serde_json::from_str(data).ok()),
            external_id: message.source.external_id.as_deref(),
            suppress_email: extra.suppress_email,
            title: None,
            description: None,
        }
    }

    /// An item of a list. It repeats the texts of the chosen content entry at the top level (seen in a working
    /// client).
    pub fn for_list(notification: &'a Notification, extra: &'a Extra, chosen: usize) -> Self {
        let content = notification.message.content.get(chosen);
        Self {
            title: Some(content.map_or("", |content| &content.title)),
            description: Some(content.map_or("", |content| &content.description)),
            ..Self::for_create(destination(&notification.to), &notification.message, extra)
        }
    }
}

/// The sender's date exactly as it was sent.
pub fn created_date<'a>(message: &Message, extra: &'a Extra) -> Cow<'a, str> {
    extra.created_date.as_deref().map_or_else(|| format_date(message.created_at).into(), Cow::Borrowed)
}

/// The stored extra values of a notification; empty when another dialect or API stored it.
pub fn extra(notification: &Notification) -> Extra {
    let own = notification.message.source.dialect == CITRIX;
    let extra = own.then(|| Extra::deserialize(&notification.message.extra).ok()).flatten();
    extra.unwrap_or_default()
}

/// An audience as a destination. Decided here: one person is their id, any other audience is `*`.
pub fn destination(to: &Audience) -> &str {
    match &**to {
        [Recipients::Person { person }] => person,
        _ => ALL_ADMINISTRATORS,
    }
}
