//! The sample notifications: one month of an administrator's inbox.

mod fixtures;
mod table;

use campanile_domain::{Source, model::notification::Message};
use campanile_shared::{Channel, Content, Language, Link, sent::SenderKind};
use chrono::{DateTime, Duration, Utc};

/// A sample notification.
pub struct Sample {
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// The notification.
    pub message: Message,
    /// Whether Ada has read it.
    pub read: bool,
}

/// The samples, dated over the month before `now`.
pub fn samples(now: DateTime<Utc>) -> impl Iterator<Item = Sample> {
    table::ROWS.iter().map(move |(minutes, read, severity, priority, component, key, category, texts, link)| {
        let link: Option<Link> = link.and_then(|link| link.parse().ok());
        let content = texts.iter().filter_map(|(tag, title, description)| {
            let language: Language = tag.parse().ok()?;
            Some(Content { language, title: (*title).to_owned(), description: (*description).to_owned(), link: link.clone() })
        });
        let at = now - Duration::minutes(*minutes);
        Sample {
            at,
            read: *read,
            message: Message {
                source: Source {
                    dialect: "campanile".to_owned(),
                    sender: (*key).to_owned(),
                    kind: Some(SenderKind::Key),
                    through: None,
                    event_id: None,
                    external_id: None,
                },
                severity: *severity,
                priority: *priority,
                component: Some((*component).to_owned()),
                categories: fixtures::categories(category),
                content: content.collect(),
                buttons: fixtures::buttons(category),
                attachments: fixtures::attachments(category),
                quiet_for: Vec::new(),
                channel: Channel::Portal,
                created_at: at.fixed_offset(),
                expires_at: None,
                extra: serde_json::Value::Null,
            },
        }
    })
}
