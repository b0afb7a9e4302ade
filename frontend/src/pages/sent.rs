//! The page “Sent”.

use leptos::prelude::*;

use crate::i18n::t;

/// The page.
#[component]
pub fn Sent() -> impl IntoView {
    view! {
        <main id="content" class="page sent" tabindex="-1">
            <h1>{t::page_sent()}</h1>
        </main>
    }
}
