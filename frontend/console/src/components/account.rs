//! The account menu: the signed-in person, and sign-out.

use leptos::prelude::*;

use crate::{
    i18n::{t, upper_case},
    reactive::memo,
    state::State,
};

/// The initials of a name: the first letters of its first and last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let (first, last) = (words.next(), words.next_back());
    upper_case(&first.into_iter().chain(last).collect::<String>())
}

/// The button and its menu.
#[component]
pub fn Account() -> impl IntoView {
    let state = State::expect();
    let name = memo(move || state.me().map(|me| me.person.name).unwrap_or_default());
    let login = memo(move || state.me().map(|me| format!("{} · {}", me.person.login, me.tenant)).unwrap_or_default());
    view! {
        <button
            class="icon-button account"
            type="button"
            popovertarget="account-menu"
            aria-haspopup="dialog"
            aria-label=move || t::account(&name.get())
        >
            {move || initials(&name.get())}
        </button>
        <div id="account-menu" class="account-menu" popover="auto" role="dialog" aria-label=move || t::account(&name.get())>
            <p class="account-name">
                <bdi>{name}</bdi>
            </p>
            <p class="account-login">
                <bdi>{login}</bdi>
            </p>
            <button class="quiet" type="button" on:click=move |_| state.sign_out()>
                {t::sign_out()}
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        assert_eq!(initials("Ada Augusta Byron"), "AB");
        assert_eq!(initials("éva"), "É");
        assert_eq!(initials(" "), "");
    }
}
