//! The page “Compose”.

use leptos::prelude::*;

use crate::i18n::t;

/// The page.
#[component]
pub fn Compose() -> impl IntoView {
    view! {
        <main id="content" class="page compose" tabindex="-1">
            <h1>{t::page_compose()}</h1>
        </main>
    }
}
