//! The texts of the notification, with a tab for each language (WAI-ARIA APG, “Tabs with automatic
//! activation”).

use campanile_shared::{Language, Severity, send_request::ContentInput, text};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{field_errors::FormField, form_state::FormState};
use crate::{
    components::{field_error_line::FieldErrorLine, focus, icon::Icon, text_field::TextField},
    i18n::{self, format, lower_case, t},
    reactive::memo,
};

/// The languages to choose from: those of the console, and the most read ones of the web.
const OFFERED_LANGUAGES: &[&str] = &[
    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "en-US", "es", "es-MX", "et", "fi", "fr", "fr-CA", "he", "hi", "hr", "hu", "id",
    "it", "ja", "ko", "lt", "lv", "nb", "nl", "pl", "pt-BR", "pt-PT", "ro", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh-Hans",
    "zh-Hant",
];

/// The name of a language; an invalid tag is shown as it is.
pub fn language_name(language: &str) -> String {
    language.parse::<Language>().map_or_else(|_| language.to_owned(), |tag| format::language_name(&tag))
}

/// Whether the title is empty, so that the bell would have nothing to show.
pub fn lacks_title(content: &ContentInput) -> bool {
    text::one_line(&content.title).is_empty()
}

/// The tabs and their panels.
#[component]
pub fn LanguageTabs(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let written = form.select(|letter| letter.texts.iter().map(|text| text.language.clone()).collect::<Vec<_>>());
    let several = memo(move || written.with(|languages| languages.len() > 1));
    let on_tab_keydown = move |event: KeyboardEvent| {
        let forward = if i18n::current().right_to_left { "ArrowLeft" } else { "ArrowRight" };
        let languages = written.get_untracked();
        let count = languages.len();
        let at = form.open_language.with_untracked(|open| languages.iter().position(|language| language == open)).unwrap_or_default();
        let to = match event.key().as_str() {
            "Home" => 0,
            "End" => count - 1,
            key if key == forward => (at + 1) % count,
            "ArrowLeft" | "ArrowRight" => (at + count - 1) % count,
            _ => return,
        };
        event.prevent_default();
        focus::to(format!("tab-{}", languages[to]));
        form.open_language.set(languages[to].clone());
    };
    let tab = move |language: String| {
        let open = {
            let language = language.clone();
            memo(move || form.open_language.with(|open| *open == language))
        };
        let is_incomplete = {
            let language = language.clone();
            memo(move || several.get() && form.data.with(|letter| letter.text(&language).is_some_and(lacks_title)))
        };
        let has_error = {
            let language = language.clone();
            memo(move || form.has_error_in(&language))
        };
        let error_icon = move || {
            let severity = if has_error.get() { Severity::Error } else { Severity::Warning };
            (has_error.get() || is_incomplete.get()).then(|| {
                view! {
                    <span class=severity.name()>{Icon::Severity(severity).view()}</span>
                    <span class="visually-hidden">
                        ", " {if is_incomplete.get_untracked() { t::compose_missing() } else { t::compose_tab_has_errors() }}
                    </span>
                }
            })
        };
        let name = language_name(&language);
        let choose = {
            let language = language.clone();
            move |_| form.open_language.set(language.clone())
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
                {error_icon}
            </button>
        }
    };
    view! {
        <div class="compose-languages">
            <div class="compose-tabs">
                <div id="compose-languages" class="segments" role="tablist" tabindex="-1" aria-label=t::compose_languages() on:keydown=on_tab_keydown>
                    <For each=move || written.get() key=Clone::clone children=tab/>
                </div>
                <AddLanguage form/>
            </div>
            <FieldErrorLine id="compose-languages-error" error=form.error_for(FormField::Language)/>
            <For each=move || written.get() key=Clone::clone let:language>
                <LanguagePanel form language several/>
            </For>
        </div>
    }
}

/// The panel of one language.
#[component]
fn LanguagePanel(form: FormState, language: String, several: Memo<bool>) -> impl IntoView {
    let open = {
        let language = language.clone();
        memo(move || form.open_language.with(|open| *open == language))
    };
    let value = |read: fn(&ContentInput) -> String| {
        let language = language.clone();
        form.select(move |letter| letter.text(&language).map(read).unwrap_or_default())
    };
    let change = |write: fn(&mut ContentInput, String)| {
        let language = language.clone();
        Callback::new(move |typed: String| {
            form.data.update(|letter| {
                if let Some(text) = letter.text_mut(&language) {
                    write(text, typed);
                }
            });
        })
    };
    let name = language_name(&language);
    let gone = language.clone();
    let remove = move |_| {
        let mut neighbour = None;
        form.data.update(|letter| neighbour = letter.remove_language(&gone));
        if let Some(beside) = neighbour {
            focus::to(format!("tab-{beside}"));
            form.open_language.set(beside);
        }
    };
    view! {
        <div class="compose-text" role="tabpanel" id=format!("panel-{language}") aria-labelledby=format!("tab-{language}") hidden=move || !open.get()>
            <TextField
                id=format!("title-{language}")
                label=t::compose_title()
                value=value(|text| text.title.clone())
                on_input=change(|text, typed| text.title = typed)
                error=form.error_for(FormField::Title(language.clone()))
                language=language.clone()
                required=true
            />
            <TextField
                id=format!("description-{language}")
                label=t::compose_description()
                value=value(|text| text.description.clone())
                on_input=change(|text, typed| text.description = typed)
                error=form.error_for(FormField::Description(language.clone()))
                language=language.clone()
                block=true
            />
            <TextField
                id=format!("link-{language}")
                label=t::compose_link()
                value=value(|text| text.link.clone().unwrap_or_default())
                on_input=change(|text, typed| text.link = Some(typed))
                error=form.error_for(FormField::Link(language.clone()))
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
fn AddLanguage(form: FormState) -> impl IntoView {
    let open = RwSignal::new(false);
    let part = NodeRef::<html::Div>::new();
    let missing = form.select(|letter| {
        let mut missing: Vec<(String, &str)> =
            OFFERED_LANGUAGES.iter().filter(|tag| letter.text(tag).is_none()).map(|tag| (language_name(tag), *tag)).collect();
        missing.sort_by_cached_key(|(name, _)| lower_case(name));
        missing
    });
    let add = move |language: &str| {
        open.set(false);
        form.data.update(|letter| letter.add_language(language));
        form.open_language.set(language.to_owned());
        focus::to(format!("title-{language}"));
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            focus::to("compose-add".to_owned());
        }
    };
    let close_on_focus_out = move |event: leptos::ev::FocusEvent| {
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
        <div class="compose-add" node_ref=part on:keydown=keys on:focusout=close_on_focus_out>
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
