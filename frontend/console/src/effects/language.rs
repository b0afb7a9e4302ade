//! Follows the person's language: loads its texts, and sets the document's language and direction.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    context::ActiveLanguage,
    i18n,
    language::{preferred_languages, switch_language},
    reactive::{effect, memo},
    state::State,
};

/// Switches to the language that the person prefers.
pub fn follow_language_preference(state: State, active_language: ActiveLanguage) {
    let chosen = memo(move || state.session.with(|session| session.me().and_then(|me| me.preferences.language.clone())));
    effect(move || {
        let best = i18n::best_match(&preferred_languages(chosen.get()));
        if best == active_language.0.get_untracked() {
            return;
        }
        spawn_local(async move {
            // If the texts cannot be loaded, the language stays as it is.
            if switch_language(best).await {
                active_language.0.set(best);
            }
        });
    });
}

/// Sets the attributes of the document.
pub fn set_document_language(active_language: ActiveLanguage) {
    effect(move || {
        let language = active_language.0.get();
        if let Some(root) = document().document_element() {
            // Setting an attribute with a valid name cannot fail.
            let _ = root.set_attribute("lang", language.tag);
            let _ = root.set_attribute("dir", if language.right_to_left { "rtl" } else { "ltr" });
        }
    });
}
