//! Sample values for tests.

use campanile_shared::{Channel, Content, Priority, Severity, sent::SenderKind};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    KeyId, Notification, Person, PersonId, Random, Scope, Sender, Source, TenantId,
    model::{
        delivery::DueDelivery,
        notification::{Message, Revised},
    },
};

/// Randomness that repeats one byte.
pub struct Always(pub u8);

impl Random for Always {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

/// The time this many seconds after 1970 began.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

pub fn person(administrator: bool) -> Person {
    Person {
        tenant: TenantId(1),
        tenant_name: "acme".to_owned(),
        id: PersonId(7),
        login: "ada".to_owned(),
        name: "Ada Byron".to_owned(),
        email: None,
        languages: vec!["de".parse().unwrap()],
        administrator,
    }
}

pub fn key(scopes: &[Scope]) -> Sender {
    Sender {
        tenant: TenantId(2),
        tenant_name: "beta".to_owned(),
        key: KeyId(5),
        name: "monitoring".to_owned(),
        scopes: scopes.to_vec(),
        requests_per_second: None,
    }
}

pub fn content(language: &str, title: &str) -> Content {
    Content { language: language.parse().unwrap(), title: title.to_owned(), description: String::new(), link: None }
}

/// A message of the sample key in English and German.
pub fn message() -> Message {
    Message {
        source: Source {
            dialect: "campanile".to_owned(),
            sender: "monitoring".to_owned(),
            kind: Some(SenderKind::Key),
            through: None,
            event_id: None,
            external_id: None,
        },
        severity: Severity::Warning,
        priority: Priority::High,
        component: None,
        categories: Vec::new(),
        content: vec![content("en", "Hello"), content("de", "Hallo")],
        buttons: Vec::new(),
        attachments: Vec::new(),
        quiet_for: Vec::new(),
        channel: Channel::Portal,
        created_at: at(1).fixed_offset(),
        expires_at: None,
        extra: serde_json::Value::Null,
    }
}

pub fn notification(message: Message) -> Notification {
    let (id, to, revised) = (Uuid::from_u128(3), Vec::new(), Revised::default());
    Notification { id, sequence: 12, accepted_at: at(2), to, message, revised }
}

/// A due delivery to a URL.
pub fn due(number: u128) -> DueDelivery {
    DueDelivery {
        id: Uuid::from_u128(number),
        tenant: TenantId(1),
        tenant_name: "acme".to_owned(),
        sequence: 1,
        recipient: None,
        skip_reason: None,
        channel: Channel::Http,
        target: "https://a.example/".to_owned(),
        queue: "a.example:443".to_owned(),
        request: None,
        webhook: None,
        attempts: 0,
    }
}
