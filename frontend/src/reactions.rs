//! What follows elsewhere in the browser from a change of the state: the document's language,
//! direction, colours and title. Each is one effect that only reads the state.

use campanile_shared::person::Theme;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    app::{self, Spoken},
    i18n::{self, format, t},
    state::State,
};

const THEME_KEY: &str = "campanile.theme";

/// Begins to react.
pub fn start(state: State, spoken: Spoken) {
    speak_the_persons_language(state, spoken);
    mark_the_document(spoken);
    colour_the_document(state);
    count_in_the_title(state, spoken);
}

fn speak_the_persons_language(state: State, spoken: Spoken) {
    let chosen = Memo::new(move |_| state.session.with(|session| session.me().and_then(|me| me.preferences.language.clone())));
    Effect::new(move |_| {
        let language = i18n::best(&app::wanted_languages(chosen.get()));
        if language == spoken.0.get_untracked() {
            return;
        }
        spawn_local(async move {
            app::speak(language).await;
            spoken.0.set(i18n::current());
        });
    });
}

fn mark_the_document(spoken: Spoken) {
    Effect::new(move |_| {
        let language = spoken.0.get();
        if let Some(root) = document().document_element() {
            // Setting an attribute of a valid name cannot fail.
            let _ = root.set_attribute("lang", language.tag);
            let _ = root.set_attribute("dir", if language.right_to_left { "rtl" } else { "ltr" });
        }
    });
}

fn colour_the_document(state: State) {
    let theme = Memo::new(move |_| state.session.with(|session| session.me().map(|me| me.preferences.theme)));
    Effect::new(move |_| {
        let (Some(theme), Some(root)) = (theme.get(), document().document_element()) else { return };
        let name = match theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        };
        let storage = window().local_storage().ok().flatten();
        // Storage can be full or forbidden; the theme then flashes at the next start, no more.
        let _ = match name {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
        let _ = match (storage, name) {
            (Some(storage), Some(name)) => storage.set_item(THEME_KEY, name),
            (Some(storage), None) => storage.remove_item(THEME_KEY),
            (None, _) => Ok(()),
        };
    });
}

fn count_in_the_title(state: State, spoken: Spoken) {
    let unread = Memo::new(move |_| state.tally.with(|tally| tally.counts().unread));
    Effect::new(move |_| {
        spoken.0.track();
        let name = t::app_name();
        let title = match unread.get() {
            0 => name,
            unread => format!("({}) {name}", format::badge(unread)),
        };
        document().set_title(&title);
    });
}
