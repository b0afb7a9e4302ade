//! The top bar: search, colours, bell, account.

use leptos::prelude::*;

use super::{account::Account, bell::Bell, search::Search, theme_switch::ThemeSwitch};

/// The bar.
#[component]
pub fn TopBar() -> impl IntoView {
    view! {
        <header class="top">
            <Search/>
            <div class="top-end">
                <ThemeSwitch/>
                <Bell/>
                <Account/>
            </div>
        </header>
    }
}
