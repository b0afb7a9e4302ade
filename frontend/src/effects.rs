//! Effects of the state outside the page's content: the document's language, direction, theme, density and
//! title. Each effect only reads the state.

mod badge;
mod desktop;
mod incomplete_fields;
mod other_tabs;

use std::time::Duration;

use campanile_shared::person::{Density, Theme};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation, task::spawn_local};

use crate::{
    components::toaster,
    context::{ActiveLanguage, Clock},
    desktop::display,
    i18n::{self, format, t},
    language,
    lazy::{lazy, retry_until_loaded},
    page::Page,
    reactive::{effect, memo},
    state::State,
};

const THEME_KEY: &str = "campanile.theme";

/// Starts the effects that run from the beginning.
pub fn start(state: State, active_language: ActiveLanguage) {
    follow_language_preference(state, active_language);
    set_document_language(active_language);
    apply_theme(state);
    apply_density(state);
    incomplete_fields::block_submit();
}

fn follow_language_preference(state: State, active_language: ActiveLanguage) {
    let chosen = memo(move || state.session.with(|session| session.me().and_then(|me| me.preferences.language.clone())));
    effect(move || {
        let best = i18n::best_match(&language::preferred_languages(chosen.get()));
        if best == active_language.0.get_untracked() {
            return;
        }
        spawn_local(async move {
            // If the texts cannot be loaded, the language stays as it is.
            if language::switch_language(best).await {
                active_language.0.set(best);
            }
        });
    });
}

fn set_document_language(active_language: ActiveLanguage) {
    effect(move || {
        let language = active_language.0.get();
        if let Some(root) = document().document_element() {
            // Setting an attribute with a valid name cannot fail.
            let _ = root.set_attribute("lang", language.tag);
            let _ = root.set_attribute("dir", if language.right_to_left { "rtl" } else { "ltr" });
        }
    });
}

fn apply_density(state: State) {
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

fn apply_theme(state: State) {
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
pub fn update_title(state: State, here: Memo<Option<Page>>) {
    let unread = memo(move || state.counts.with(|tally| tally.counts().unread));
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

lazy! {
    /// Starts the work outside the page's content. Returns the function that creates the toasts.
    after_first_paint::load_background: fn(State, display::OpenItem) -> fn() -> AnyView = |state, open| {
        state.background_ready.set(true);
        state.connect_live();
        other_tabs::watch(state);
        badge::start(state);
        desktop::start(state, open);
        || toaster::ToastMessage().into_any()
    }
}

/// Loads and starts the work outside the page's content: the live connection, the tab's icon, desktop
/// notifications and toasts. `open` shows an item, or the inbox. `message` receives the function that creates
/// the toasts.
pub fn start_background(state: State, open: display::OpenItem, message: RwSignal<Option<fn() -> AnyView>>) {
    spawn_local_scoped_with_cancellation(async move {
        message.set(Some(retry_until_loaded(load_background).await(state, open)));
    });
}

/// The clock for ages, updated every 30 seconds.
pub fn start_clock() -> Clock {
    let (now, set_now) = signal(format::now());
    // The interval ends with the page, because the application is never unmounted.
    set_interval(move || set_now.set(format::now()), Duration::from_secs(30));
    Clock(now)
}
