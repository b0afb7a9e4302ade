//! The console's language.

use std::cell::Cell;

use campanile_shared::Language as Tag;
use leptos::{html, prelude::*};

use super::preferences::PreferencesSaver;
use crate::{
    i18n::{self, LANGUAGES, t},
    reactive::effect,
};

thread_local! {
    /// Whether the page is rendered again because of a choice in this field, which had the focus.
    static CHOSEN: Cell<bool> = const { Cell::new(false) };
}

/// Chooses the language.
#[component]
pub fn LanguageChoice(
    /// Saves the choice.
    saver: PreferencesSaver,
) -> impl IntoView {
    let chosen = saver.get(|preferences| {
        preferences.language.as_ref().map_or_else(String::new, |language| i18n::best_match(std::slice::from_ref(language)).tag.to_owned())
    });
    let select = NodeRef::<html::Select>::new();
    effect(move || {
        if let Some(select) = select.get()
            && CHOSEN.take()
        {
            // The page is rendered again. Without this, the focus would be lost.
            let _ = select.focus();
        }
    });
    let change = move |tag: String| {
        let language = tag.parse::<Tag>().ok();
        let wanted = language.clone().map_or_else(i18n::browser_languages, |language| vec![language]);
        CHOSEN.set(i18n::best_match(&wanted) != i18n::current());
        saver.save(|preferences| preferences.language = language);
    };
    let browser_language = i18n::best_match(&i18n::browser_languages());
    view! {
        <div class="field settings-language">
            <label for="language">{t::settings_language()}</label>
            <select node_ref=select id="language" on:change:target=move |event| change(event.target().value())>
                <option value="" selected=move || chosen.with(String::is_empty)>
                    {t::settings_language_browser(browser_language.name)}
                </option>
                {LANGUAGES
                    .iter()
                    .map(|language| {
                        view! {
                            <option value=language.tag lang=language.tag selected=move || chosen.with(|chosen| chosen == language.tag)>
                                {language.name}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}
