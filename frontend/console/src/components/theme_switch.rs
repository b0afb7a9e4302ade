//! The button that switches between the light and the dark theme.

use campanile_shared::{Preferences, preferences::Theme};
use leptos::{prelude::*, task::spawn_local};

use super::icon::Icon;
use crate::{
    i18n::t,
    lazy::{LoadError, lazy},
    reactive::memo,
    state::State,
};

/// Whether the page is dark with a theme.
fn is_dark(theme: Theme) -> bool {
    match theme {
        Theme::Dark => true,
        Theme::Light => false,
        Theme::System => window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches()),
    }
}

lazy! {
    /// Switches the theme. This is a lazy part because it sends all preferences.
    after_first_paint::load_toggle_theme: fn(State) = toggle_theme
}

fn toggle_theme(state: State) {
    let Some(me) = untrack(|| state.me()) else { return };
    // If the system's theme is the wanted one, the preference becomes “system” and follows the time of day
    // again.
    let wanted = if is_dark(me.preferences.theme) { Theme::Light } else { Theme::Dark };
    let theme = if is_dark(Theme::System) == (wanted == Theme::Dark) { Theme::System } else { wanted };
    spawn_local(async move {
        if let Err(error) = state.set_preferences(Preferences { theme, ..me.preferences }).await {
            state.show_error(&error);
        }
    });
}

/// The button.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let state = State::expect();
    let theme = memo(move || state.session.with(|session| session.me().map(|me| me.preferences.theme).unwrap_or_default()));
    let dark = memo(move || is_dark(theme.get()));
    let name = move || if dark.get() { t::theme_to_light() } else { t::theme_to_dark() };
    let switch = move |_| {
        spawn_local(async move {
            match load_toggle_theme().await {
                Ok(turn) => turn(state),
                Err(LoadError) => state.show_offline(),
            }
        });
    };
    let prefetch = || {
        // If it cannot be loaded now, a click loads it.
        spawn_local(async {
            let _ = load_toggle_theme().await;
        });
    };
    view! {
        <button
            class="icon-button"
            type="button"
            title=name
            aria-label=name
            on:pointerenter=move |_| prefetch()
            on:focus=move |_| prefetch()
            on:click=switch
        >
            {move || if dark.get() { Icon::Sun } else { Icon::Moon }.view()}
        </button>
    }
}
