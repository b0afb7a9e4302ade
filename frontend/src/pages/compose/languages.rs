//! The texts of the notification, with a tab for each language (WAI-ARIA APG, “Tabs with automatic
//! activation”).

use campanile_shared::{Language, Severity, draft::DraftContent, text};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{fault::Field, sheet::Sheet};
use crate::{
    components::{fault_line::FaultLine, focus, icon::Icon, text_field::TextField},
    i18n::{self, format, lower_case, t},
    reactive::memo,
};

/// The languages to choose from: those of the console, and the most read ones of the web.
const OFFERED: &[&str] = &[
    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "en-US", "es", "es-MX", "et", "fi", "fr", "fr-CA", "he", "hi", "hr", "hu", "id",
    "it", "ja", "ko", "lt", "lv", "nb", "nl", "pl", "pt-BR", "pt-PT", "ro", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh-Hans",
    "zh-Hant",
];

/// The name of a language; an invalid tag is shown as it is.
pub fn called(language: &str) -> String {
    language.parse::<Language>().map_or_else(|_| language.to_owned(), |tag| format::language_name(&tag))
}

/// Whether the title is empty, so that the bell would have nothing to show.
pub fn lacks_title(content: &DraftContent) -> bool {
    text::one_line(&content.title).is_empty()
}

/// The tabs and their panels.
#[component]
pub fn Languages(
    /// The form's state.
    sheet: Sheet,
) -> impl IntoView {
    let written = sheet.get(|letter| letter.texts.iter().map(|text| text.language.clone()).collect::<Vec<_>>());
    let several = memo(move || written.with(|languages| languages.len() > 1));
    let turn = move |event: KeyboardEvent| {
        let forward = if i18n::current().right_to_left { "ArrowLeft" } else { "ArrowRight" };
        let languages = written.get_untracked();
        let count = languages.len();
        let at = sheet.language.with_untracked(|open| languages.iter().position(|language| language == open)).unwrap_or_default();
        let to = match event.key().as_str() {
            "Home" => 0,
            "End" => count - 1,
            key if key == forward => (at + 1) % count,
            "ArrowLeft" | "ArrowRight" => (at + count - 1) % count,
            _ => return,
        };
        event.prevent_default();
        focus::to(format!("tab-{}", languages[to]));
        sheet.language.set(languages[to].clone());
    };
    let tab = move |language: String| {
        let open = {
            let language = language.clone();
            memo(move || sheet.language.with(|open| *open == language))
        };
        let lacking = {
            let language = language.clone();
            memo(move || several.get() && sheet.letter.with(|letter| letter.text(&language).is_some_and(lacks_title)))
        };
        let faulty = {
            let language = language.clone();
            memo(move || sheet.is_faulty(&language))
        };
        let mark = move || {
            let severity = if faulty.get() { Severity::Error } else { Severity::Warning };
            (faulty.get() || lacking.get()).then(|| {
                view! {
                    <span class=severity.name()>{Icon::Severity(severity).view()}</span>
                    <span class="visually-hidden">
                        ", " {if lacking.get_untracked() { t::compose_missing() } else { t::compose_faulty() }}
                    </span>
                }
            })
        };
        let name = called(&language);
        let choose = {
            let language = language.clone();
            move |_| sheet.language.set(language.clone())
        };
        view! {
            <button
                type="button"
                role="tab"
                id=format!("tab-{language}")
                aria-controls=format!("panel-{language}")
                aria-selected=move || open.get().to_string()
                tabindex=move || if open.get() { "0" } else { "-1" }
                on:click=choose
            >
                {name}
                {mark}
            </button>
        }
    };
    view! {
        <div class="compose-languages">
            <div class="compose-tabs">
                <div id="compose-languages" class="segments" role="tablist" tabindex="-1" aria-label=t::compose_languages() on:keydown=turn>
                    <For each=move || written.get() key=Clone::clone children=tab/>
                </div>
                <AddLanguage sheet/>
            </div>
            <FaultLine id="compose-languages-fault" fault=sheet.fault(Field::Language)/>
            <For each=move || written.get() key=Clone::clone let:language>
                <Text sheet language several/>
            </For>
        </div>
    }
}

