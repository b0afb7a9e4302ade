//! Notifications: as they are stored, as a reader sees them, and as a sender sees them.

use campanile_shared::{
    Attachment, Audience, Button, Channel, Content, Item, ItemState, Language, Priority, Severity,
    inbox::{self, ItemButton},
    language,
    send_request::SenderDate,
    sent::{SenderKind, SentNotification},
    text,
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

/// How many characters of a description appear in a list.
const MAX_DESCRIPTION_EXCERPT: usize = 300;

/// How many characters of a title appear in a list.
const MAX_TITLE_EXCERPT: usize = 500;

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

    /// The item as a list shows it, with the content at this index.
    pub fn list_item(&self, chosen: usize, state: ItemState) -> Item {
        let mut item = self.full_item(chosen, state);
        item.title = text::excerpt(&item.title, MAX_TITLE_EXCERPT);
        item.description = text::excerpt(&item.description, MAX_DESCRIPTION_EXCERPT);
        item.content = Vec::new();
        item.buttons = Vec::new();
        item.attachments = Vec::new();
        item
    }

    /// The item in full, with the content at this index. The caller sets `quiet` and `why`, which depend on
    /// the reader.
    pub fn full_item(&self, chosen: usize, state: ItemState) -> Item {
        let message = &self.message;
        let sanitise = |content: &Content| Content {
            language: content.language.clone(),
            title: text::one_line(&content.title),
            description: text::multi_line(&content.description),
            link: content.link.clone(),
        };
        let empty = || Content { language: Language::english(), title: String::new(), description: String::new(), link: None };
        let content = message.content.get(chosen).map_or_else(empty, sanitise);
        Item {
            id: self.id,
            sequence: self.sequence,
            severity: message.severity,
            priority: message.priority,
            component: message.component.as_deref().map(text::one_line),
            categories: message.categories.iter().map(|category| text::one_line(category)).collect(),
            title: content.title,
            description: content.description,
            language: content.language,
            link: content.link,
            created_at: message.created_at,
            accepted_at: self.accepted_at,
            expires_at: message.expires_at,
            corrected_at: self.revised.corrected_at,
            corrected_by: self.revised.corrected_by.as_ref().map(|by| by.name.clone()),
            corrected_by_kind: self.revised.corrected_by.as_ref().map(|by| by.kind),
            sender: message.source.sender.clone(),
            through: message.source.through.clone(),
            quiet: false,
            state,
            content: message.content.iter().map(sanitise).collect(),
            buttons: message.buttons.iter().map(|button| ItemButton::new(text::one_line(&button.label), button)).collect(),
            attachments: message.attachments.iter().map(sanitise_attachment).collect(),
            why: None,
        }
    }

    /// The notification as senders see it.
    pub fn into_sent(self) -> SentNotification {
        let message = self.message;
        let name_and_kind = |by: Option<Reviser>| by.map_or((None, None), |by| (Some(by.name), Some(by.kind)));
        let (corrected_by, corrected_by_kind) = name_and_kind(self.revised.corrected_by);
        let (recalled_by, recalled_by_kind) = name_and_kind(self.revised.recalled_by);
        SentNotification {
            id: self.id,
            sequence: self.sequence,
            source: message.source.dialect,
            sender: message.source.sender,
            sender_kind: message.source.kind,
            through: message.source.through,
            to: self.to,
            channel: message.channel,
            severity: message.severity,
            priority: message.priority,
            component: message.component,
            categories: message.categories,
            content: message.content,
            created_at: message.created_at,
            accepted_at: self.accepted_at,
            expires_at: message.expires_at,
            corrected_at: self.revised.corrected_at,
            corrected_by,
            corrected_by_kind,
            recalled_at: self.revised.recalled_at,
            recalled_by,
            recalled_by_kind,
        }
    }
}

fn sanitise_attachment(attachment: &Attachment) -> Attachment {
    Attachment { name: text::one_line(&attachment.name), kind: attachment.kind.as_deref().map(text::one_line), ..attachment.clone() }
}

