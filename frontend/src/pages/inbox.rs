//! The page “Inbox”.

pub mod place;
pub mod search_line;
pub mod window;

use leptos::prelude::*;

use crate::i18n::t;

/// The page.
#[component]
pub fn Inbox() -> impl IntoView {
    view! {
        <main id="content" class="page inbox" tabindex="-1">
            <h1>{t::page_inbox()}</h1>
        </main>
    }
}
