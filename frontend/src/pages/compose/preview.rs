//! The notification as its readers will find it, while it is written, and what to know before it
//! is sent.

use std::sync::Arc;

use campanile_shared::{Draft, Item, ItemState, Language, Priority, Severity, draft::DraftContent, text};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use super::{
    languages::{called, lacks_title},
    recipients::Size,
    sheet::{Sheet, now},
};
use crate::{
    components::{desktop_card::DesktopCard, icon::Icon, row::Row},
    i18n::{format, t},
};

/// Who writes, as far as a preview shows it.
#[derive(Clone)]
pub struct Writer {
    /// The name of the tenant.
    pub tenant: String,
    /// The person's name.
    pub name: String,
}

/// A draft as a reader of `language` finds it in a list. An empty title shows `untitled`.
pub fn item(draft: &Draft, language: &str, untitled: &str, sender: &str, at: DateTime<Utc>) -> Item {
    let content = draft.content.iter().find(|content| content.language == language).cloned().unwrap_or_default();
    let title = text::one_line(&content.title);
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
        link: None,
        created_at: at.into(),
        accepted_at: at,
        expires_at: draft.expires_at,
        sender: sender.to_owned(),
        state: ItemState::default(),
        content: Vec::new(),
        buttons: Vec::new(),
        attachments: Vec::new(),
    }
}

/// Names in a sentence: a few, then how many more.
fn names(people: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = people.iter().take(SHOWN).map(|name| text::one_line(name)).collect::<Vec<_>>().join(", ");
    match u32::try_from(people.len().saturating_sub(SHOWN)).unwrap_or(u32::MAX) {
        0 => shown,
        more => t::and_more(more, &shown),
    }
}

/// The pictures and the notes.
#[component]
pub fn Preview(
    /// The form.
    sheet: Sheet,
    /// How many people are reached.
    size: RwSignal<Size>,
    /// Who writes.
    writer: Writer,
) -> impl IntoView {
    let Writer { tenant, name } = writer;
    let item = Memo::new(move |_| {
        let language = sheet.language.get();
        sheet.draft.with(|draft| Arc::new(item(draft, &language, &t::compose_title(), &name, now())))
    });
    view! {
        <aside class="compose-preview" aria-label=t::compose_preview()>
            <h2>{t::compose_preview_bell()}</h2>
            // A picture: nothing in it can be pressed, and what it says stands in the form.
            <div class="card" inert aria-hidden="true">
                <Row item href="#" now=Signal::derive(format::now) on_open=Callback::new(|_| ())>
                    ""
                </Row>
            </div>
            <h2>{t::compose_preview_desktop()}</h2>
            <div class="card" inert aria-hidden="true">
                <DesktopCard
                    title=Memo::new(move |_| item.with(|item| item.title.clone()))
                    description=Memo::new(move |_| item.with(|item| item.description.clone()))
                    tenant
                />
            </div>
            <Notes sheet size/>
        </aside>
    }
}

/// What to know before it is sent.
#[component]
fn Notes(sheet: Sheet, size: RwSignal<Size>) -> impl IntoView {
    let note = |severity: Severity, text: String| {
        view! {
            <li>
                <span class=severity.name()>{Icon::Severity(severity).view()}</span>
                <span>{text}</span>
            </li>
        }
    };
    let lacking = sheet.get(|letter| {
        let several = letter.texts.len() > 1;
        letter
            .texts
            .iter()
            .filter(|text| several && lacks_title(text))
            .map(|DraftContent { language, .. }| called(language))
            .collect::<Vec<_>>()
    });
    let left_out = sheet.get(|letter| letter.left_out().iter().map(|person| person.name.clone()).collect::<Vec<_>>());
    let urgent = sheet.get(|letter| letter.priority == Priority::Urgent);
    let expires = Memo::new(move |_| sheet.draft.with(|draft| draft.expires_at).filter(|at| *at > now()));
    let notes = move || {
        let mut notes = Vec::new();
        if let Some(people) = size.get().count().filter(|people| *people > 0) {
            notes.push(note(Severity::Success, t::compose_note_people(people)));
        }
        notes.extend(lacking.get().iter().map(|language| note(Severity::Warning, t::compose_note_lacking(language))));
        let unread = left_out.get();
        if !unread.is_empty() {
            let count = u32::try_from(unread.len()).unwrap_or(u32::MAX);
            notes.push(note(Severity::Warning, t::compose_note_left_out(count, &names(&unread))));
        }
        if urgent.get() {
            notes.push(note(Severity::Information, t::compose_note_urgent()));
        }
        if let Some(at) = expires.get() {
            notes.push(note(Severity::Information, t::compose_note_expires(&format::exact(format::instant(&at)))));
        }
        notes
    };
    let any = Memo::new(move |_| {
        size.with(|size| size.count().is_some_and(|people| people > 0))
            || lacking.with(|lacking| !lacking.is_empty())
            || left_out.with(|left_out| !left_out.is_empty())
            || urgent.get()
            || expires.with(Option::is_some)
    });
    view! {
        <div hidden=move || !any.get()>
            <h2>{t::compose_preflight()}</h2>
            <ul class="card compose-notes" role="list">
                {notes}
            </ul>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::Recipients;

    #[test]
    fn the_preview_shows_the_open_language() {
        let content = [("en", "Hello", "there"), ("de", " ", "")].map(|(language, title, description)| DraftContent {
            language: language.into(),
            title: title.into(),
            description: description.into(),
            link: None,
        });
        let draft = Draft {
            to: vec![Recipients::Everyone],
            content: content.into(),
            severity: Severity::Error,
            priority: Priority::High,
            component: Some("Gateway".into()),
            categories: Vec::new(),
            expires_at: None,
            ..Draft::default()
        };
        let shown = |language: &str| item(&draft, language, "Title", "Ada", DateTime::UNIX_EPOCH);
        assert_eq!((shown("en").title.as_str(), shown("en").description.as_str()), ("Hello", "there"));
        assert_eq!((shown("de").title.as_str(), shown("de").language.as_str()), ("Title", "de"));
        assert_eq!(shown("fr").title, "Title");
    }
}
