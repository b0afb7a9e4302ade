//! The top bar: search, theme, bell, account.

use leptos::prelude::*;

use super::{account::Account, bell::Bell, icon::Icon, search_box::SearchBox, theme_switch::ThemeSwitch};
use crate::{i18n::t, live::Status, reactive::memo, state::State};

/// The top bar.
#[component]
pub fn TopBar() -> impl IntoView {
    let state = State::expect();
    let offline = memo(move || state.live.get() == Status::Offline);
    view! {
        <header class="top">
            <SearchBox/>
            <div class="top-end">
                <p class="top-offline" role="status" title=t::offline()>
                    {move || offline.get().then(|| view! { {Icon::Offline.view()} <span>{t::live_offline()}</span> })}
                </p>
                <ThemeSwitch/>
                <Bell/>
                <Account/>
            </div>
        </header>
    }
}
