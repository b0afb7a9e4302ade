//! Sample messages to send, and a clock with a fixed time.

use std::sync::Arc;

use campanile_domain::{
    Clock, Notification, Source,
    model::{
        http_request::HttpRequest,
        notification::{Message, Revised},
    },
    ports::channel::{OutgoingMessage, Recipient},
};
use campanile_shared::{Channel, Content, Priority, Recipients, Severity};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A clock that always shows 2026-01-02 03:04:05 UTC.
pub struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_323_045, 0).unwrap()
    }
}

pub fn fixed_clock() -> Arc<dyn Clock> {
    Arc::new(FixedClock)
}

/// The id of every message here.
pub const ID: Uuid = Uuid::from_u128(0x0191_0000_0000_7000_8000_0000_0000_0001);

/// A POST of `{}` to a URL.
pub fn to_url(target: &str) -> OutgoingMessage {
    with_post(target, HttpRequest { body: "{}".to_owned(), ..HttpRequest::default() })
}

pub fn with_post(target: &str, post: HttpRequest) -> OutgoingMessage {
    OutgoingMessage {
        id: ID,
        tenant: "Acme".to_owned(),
        target: target.to_owned(),
        recipient: None,
        notification: None,
        request: Some(post),
    }
}

/// An e-mail about an error, in English, German and Arabic.
pub fn to_person(target: &str, languages: &[&str]) -> OutgoingMessage {
    let content = |language: &str, title: &str, description: &str| Content {
        language: language.parse().unwrap(),
        title: title.to_owned(),
        description: description.to_owned(),
        link: Some("https://status.example/incident?id=1&lang=x".parse().unwrap()),
    };
    let notification = Notification {
        id: Uuid::from_u128(7),
        sequence: 1,
        accepted_at: FixedClock.now(),
        to: vec![Recipients::Everyone],
        message: Message {
            source: Source {
                dialect: "campanile".to_owned(),
                sender: "monitor".to_owned(),
                kind: None,
                through: None,
                event_id: None,
                external_id: None,
            },
            severity: Severity::Error,
            priority: Priority::Normal,
            component: Some("Storage <1>".to_owned()),
            categories: Vec::new(),
            content: vec![
                content("en-US", "Disk <b>full</b> & broken", "First line\n<script>alert(1)</script>\nünïcode"),
                content("de", "Platte voll", "Erste Zeile"),
                content("ar", "القرص ممتلئ", "السطر الأول"),
            ],
            created_at: FixedClock.now().fixed_offset(),
            expires_at: None,
            buttons: Vec::new(),
            attachments: Vec::new(),
            quiet_for: Vec::new(),
            channel: Channel::Portal,
            extra: serde_json::Value::Null,
        },
        revised: Revised::default(),
    };
    OutgoingMessage {
        id: ID,
        tenant: "Acme & Söhne".to_owned(),
        target: target.to_owned(),
        recipient: Some(Recipient {
            tenant: "Acme & Söhne".to_owned(),
            name: "Ada Lovelace".to_owned(),
            languages: languages.iter().map(|tag| tag.parse().unwrap()).collect(),
            unsubscribe_token: "to+k/en=".to_owned(),
        }),
        notification: Some(Arc::new(notification)),
        request: None,
    }
}

/// Changes the notification of a message.
pub fn edit_notification(outgoing: &mut OutgoingMessage, how: impl FnOnce(&mut Notification)) {
    how(Arc::make_mut(outgoing.notification.as_mut().unwrap()));
}
