//! Effects of the state outside the page's content: the document's language, direction, theme, density and
//! title, the tab's icon and desktop notifications. Each effect only reads the state.

mod appearance;
pub mod background;
mod badge;
pub mod clock;
mod desktop;
mod focus_keeper;
mod incomplete_fields;
mod language;
mod list_keys;
mod other_tabs;
pub mod title;

use crate::{context::ActiveLanguage, state::State};

/// Starts the effects that run from the beginning.
pub fn start(state: State, active_language: ActiveLanguage) {
    language::follow_language_preference(state, active_language);
    language::set_document_language(active_language);
    appearance::apply_theme(state);
    appearance::apply_density(state);
    incomplete_fields::block_submit();
}
