//! What a create answers and a list shows: the request with its defaults filled in.

use std::borrow::Cow;

use campanile_domain::{Notification, notification::Message};
use campanile_shared::{Audience, Link, Recipients};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    NAME,
    notice::{self, Extra},
};

/// The destination that means every administrator.
pub const EVERY_ADMINISTRATOR: &str = "*";

/// A notification in this dialect. The order of the fields and the nulls are the vendor's
/// documented sample; `suppressEmail` follows them (documented later by the vendor, `false` when
/// it was absent).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Echo<'a> {
    destination_admin: &'a str,
    component: Option<&'a str>,
    created_date: Cow<'a, str>,
    categories: Option<&'a [String]>,
    severity: &'static str,
    event_id: Option<&'a str>,
    priority: &'static str,
    content: Vec<EchoContent<'a>>,
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
struct EchoContent<'a> {
    language_tag: &'a str,
    title: &'a str,
    description: &'a str,
    detail_uri: Option<&'a str>,
}

impl<'a> Echo<'a> {
    /// The answer to a create.
    pub fn new(destination_admin: &'a str, message: &'a Message, extra: &'a Extra) -> Self {
        let content = message.content.iter().enumerate().map(|(at, content)| EchoContent {
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
            severity: notice::severity_name(message.severity),
            event_id: message.source.event_id.as_deref(),
            priority: notice::priority_name(message.priority),
            content: content.collect(),
            data: extra.data.as_deref().and_then(|data| serde_json::from_str(data).ok()),
            external_id: message.source.external_id.as_deref(),
            suppress_email: extra.suppress_email,
            title: None,
            description: None,
        }
    }

    /// An item of a list, with its texts in the chosen entry of the content at its top as well
    /// (seen in a working client).
    pub fn listed(notification: &'a Notification, extra: &'a Extra, chosen: usize) -> Self {
        let content = notification.message.content.get(chosen);
        Self {
            title: Some(content.map_or("", |content| &content.title)),
            description: Some(content.map_or("", |content| &content.description)),
            ..Self::new(destination(&notification.to), &notification.message, extra)
        }
    }
}

/// The sender's date with the digits and the offset it came with.
pub fn created_date<'a>(message: &Message, extra: &'a Extra) -> Cow<'a, str> {
    extra.created_date.as_deref().map_or_else(|| notice::date(message.created_at).into(), Cow::Borrowed)
}

/// What was stored beside a notification; nothing for those that came another way.
pub fn extra(notification: &Notification) -> Extra {
    let own = notification.message.source.dialect == NAME;
    let extra = own.then(|| Extra::deserialize(&notification.message.extra).ok()).flatten();
    extra.unwrap_or_default()
}

/// An audience as a destination. Ours: one person is their id, any wider audience the star.
pub fn destination(to: &Audience) -> &str {
    match &**to {
        [Recipients::Person { person }] => person,
        _ => EVERY_ADMINISTRATOR,
    }
}
