//! What a mail says, apart from how it is laid out: chosen for one reader, and harmless.

use campanile_domain::{
    Notification,
    channel::{Letter, Reader},
};
use campanile_shared::{Attachment, Button, Channel, Language, Link, Severity, text};

use super::words::{self, Words, fill};

/// The most characters of a title in a subject.
const SUBJECT: usize = 200;

/// Everything that is in a mail.
#[derive(Debug)]
pub struct Page<'a> {
    /// The words around it.
    pub words: &'static Words,
    /// The language of the words.
    pub language: &'static Language,
    /// The language of the notification's own text.
    pub content_language: Language,
    /// The tenant's name.
    pub tenant: String,
    /// How grave it is.
    pub severity: Severity,
    /// The part of the system that speaks.
    pub component: Option<String>,
    /// One line.
    pub title: String,
    /// The rest; may be empty.
    pub description: String,
    /// Where to read more.
    pub link: Option<Link>,
    /// The buttons that lead somewhere. Those that answer the sender are for the inbox.
    pub buttons: &'a [Button],
    /// The files that go with it.
    pub attachments: &'a [Attachment],
    /// Where it is in the inbox, as the console writes it: its pages are one path segment deep. What
    /// goes by mail alone is in none.
    pub inbox: Option<String>,
    /// Where mail of this kind is ended.
    pub unsubscribe: Option<String>,
}

impl<'a> Page<'a> {
    /// What a letter about a notification says. `public_url` is where the console is.
    pub fn new(letter: &Letter, notification: &'a Notification, public_url: Option<&str>) -> Self {
        let languages = letter.reader.as_ref().map(|reader| &*reader.languages).unwrap_or_default();
        let (language, words) = words::choose(languages);
        let message = &notification.message;
        let content = message.content.get(notification.choose(languages));
        let unsubscribe = |url: &str, reader: &Reader| {
            let token: String = url::form_urlencoded::byte_serialize(reader.unsubscribe.as_bytes()).collect();
            (!token.is_empty()).then(|| format!("{url}/unsubscribe?token={token}"))
        };
        Self {
            words,
            language,
            content_language: content.map_or_else(Language::english, |content| content.language.clone()),
            tenant: text::one_line(letter.reader.as_ref().map_or(&letter.tenant, |reader| &reader.tenant)),
            severity: message.severity,
            component: message.component.as_deref().map(text::one_line).filter(|component| !component.is_empty()),
            title: content.map(|content| text::one_line(&content.title)).unwrap_or_default(),
            description: content.map(|content| text::lines(&content.description)).unwrap_or_default(),
            link: content.and_then(|content| content.link.clone()),
            buttons: &message.buttons,
            attachments: &message.attachments,
            inbox: public_url.filter(|_| message.channel != Channel::Email).map(|url| format!("{url}/inbox?item={}", notification.id)),
            unsubscribe: public_url.zip(letter.reader.as_ref()).and_then(|(url, reader)| unsubscribe(url, reader)),
        }
    }

    /// The subject: the title, with the severity in front when something is or will go wrong.
    pub fn subject(&self) -> String {
        let title = text::excerpt(&self.title, SUBJECT);
        if self.severity < Severity::Warning {
            return title;
        }
        fill(&self.words.titled, &[("severity", self.words.severity(self.severity)), ("title", &title)])
    }

    /// Why this mail came.
    pub fn reason(&self) -> String {
        fill(&self.words.reason, &[("tenant", &self.tenant)])
    }

    /// Label and link of each button that has a link, and whether it is the one most readers want.
    pub fn actions(&self) -> impl Iterator<Item = (String, &Link, bool)> {
        self.buttons.iter().filter_map(|button| Some((text::one_line(&button.label), button.link.as_ref()?, button.primary)))
    }

    /// Name and link of each attachment.
    pub fn files(&self) -> impl Iterator<Item = (String, Option<&Link>)> {
        self.attachments.iter().map(|file| (text::one_line(&file.name), file.link.as_ref()))
    }
}