/// The cap on counts, for implementations of the store.
pub const COUNT_CAP: u32 = inbox::MAX_COUNT;

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
    fn a_full_item_is_sanitised_and_complete() {
        let loud = |text: &str| format!("{text}\u{202E}");
        let link = "https://a.example".parse().ok();
        let message = Message {
            component: Some(loud("Shop")),
            categories: vec![loud("money")],
            content: vec![Content { description: loud("a\nb"), link, ..fixtures::content("en", &loud("Hi")) }],
            buttons: vec![Button { label: loud("OK"), primary: true, link: None, data: None }],
            attachments: vec![Attachment { name: loud("a.png"), kind: Some(loud("image/png")), bytes: Some(7), ..Attachment::default() }],
            expires_at: Some(fixtures::at(9)),
            ..fixtures::message()
        };
        let mut notification = fixtures::notification(message.clone());
        let ada = Reviser { name: "Ada".to_owned(), kind: SenderKind::Person };
        notification.revised = Revised { corrected_at: Some(fixtures::at(5)), corrected_by: Some(ada.clone()), ..Revised::default() };
        let state = ItemState { read: true, ..ItemState::default() };
        let item = notification.full_item(0, state);
        assert_eq!((item.title.as_str(), item.description.as_str(), item.language.as_str()), ("Hi", "a\nb", "en"));
        assert_eq!((item.component.as_deref(), &item.categories[..]), (Some("Shop"), &["money".to_owned()][..]));
        assert_eq!((item.id, item.sequence, item.severity, item.priority), (notification.id, 12, Severity::Warning, Priority::High));
        assert_eq!((item.link.as_ref(), item.state, item.quiet), (message.content[0].link.as_ref(), state, false));
        assert_eq!((item.created_at, item.accepted_at, item.expires_at), (message.created_at, fixtures::at(2), Some(fixtures::at(9))));
        let corrected = (item.corrected_at, item.corrected_by.as_deref(), item.corrected_by_kind);
        assert_eq!(corrected, (Some(fixtures::at(5)), Some("Ada"), Some(SenderKind::Person)));
        assert_eq!((item.sender.as_str(), item.through.as_deref()), ("monitoring", None));
        assert_eq!((item.content[0].title.as_str(), item.content[0].description.as_str()), ("Hi", "a\nb"));
        assert_eq!((item.buttons[0].label.as_str(), item.buttons[0].primary), ("OK", true));
        let attachment = &item.attachments[0];
        assert_eq!((attachment.name.as_str(), attachment.kind.as_deref(), attachment.bytes), ("a.png", Some("image/png"), Some(7)));
        // A list shows an excerpt.
        let listed = notification.list_item(0, state);
        assert_eq!((listed.content.len(), listed.buttons.len(), listed.attachments.len()), (0, 0, 0));
        assert_eq!((listed.title.as_str(), listed.description.as_str(), listed.state), ("Hi", "a\nb", state));
    }

    #[test]
    fn a_list_shows_300_characters_of_a_description_and_500_of_a_title() {
        let text = |length: usize| "é".repeat(length);
        let listed = |title: usize, description: usize| {
            let content = vec![Content { description: text(description), ..fixtures::content("en", &text(title)) }];
            fixtures::notification(Message { content, ..fixtures::message() }).list_item(0, ItemState::default())
        };
        let item = listed(500, 300);
        assert_eq!((item.title, item.description), (text(500), text(300)));
        let item = listed(501, 301);
        assert_eq!((item.title, item.description), (text(500) + "…", text(300) + "…"));
    }

    #[test]
    fn a_notification_without_content_shows_none() {
        let item = fixtures::notification(Message { content: Vec::new(), ..fixtures::message() }).full_item(0, ItemState::default());
        assert_eq!((item.title.as_str(), item.description.as_str(), item.language), ("", "", Language::english()));
    }

    #[test]
    fn it_is_quiet_for_those_whom_its_sender_named() {
        let notification = fixtures::notification(Message { quiet_for: vec![PersonId(7)], ..fixtures::message() });
        assert!(notification.is_quiet_for(PersonId(7)) && !notification.is_quiet_for(PersonId(8)));
    }

    #[test]
    fn senders_see_what_they_sent_and_who_changed_it() {
        let mut notification = fixtures::notification(fixtures::message());
        let by = |name: &str, kind| Some(Reviser { name: name.to_owned(), kind });
        notification.revised = Revised {
            corrected_at: Some(fixtures::at(5)),
            corrected_by: by("Ada", SenderKind::Person),
            recalled_at: Some(fixtures::at(6)),
            recalled_by: by("monitoring", SenderKind::Key),
        };
        let sent = notification.into_sent();
        assert_eq!((sent.source.as_str(), sent.sender.as_str(), sent.sender_kind), ("campanile", "monitoring", Some(SenderKind::Key)));
        assert_eq!((sent.sequence, sent.accepted_at, sent.content.len()), (12, fixtures::at(2), 2));
        let corrected = (sent.corrected_at, sent.corrected_by.as_deref(), sent.corrected_by_kind);
        assert_eq!(corrected, (Some(fixtures::at(5)), Some("Ada"), Some(SenderKind::Person)));
        let recalled = (sent.recalled_at, sent.recalled_by.as_deref(), sent.recalled_by_kind);
        assert_eq!(recalled, (Some(fixtures::at(6)), Some("monitoring"), Some(SenderKind::Key)));
    }
}
