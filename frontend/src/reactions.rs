//! Effects of the state outside the page's content: the document's language, direction, theme, density and
//! title. Each effect only reads the state.

mod badge;
mod desktop;
mod half_filled;
mod other_tabs;

use std::time::Duration;

use campanile_shared::person::{Density, Theme};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation, task::spawn_local};

use crate::{
    app::{self, Clock, Spoken},
    components::toaster,
    desktop::show,
    fetched::{fetched, until_fetched},
    i18n::{self, format, t},
    pages::Page,
    reactive::{effect, memo},
    state::State,
};

const THEME_KEY: &str = "campanile.theme";

/// Starts the effects that run from the beginning.
pub fn start(state: State, spoken: Spoken) {
    speak_the_persons_language(state, spoken);
    mark_the_document(spoken);
    colour_the_document(state);
    space_the_document(state);
    half_filled::hold();
}

fn speak_the_persons_language(state: State, spoken: Spoken) {
    let chosen = memo(move || state.session.with(|session| session.me().and_then(|me| me.preferences.language.clone())));
    effect(move || {
        let language = i18n::best(&app::wanted_languages(chosen.get()));
        if language == spoken.0.get_untracked() {
            return;
        }
        spawn_local(async move {
            // If the texts cannot be loaded, the language stays as it is.
            if app::speak(language).await {
                spoken.0.set(language);
            }
        });
    });
}

fn mark_the_document(spoken: Spoken) {
    effect(move || {
        let language = spoken.0.get();
        if let Some(root) = document().document_element() {
            // Setting an attribute with a valid name cannot fail.
            let _ = root.set_attribute("lang", language.tag);
            let _ = root.set_attribute("dir", if language.right_to_left { "rtl" } else { "ltr" });
        }
    });
}

fn space_the_document(state: State) {
    let density = memo(move || state.session.with(|session| session.me().map(|me| me.preferences.density).unwrap_or_default()));
    effect(move || {
        if let Some(root) = document().document_element() {
            // Setting an attribute with a valid name cannot fail.
            let _ = match density.get() {
                Density::Comfortable => root.remove_attribute("data-density"),
                Density::Compact => root.set_attribute("data-density", "compact"),
            };
        }
    });
}

fn colour_the_document(state: State) {
    let theme = memo(move || state.session.with(|session| session.me().map(|me| me.preferences.theme)));
    effect(move || {
        let (Some(theme), Some(root)) = (theme.get(), document().document_element()) else { return };
        let name = match theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        };
        let storage = window().local_storage().ok().flatten();
        // Storage can be full or forbidden. Then the old theme shows briefly at the next start.
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

/// Shows the page and the number of unread items in the document's title.
pub fn tell_in_the_title(state: State, here: Memo<Option<Page>>) {
    let unread = memo(move || state.tally.with(|tally| tally.counts().unread));
    effect(move || {
        let page = match here.get() {
            Some(page) => format!("{} · {}", page.title(), t::app_name()),
            None => t::app_name(),
        };
        document().set_title(&match unread.get() {
            0 => page,
            unread => format!("({}) {page}", format::badge(unread)),
        });
    });
    on_cleanup(|| document().set_title(&t::app_name()));
}

fetched! {
    /// Starts the work outside the page's content. Returns the function that creates the toasts.
    after_first_paint::companion: fn(State, show::Open) -> fn() -> AnyView = |state, open| {
        state.followed.set(true);
        state.listen();
        other_tabs::heed(state);
        badge::mark(state);
        desktop::raise(state, open);
        || toaster::Message().into_any()
    }
}

/// Loads and starts the work outside the page's content: the live connection, the tab's icon, desktop
/// notifications and toasts. `open` shows an item, or the inbox. `message` receives the function that creates
/// the toasts.
pub fn accompany(state: State, open: show::Open, message: RwSignal<Option<fn() -> AnyView>>) {
    spawn_local_scoped_with_cancellation(async move {
        message.set(Some(until_fetched(companion).await(state, open)));
    });
}

/// The clock for ages, updated every 30 seconds.
pub fn tick() -> Clock {
    let (now, set_now) = signal(format::now());
    // The interval ends with the page, because the application is never unmounted.
    set_interval(move || set_now.set(format::now()), Duration::from_secs(30));
    Clock(now)
}
