//! Applies the person's density and theme to the document.

use campanile_shared::preferences::{Density, Theme};
use leptos::prelude::*;

use crate::{
    browser_storage,
    reactive::{effect, memo},
    state::State,
};

/// The storage key of the theme. `frontend/console/start.js` reads it before the first paint.
const THEME_KEY: &str = "campanile.theme";

/// Applies the density.
pub fn apply_density(state: State) {
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

/// Applies the theme, and remembers it for the next start.
pub fn apply_theme(state: State) {
    let theme = memo(move || state.session.with(|session| session.me().map(|me| me.preferences.theme)));
    effect(move || {
        let (Some(theme), Some(root)) = (theme.get(), document().document_element()) else { return };
        let name = match theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        };
        let storage = browser_storage::local();
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
