//! What readers and senders see of a notification, and how long the excerpts in a list are.

use campanile_shared::{Attachment, Content, Item, ItemState, Language, inbox::ItemButton, sent::SentNotification, text};

use crate::model::notification::{Notification, Reviser};

/// How many characters of a description appear in a list.
const MAX_DESCRIPTION_EXCERPT: usize = 300;

/// How many characters of a title appear in a list.
const MAX_TITLE_EXCERPT: usize = 500;

impl Notification {
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

#[cfg(test)]
mod tests {
    use campanile_shared::{Button, Priority, Severity, sent::SenderKind};

    use super::*;
    use crate::{
        fixtures,
        model::notification::{Message, Revised},
    };

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
