//! The page for an unknown path.

use leptos::prelude::*;

use super::Page;
use crate::i18n::t;

/// The page.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <main id="content" class="blank" tabindex="-1">
            <h1>{t::page_not_found()}</h1>
            <p>{t::page_not_found_hint()}</p>
            <a class="quiet" href=Page::Inbox.href()>
                {t::go_to_inbox()}
            </a>
        </main>
    }
}
