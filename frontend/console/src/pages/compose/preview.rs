//! The preview of the notification.

use std::sync::Arc;

use campanile_shared::{
    Button, Channel, Content, Item, ItemState, Language, Link, SendRequest, inbox::ItemButton, send_request::ContentInput, text,
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use super::{
    audience_size::AudienceSize, form_state::FormState, http_preview, languages::lacks_title, mail_preview::MailPreview,
    preflight::Preflight,
};
use crate::{
    components::{desktop_card::DesktopCard, notification_row::NotificationRow},
    i18n::{format, t},
    pages::inbox::notification_article::LazyNotificationArticle,
    reactive::memo,
};

/// The author, as the preview shows them.
#[derive(Clone)]
pub struct Author {
    /// The tenant's name.
    pub tenant: String,
    /// The person's name.
    pub name: String,
}

/// A link as readers get it; `None` while it is not valid.
fn parse_link(typed: Option<&str>) -> Option<Link> {
    typed.and_then(|typed| typed.trim().parse().ok())
}

/// The send request as a reader of `language` gets it. An empty title shows `untitled`.
pub fn preview_item(draft: &SendRequest, language: &str, untitled: &str, sender: &str, at: DateTime<Utc>) -> Item {
    let content = draft.content.iter().find(|content| content.language == language).cloned().unwrap_or_default();
    let title = text::one_line(&content.title);
    // A language without a title is not sent yet.
    let others = draft.content.iter().filter(|other| other.language != language && !lacks_title(other)).filter_map(|other| {
        let ContentInput { title, description, link: to, .. } = other.clone();
        Some(Content { language: other.language.parse().ok()?, title, description, link: parse_link(to.as_deref()) })
    });
    let buttons = draft.buttons.iter().filter(|button| !button.label.trim().is_empty()).map(|button| {
        let known = Button { label: button.label.clone(), primary: button.primary, link: parse_link(button.link.as_deref()), data: None };
        ItemButton::new(text::one_line(&button.label), &known)
    });
    Item {
        id: Uuid::nil(),
        sequence: 0,
        severity: draft.severity,
        priority: draft.priority,
        component: draft.component.clone(),
        categories: draft.categories.clone(),
        title: if title.is_empty() { untitled.to_owned() } else { title },
        description: content.description,
        language: language.parse().unwrap_or_else(|_| Language::english()),
        link: parse_link(content.link.as_deref()),
        created_at: at.into(),
        accepted_at: at,
        expires_at: draft.expires_at,
        corrected_at: None,
        corrected_by: None,
        corrected_by_kind: None,
        sender: sender.to_owned(),
        through: None,
        quiet: false,
        state: ItemState::default(),
        content: others.collect(),
        buttons: buttons.collect(),
        attachments: Vec::new(),
        why: None,
    }
}

/// The preview and the notes.
#[component]
pub fn Preview(
    /// The form's state.
    form: FormState,
    /// The audience.
    size: RwSignal<AudienceSize>,
    /// The author.
    writer: Author,
) -> impl IntoView {
    let channel = form.select(|letter| letter.channel);
    let channel_preview = move || {
        let Author { tenant, name } = writer.clone();
        match channel.get() {
            Channel::Portal => view! { <PortalPreview form tenant name/> }.into_any(),
            Channel::Email => view! { <MailPreview form tenant/> }.into_any(),
            Channel::Http => http_preview::request_preview(form).into_any(),
        }
    };
    view! {
        <aside class="compose-preview" aria-label=t::compose_preview()>
            {channel_preview}
            <Preflight form size/>
        </aside>
    }
}

/// The notification on the bell, in full and on the desktop.
#[component]
fn PortalPreview(form: FormState, tenant: String, name: String) -> impl IntoView {
    let item = memo(move || {
        let language = form.open_language.get();
        form.request.with(|draft| Arc::new(preview_item(draft, &language, &t::compose_title(), &name, format::now_utc())))
    });
    view! {
        <h2>{t::compose_preview_bell()}</h2>
        // The preview cannot be used, and is hidden from screen readers: the form has the same text.
        <div class="card" inert aria-hidden="true">
            <NotificationRow item href="#" now=Signal::derive(format::now) on_open=Callback::new(|_| ())>
                ""
            </NotificationRow>
        </div>
        <h2>{t::compose_preview_detail()}</h2>
        <div class="card detail" inert aria-hidden="true">
            <LazyNotificationArticle item=memo(move || Some(item.get()))/>
        </div>
        <h2>{t::compose_preview_desktop()}</h2>
        <div class="card" inert aria-hidden="true">
            <DesktopCard
                title=memo(move || item.with(|item| item.title.clone()))
                description=memo(move || item.with(|item| item.description.clone()))
                tenant
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Priority, Recipients, Severity, send_request::ButtonInput};

    #[test]
    fn the_preview_shows_the_open_language() {
        let content = [("en", "Hello", "there"), ("de", " ", "")].map(|(language, title, description)| ContentInput {
            language: language.into(),
            title: title.into(),
            description: description.into(),
            link: None,
        });
        let draft = SendRequest {
            to: vec![Recipients::Everyone],
            content: content.into(),
            severity: Severity::Error,
            priority: Priority::High,
            component: Some("Gateway".into()),
            categories: Vec::new(),
            expires_at: None,
            ..SendRequest::default()
        };
        let shown = |language: &str| preview_item(&draft, language, "Title", "Ada", DateTime::UNIX_EPOCH);
        assert_eq!((shown("en").title.as_str(), shown("en").description.as_str()), ("Hello", "there"));
        assert_eq!((shown("de").title.as_str(), shown("de").language.as_str()), ("Title", "de"));
        assert_eq!(shown("fr").title, "Title");
        // A language without a title is not offered to readers.
        let others = |language: &str| shown(language).content.iter().map(|content| content.language.to_string()).collect::<Vec<_>>();
        assert_eq!((others("en"), others("de")), (vec![], vec!["en".to_owned()]));
    }

    #[test]
    fn the_preview_shows_unfinished_links_and_buttons() {
        let content = ContentInput { language: "en".into(), link: Some("https://a.example/x".into()), ..ContentInput::default() };
        let button = |label: &str, link: &str| ButtonInput { label: label.into(), primary: false, link: Some(link.into()) };
        let buttons = vec![button("Open", "https://b.example"), button("Half", "https:"), button(" ", "")];
        let shown = preview_item(
            &SendRequest { content: vec![content], buttons, ..SendRequest::default() },
            "en",
            "Title",
            "Ada",
            DateTime::UNIX_EPOCH,
        );
        assert_eq!(shown.link.as_ref().map(Link::host), Some("a.example"));
        let buttons: Vec<_> = shown.buttons.iter().map(|button| (&*button.label, button.link.is_some())).collect();
        assert_eq!(buttons, [("Open", true), ("Half", false)]);
    }
}
