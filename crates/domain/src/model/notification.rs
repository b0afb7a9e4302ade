//! Notifications: as they are stored, as a reader sees them, and as a sender sees them.

use campanile_shared::{
    Attachment, Audience, Button, Channel, Content, Language, Priority, Severity, language, send_request::SenderDate, sent::SenderKind,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    AudienceKey, Person, PersonId,
    model::{access::Actor, delivery::NewDelivery, routing::MailRecipients},
};

/// Where a notification came from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Source {
    /// The API it came through, such as `campanile` or `citrix`.
    pub dialect: String,
    /// The sender's name: that of a person or of an API key.
    pub sender: String,
    /// Whether it was a person or a key; unknown for old notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SenderKind>,
    /// The name of the API key that sent it in a person's name, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// The sender's id of the event. It is not checked and need not be unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The sender's id of the notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl Source {
    /// A notification that an actor sends through an API.
    pub fn of(by: &Actor, dialect: &str) -> Self {
        Self {
            dialect: dialect.to_owned(),
            sender: by.name().to_owned(),
            kind: Some(by.kind()),
            through: None,
            event_id: None,
            external_id: None,
        }
    }

    /// The same, sent in a person's name. The person is shown as the sender; the key that called is recorded
    /// too.
    #[must_use]
    pub fn on_behalf_of(self, person: &Person) -> Self {
        let through = match self.kind {
            Some(SenderKind::Person) => self.through,
            _ => Some(self.sender),
        };
        Self { sender: person.name.clone(), kind: Some(SenderKind::Person), through, ..self }
    }

    /// The name of the caller: the API key, if it sent the notification in a person's name.
    pub fn caller(&self) -> &str {
        self.through.as_ref().unwrap_or(&self.sender)
    }
}

/// A notification to store. Its position in the tenant's order is not known yet.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNotification {
    /// Its id (UUIDv7).
    pub id: Uuid,
    /// When it is stored.
    pub accepted_at: DateTime<Utc>,
    /// The audience as the sender specified it.
    pub to: Audience,
    /// The audience as keys, without duplicates.
    pub keys: Vec<AudienceKey>,
    /// Notifications with equal fingerprints are the same; `None` is equal to nothing.
    pub fingerprint: Option<[u8; 32]>,
    /// Whether it goes to the inboxes of its audience.
    pub inbox: bool,
    /// Whether it is dismissed there on arrival.
    pub pre_dismissed: bool,
    /// Who of its audience gets it by mail.
    pub mail: MailRecipients,
    /// Its other deliveries.
    pub deliveries: Vec<NewDelivery>,
    /// Its content and metadata.
    pub message: Message,
}

impl NewNotification {
    /// A notification that goes to the inboxes of its audience and nowhere else.
    pub fn new(id: Uuid, accepted_at: DateTime<Utc>, to: Audience, keys: Vec<AudienceKey>, message: Message) -> Self {
        Self {
            id,
            accepted_at,
            to,
            keys,
            fingerprint: None,
            inbox: true,
            pre_dismissed: false,
            mail: MailRecipients::NoOne,
            deliveries: Vec::new(),
            message,
        }
    }
}

/// The content and metadata of a notification: everything but its audience.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Message {
    /// Where it came from.
    pub source: Source,
    /// Its severity.
    pub severity: Severity,
    /// Its priority.
    pub priority: Priority,
    /// The part of the system that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Categories to filter by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Its content in at least one language.
    pub content: Vec<Content>,
    /// Actions offered to readers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// Attached files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// People for whom it appears in the list only, without a desktop notification.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet_for: Vec<PersonId>,
    /// The channel that its sender chose.
    #[serde(default, skip_serializing_if = "is_portal")]
    pub channel: Channel,
    /// The sender's own date.
    pub created_at: SenderDate,
    /// When it is removed from every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Data that only one dialect understands and gives back; stored, never read.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub extra: serde_json::Value,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_portal(channel: &Channel) -> bool {
    matches!(channel, Channel::Portal)
}

/// A stored notification.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Its id.
    pub id: Uuid,
    /// Its position in the tenant's order, counted from 1 without gaps.
    pub sequence: u64,
    /// When it was stored.
    pub accepted_at: DateTime<Utc>,
    /// The audience as the sender specified it.
    pub to: Audience,
    /// Its content and metadata.
    pub message: Message,
    /// Its corrections and recall.
    pub revised: Revised,
}