/// The panel of one language.
#[component]
fn Text(sheet: Sheet, language: String, several: Memo<bool>) -> impl IntoView {
    let open = {
        let language = language.clone();
        memo(move || sheet.language.with(|open| *open == language))
    };
    let value = |read: fn(&DraftContent) -> String| {
        let language = language.clone();
        sheet.get(move |letter| letter.text(&language).map(read).unwrap_or_default())
    };
    let change = |write: fn(&mut DraftContent, String)| {
        let language = language.clone();
        Callback::new(move |typed: String| {
            sheet.letter.update(|letter| {
                if let Some(text) = letter.text_mut(&language) {
                    write(text, typed);
                }
            });
        })
    };
    let name = called(&language);
    let gone = language.clone();
    let remove = move |_| {
        let mut beside = None;
        sheet.letter.update(|letter| beside = letter.remove(&gone));
        if let Some(beside) = beside {
            focus::to(format!("tab-{beside}"));
            sheet.language.set(beside);
        }
    };
    view! {
        <div class="compose-text" role="tabpanel" id=format!("panel-{language}") aria-labelledby=format!("tab-{language}") hidden=move || !open.get()>
            <TextField
                id=format!("title-{language}")
                label=t::compose_title()
                value=value(|text| text.title.clone())
                on_input=change(|text, typed| text.title = typed)
                fault=sheet.fault(Field::Title(language.clone()))
                language=language.clone()
                required=true
            />
            <TextField
                id=format!("description-{language}")
                label=t::compose_description()
                value=value(|text| text.description.clone())
                on_input=change(|text, typed| text.description = typed)
                fault=sheet.fault(Field::Description(language.clone()))
                language=language.clone()
                block=true
            />
            <TextField
                id=format!("link-{language}")
                label=t::compose_link()
                value=value(|text| text.link.clone().unwrap_or_default())
                on_input=change(|text, typed| text.link = Some(typed))
                fault=sheet.fault(Field::Link(language.clone()))
                hint=t::compose_link_hint()
                kind="url"
            />
            <Show when=move || several.get()>
                <button type="button" class="quiet compose-remove" on:click=remove.clone()>
                    {Icon::Cross.view()}
                    {t::compose_remove_language(&name)}
                </button>
            </Show>
        </div>
    }
}

/// A button that opens the list of languages to add.
#[component]
fn AddLanguage(sheet: Sheet) -> impl IntoView {
    let open = RwSignal::new(false);
    let part = NodeRef::<html::Div>::new();
    let missing = sheet.get(|letter| {
        let mut missing: Vec<(String, &str)> =
            OFFERED.iter().filter(|tag| letter.text(tag).is_none()).map(|tag| (called(tag), *tag)).collect();
        missing.sort_by_cached_key(|(name, _)| lower_case(name));
        missing
    });
    let add = move |language: &str| {
        open.set(false);
        sheet.letter.update(|letter| letter.add(language));
        sheet.language.set(language.to_owned());
        focus::to(format!("title-{language}"));
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            focus::to("compose-add".to_owned());
        }
    };
    let left = move |event: leptos::ev::FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if !part.get_untracked().is_some_and(|part| part.contains(to.as_ref())) {
            open.set(false);
        }
    };
    let choice = move |(name, tag): (String, &'static str)| {
        view! {
            <li>
                <button type="button" on:click=move |_| add(tag)>
                    {name}
                </button>
            </li>
        }
    };
    view! {
        <div class="compose-add" node_ref=part on:keydown=keys on:focusout=left>
            <button
                type="button"
                id="compose-add"
                class="quiet"
                aria-expanded=move || open.get().to_string()
                aria-controls="compose-add-list"
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {Icon::Plus.view()}
                {t::compose_add_language()}
            </button>
            <ul id="compose-add-list" role="list" hidden=move || !open.get()>
                {move || open.get().then(|| missing.get().into_iter().map(choice).collect_view())}
            </ul>
        </div>
    }
}
