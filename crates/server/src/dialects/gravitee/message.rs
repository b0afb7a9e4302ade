//! The message of a send request: its title, with the original's template, and its text.

use campanile_domain::{
    Source,
    model::{access::Actor, notification::Message},
};
use campanile_shared::{Channel, Content, Language, Priority, Severity};
use serde_json::Value;

use crate::{config::dialect_names::GRAVITEE, dialects::excerpt_title::excerpt_title, state::AppState};

/// The message. `api` is the name of the API that it is about.
pub fn message(by: &Actor, app: &AppState, api: Option<&str>, title: Option<String>, text: Option<String>, channel: Channel) -> Message {
    let text = text.unwrap_or_default();
    // The original has this template only for the portal channel.
    let prefixed = |title: &str| match api {
        Some(api) if channel == Channel::Portal => format!("[{api}] {title}"),
        _ => title.to_owned(),
    };
    // Decided here: without a title, the beginning of the text is used. This dialect's lists show an empty title.
    let extra = if title.is_some() { Value::Null } else { serde_json::json!({"title": prefixed("").trim_end()}) };
    let title = prefixed(&title.unwrap_or_else(|| excerpt_title(&text)));
    Message {
        source: Source::of(by, GRAVITEE),
        severity: Severity::Information,
        priority: Priority::Normal,
        component: api.map(str::to_owned),
        categories: Vec::new(),
        content: vec![Content { language: Language::english(), title, description: text, link: None }],
        buttons: Vec::new(),
        attachments: Vec::new(),
        quiet_for: Vec::new(),
        channel,
        created_at: app.campanile.now().fixed_offset(),
        expires_at: None,
        extra,
    }
}