/// Who corrected or recalled a notification.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reviser {
    /// The name of the person or API key at that time.
    pub name: String,
    /// Whether it was a person or a key.
    pub kind: SenderKind,
}

impl Reviser {
    /// The actor as a reviser.
    pub fn of(by: &Actor) -> Self {
        Self { name: by.name().to_owned(), kind: by.kind() }
    }
}

/// The last correction and the recall of a notification. Who made them is unknown for old ones.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Revised {
    /// When the content was last corrected.
    pub corrected_at: Option<DateTime<Utc>>,
    /// Who corrected it.
    pub corrected_by: Option<Reviser>,
    /// When it was recalled.
    pub recalled_at: Option<DateTime<Utc>>,
    /// Who recalled it.
    pub recalled_by: Option<Reviser>,
}

impl Notification {
    /// The index of the content in the language that suits a reader of these languages best.
    pub fn choose_content(&self, languages: &[Language]) -> usize {
        let available: Vec<&Language> = self.message.content.iter().map(|content| &content.language).collect();
        language::lookup_index(languages, &available).unwrap_or_default()
    }

    /// Whether it appears in a person's list only, without a desktop notification.
    pub fn is_quiet_for(&self, person: PersonId) -> bool {
        self.message.quiet_for.contains(&person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn a_source_says_who_called_and_in_whose_name() {
        let (person, key) = (fixtures::person(true), fixtures::key(&[]));
        let by_key = Source::of(&Actor::Sender(key), "citrix");
        assert_eq!((by_key.dialect.as_str(), by_key.sender.as_str(), by_key.kind), ("citrix", "monitoring", Some(SenderKind::Key)));
        assert_eq!(by_key.caller(), "monitoring");
        let named = by_key.on_behalf_of(&person);
        assert_eq!(
            (named.sender.as_str(), named.kind, named.through.as_deref()),
            ("Ada Byron", Some(SenderKind::Person), Some("monitoring"))
        );
        assert_eq!(named.caller(), "monitoring");
        let own = Source::of(&Actor::Person(person.clone()), "gravitee").on_behalf_of(&person);
        assert_eq!((own.caller(), own.through.as_deref()), ("Ada Byron", None));
        let reviser = Reviser::of(&Actor::Person(person));
        assert_eq!(reviser, Reviser { name: "Ada Byron".to_owned(), kind: SenderKind::Person });
    }

    #[test]
    fn a_new_notification_goes_into_inboxes_and_nowhere_else() {
        let new = NewNotification::new(Uuid::nil(), fixtures::at(1), Vec::new(), vec![AudienceKey::Everyone], fixtures::message());
        assert_eq!((new.inbox, new.pre_dismissed, new.mail, new.deliveries.len()), (true, false, MailRecipients::NoOne, 0));
        assert_eq!((new.accepted_at, new.keys, new.fingerprint), (fixtures::at(1), vec![AudienceKey::Everyone], None));
    }

    #[test]
    fn default_values_are_not_stored() {
        let json = serde_json::to_value(fixtures::message()).unwrap();
        let names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["content", "created_at", "priority", "severity", "source"]);
        let mail = Message { channel: Channel::Email, ..fixtures::message() };
        let json = serde_json::to_value(&mail).unwrap();
        assert_eq!(json["channel"], "email");
        assert_eq!(serde_json::from_value::<Message>(json).unwrap(), mail);
    }

    #[test]
    fn a_reader_gets_their_language_or_the_first() {
        let notification = fixtures::notification(fixtures::message());
        for (languages, chosen) in [(&["de"][..], 1), (&["fr", "de-AT"], 1), (&["en"], 0), (&["fr"], 0), (&[], 0)] {
            let languages: Vec<Language> = languages.iter().map(|tag| tag.parse().unwrap()).collect();
            assert_eq!(notification.choose_content(&languages), chosen, "{languages:?}");
        }
    }

    #[test]
    fn it_is_quiet_for_those_whom_its_sender_named() {
        let notification = fixtures::notification(Message { quiet_for: vec![PersonId(7)], ..fixtures::message() });
        assert!(notification.is_quiet_for(PersonId(7)) && !notification.is_quiet_for(PersonId(8)));
    }
}
