//! The page “Settings”.

use leptos::prelude::*;

use crate::i18n::t;

/// The page.
#[component]
pub fn Settings() -> impl IntoView {
    view! {
        <main id="content" class="page settings" tabindex="-1">
            <h1>{t::page_settings()}</h1>
        </main>
    }
}
