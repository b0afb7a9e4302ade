//! A notification as it is stored, and as one reader sees it.

use campanile_shared::{
    Attachment, Audience, Button, Channel, Content, Item, ItemState, Language, Priority, Severity,
    draft::SenderDate,
    inbox::{self, ItemButton},
    language,
    sent::{SenderKind, Sent},
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    AudienceKey, Person, PersonId,
    access::Actor,
    delivery::{Mailing, NewDelivery},
};

/// Where a notification came from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Source {
    /// The API it came through, such as `campanile` or `citrix`.
    pub dialect: String,
    /// Who sent it: a person's name or the name of an API key.
    pub sender: String,
    /// Which of the two it is; unknown of what was stored before that was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SenderKind>,
    /// The name of the API key that named a person as the sender, where it was not them who called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// The sender's id of the event, unchecked and not unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The sender's id of the notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl Source {
    /// Somebody, through an API.
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

    /// The same in the name of a person, who is shown as the sender: a key that called is kept beside them.
    #[must_use]
    pub fn in_the_name_of(self, person: &Person) -> Self {
        let through = match self.kind {
            Some(SenderKind::Person) => self.through,
            _ => Some(self.sender),
        };
        Self { sender: person.name.clone(), kind: Some(SenderKind::Person), through, ..self }
    }

    /// The name of who called: the key's where one named a person as the sender.
    pub fn caller(&self) -> &str {
        self.through.as_ref().unwrap_or(&self.sender)
    }
}

/// A notification to store; everything but its place in the tenant's order.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNotification {
    /// Its id (UUIDv7).
    pub id: Uuid,
    /// When it is stored.
    pub accepted_at: DateTime<Utc>,
    /// The audience as it was said.
    pub to: Audience,
    /// The audience as keys, without repeats.
    pub keys: Vec<AudienceKey>,
    /// Equal fingerprints are one notification; `None` is equal to nothing.
    pub fingerprint: Option<[u8; 32]>,
    /// Whether it is in the inboxes of its audience.
    pub inbox: bool,
    /// Whether it is put away there from the beginning.
    pub put_away: bool,
    /// To whom of its audience it goes by mail.
    pub mail: Mailing,
    /// What else is delivered with it.
    pub deliveries: Vec<NewDelivery>,
    /// Everything else.
    pub message: Message,
}

impl NewNotification {
    /// One that goes into the inboxes of its audience and nowhere else.
    pub fn new(id: Uuid, accepted_at: DateTime<Utc>, to: Audience, keys: Vec<AudienceKey>, message: Message) -> Self {
        Self {
            id,
            accepted_at,
            to,
            keys,
            fingerprint: None,
            inbox: true,
            put_away: false,
            mail: Mailing::Nobody,
            deliveries: Vec::new(),
            message,
        }
    }
}

/// What a notification is and says, apart from whom it is for.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Message {
    /// Where it came from.
    pub source: Source,
    /// How grave it is.
    pub severity: Severity,
    /// How soon to look.
    pub priority: Priority,
    /// The part of the system that speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Words to sort by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// What it says, in at least one language.
    pub content: Vec<Content>,
    /// What readers can do about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// The files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Those who get it in the list alone, without a desktop notification.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet_for: Vec<PersonId>,
    /// The way its sender chose.
    #[serde(default, skip_serializing_if = "is_portal")]
    pub channel: Channel,
    /// The sender's own date.
    pub created_at: SenderDate,
    /// When it leaves every inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// What a dialect must give back and nobody else understands; stored, never read.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub extra: serde_json::Value,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_portal(channel: &Channel) -> bool {
    matches!(channel, Channel::Portal)
}

/// A stored notification.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Its id.
    pub id: Uuid,
    /// Its place in the tenant's order, from 1 without gaps.
    pub sequence: u64,
    /// When it was stored.
    pub accepted_at: DateTime<Utc>,
    /// The audience as it was said.
    pub to: Audience,
    /// What it is and says.
    pub message: Message,
    /// What became of it since.
    pub revised: Revised,
}

/// Who corrected or recalled a notification.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reviser {
    /// A person's name or the name of an API key, as it was then.
    pub name: String,
    /// Which of the two it is.
    pub kind: SenderKind,
}

impl Reviser {
    /// Somebody who does it.
    pub fn of(by: &Actor) -> Self {
        Self { name: by.name().to_owned(), kind: by.kind() }
    }
}

/// What became of a notification since it was sent. Who did it is not known of what was done before
/// that was written down.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Revised {
    /// When what it says was last corrected.
    pub corrected_at: Option<DateTime<Utc>>,
    /// Who did that.
    pub corrected_by: Option<Reviser>,
    /// When it was taken back.
    pub recalled_at: Option<DateTime<Utc>>,
    /// Who did that.
    pub recalled_by: Option<Reviser>,
}

/// How many characters of a description a list shows.
const EXCERPT: usize = 300;
/// How many characters of a title a list shows.
const TITLE_EXCERPT: usize = 500;

impl Notification {
    /// Which entry of the content a reader of these languages gets.
    pub fn choose(&self, languages: &[Language]) -> usize {
        let available: Vec<&Language> = self.message.content.iter().map(|content| &content.language).collect();
        language::choose(languages, &available).unwrap_or_default()
    }

    /// Whether a person gets it in the list alone.
    pub fn is_quiet_for(&self, person: PersonId) -> bool {
        self.message.quiet_for.contains(&person)
    }

    /// The notification as a list shows it, in the given entry of its content.
    pub fn listed(&self, chosen: usize, state: ItemState) -> Item {
        let mut item = self.shown(chosen, state);
        item.title = text::excerpt(&item.title, TITLE_EXCERPT);
        item.description = text::excerpt(&item.description, EXCERPT);
        item.content = Vec::new();
        item.buttons = Vec::new();
        item.attachments = Vec::new();
        item
    }

    /// The notification as its own page shows it, in the given entry of its content. Whether it is
    /// quiet and why it is there depends on who reads it, and so is for whoever knows that to say.
    pub fn shown(&self, chosen: usize, state: ItemState) -> Item {
        let message = &self.message;
        let harmless = |content: &Content| Content {
            language: content.language.clone(),
            title: text::one_line(&content.title),
            description: text::lines(&content.description),
            link: content.link.clone(),
        };
        let nothing = || Content { language: Language::english(), title: String::new(), description: String::new(), link: None };
        let content = message.content.get(chosen).map_or_else(nothing, harmless);
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
            content: message.content.iter().map(harmless).collect(),
            buttons: message.buttons.iter().map(|button| ItemButton::new(text::one_line(&button.label), button)).collect(),
            attachments: message.attachments.iter().map(harmless_attachment).collect(),
            why: None,
        }
    }

    /// The notification as those who may send see it.
    pub fn sent(self) -> Sent {
        let message = self.message;
        let told = |by: Option<Reviser>| by.map_or((None, None), |by| (Some(by.name), Some(by.kind)));
        let (corrected_by, corrected_by_kind) = told(self.revised.corrected_by);
        let (recalled_by, recalled_by_kind) = told(self.revised.recalled_by);
        Sent {
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

fn harmless_attachment(attachment: &Attachment) -> Attachment {
    Attachment { name: text::one_line(&attachment.name), kind: attachment.kind.as_deref().map(text::one_line), ..attachment.clone() }
}

/// The cap on counts, for adapters of the store.
pub const CAP: u32 = inbox::CAP;
