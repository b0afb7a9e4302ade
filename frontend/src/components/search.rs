//! The search line of the top bar. It always says what the inbox is filtered by.

use leptos::{ev, html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::icon::Icon;
use crate::{
    app::Here,
    i18n::t,
    pages::{
        Page,
        inbox::{place::Place, search_line},
    },
};

/// The line.
#[component]
pub fn Search() -> impl IntoView {
    let Here(here) = expect_context();
    let query = use_query_map();
    let navigate = use_navigate();
    let input = NodeRef::<html::Input>::new();
    let line = Memo::new(move |_| match here.get() {
        Some(Page::Inbox) => query.with(|query| search_line::write(&Place::read(|name| query.get(name)).filter)),
        _ => String::new(),
    });
    let search = StoredValue::new_local(move || {
        let Some(input) = input.get_untracked() else { return };
        let filter = search_line::read(&input.value());
        navigate(&Place { filter, item: None }.path(), NavigateOptions::default());
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        search.with_value(|search| search());
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(input) = input.get_untracked()
        {
            input.set_value(&line.get_untracked());
            // Leaving a field that is not focused is no fault.
            let _ = input.blur();
        }
    };
    // The browser's own cross inside the field.
    let cleared = move |_| {
        let empty = input.get_untracked().is_some_and(|input| input.value().is_empty());
        if empty && !line.with_untracked(String::is_empty) {
            search.with_value(|search| search());
        }
    };
    view! {
        <form class="search" role="search" on:submit=submit>
            {Icon::Glass.view()}
            <input
                node_ref=input
                id="search"
                type="search"
                aria-label=t::search()
                placeholder=t::search()
                aria-keyshortcuts="/"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="search"
                dir="auto"
                prop:value=line
                on:keydown=keys
                on:input=cleared
            />
            <kbd aria-hidden="true">"/"</kbd>
        </form>
    }
}
