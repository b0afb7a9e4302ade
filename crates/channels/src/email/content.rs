//! The content of an e-mail for one reader, independent of its layout. All texts are free of disruptive characters.

use campanile_domain::{
    Notification,
    ports::channel::{OutgoingMessage, Recipient},
};
use campanile_shared::{Attachment, Button, Channel, Language, Link, Severity, text};

use super::texts::{self, EmailTexts, fill_placeholders};

/// The longest title in a subject, in characters.
const MAX_SUBJECT_TITLE_LENGTH: usize = 200;

/// The content of an e-mail.
#[derive(Debug)]
pub struct EmailContent<'a> {
    /// The fixed texts of the e-mail.
    pub texts: &'static EmailTexts,
    /// The language of the fixed texts.
    pub language: &'static Language,
    /// The language of the notification's own text.
    pub content_language: Language,
    /// The tenant's name.
    pub tenant: String,
    /// The severity.
    pub severity: Severity,
    /// The part of the system that the notification is about.
    pub component: Option<String>,
    /// The title, one line.
    pub title: String,
    /// The description; may be empty.
    pub description: String,
    /// A link to read more.
    pub link: Option<Link>,
    /// The buttons. Only those with a link are shown; the others can be clicked in the inbox only.
    pub buttons: &'a [Button],
    /// The attachments.
    pub attachments: &'a [Attachment],
    /// The URL of the item in the console's inbox. Absent for notifications that are sent only by e-mail and have no
    /// item.
    pub inbox_url: Option<String>,
    /// The URL to unsubscribe from e-mail of this kind.
    pub unsubscribe_url: Option<String>,
}

impl<'a> EmailContent<'a> {
    /// Builds the content of an e-mail about a notification. `public_url` is the URL of the console.
    pub fn new(outgoing: &OutgoingMessage, notification: &'a Notification, public_url: Option<&str>) -> Self {
        let languages = outgoing.recipient.as_ref().map(|reader| &*reader.languages).unwrap_or_default();
        let (language, texts) = texts::choose_texts(languages);
        let message = &notification.message;
        let content = message.content.get(notification.choose_content(languages));
        let unsubscribe = |url: &str, reader: &Recipient| {
            let token: String = url::form_urlencoded::byte_serialize(reader.unsubscribe_token.as_bytes()).collect();
            (!token.is_empty()).then(|| format!("{url}/unsubscribe?token={token}"))
        };
        Self {
            texts,
            language,
            content_language: content.map_or_else(Language::english, |content| content.language.clone()),
            tenant: text::one_line(outgoing.recipient.as_ref().map_or(&outgoing.tenant, |reader| &reader.tenant)),
            severity: message.severity,
            component: message.component.as_deref().map(text::one_line).filter(|component| !component.is_empty()),
            title: content.map(|content| text::one_line(&content.title)).unwrap_or_default(),
            description: content.map(|content| text::multi_line(&content.description)).unwrap_or_default(),
            link: content.and_then(|content| content.link.clone()),
            buttons: &message.buttons,
            attachments: &message.attachments,
            inbox_url: public_url.filter(|_| message.channel != Channel::Email).map(|url| format!("{url}/inbox?item={}", notification.id)),
            unsubscribe_url: public_url.zip(outgoing.recipient.as_ref()).and_then(|(url, reader)| unsubscribe(url, reader)),
        }
    }

    /// The subject: the title, preceded by the severity if it is a warning or an error.
    pub fn subject(&self) -> String {
        let title = text::excerpt(&self.title, MAX_SUBJECT_TITLE_LENGTH);
        if self.severity < Severity::Warning {
            return title;
        }
        fill_placeholders(&self.texts.titled, &[("severity", self.texts.severity(self.severity)), ("title", &title)])
    }

    /// The text that says why the reader gets this e-mail.
    pub fn why_received(&self) -> String {
        fill_placeholders(&self.texts.reason, &[("tenant", &self.tenant)])
    }

    /// The buttons with a link: label, link, and whether it is the main action.
    pub fn link_buttons(&self) -> impl Iterator<Item = (String, &Link, bool)> {
        self.buttons.iter().filter_map(|button| Some((text::one_line(&button.label), button.link.as_ref()?, button.primary)))
    }

    /// The name and link of each attachment.
    pub fn attachment_links(&self) -> impl Iterator<Item = (String, Option<&Link>)> {
        self.attachments.iter().map(|file| (text::one_line(&file.name), file.link.as_ref()))
    }
}
