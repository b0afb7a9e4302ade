//! The search box of the top bar. It always shows the filter of the inbox.

use campanile_shared::Filter;
use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use wasm_bindgen::JsCast;

use super::{focus, icon::Icon};
use crate::{
    context::CurrentPage,
    i18n::{format, t},
    inbox_url::InboxUrl,
    lazy::{LoadError, lazy},
    page::Page,
    reactive::memo,
    search_query,
    state::{LoadedList, State},
};

/// The conversion between local dates and instants.
const CLOCK: search_query::TimeFormat =
    search_query::TimeFormat { format: |at| format::local_date_text(format::epoch_millis(&at)), parse: format::parse_local_date };

/// The values that the filter can use, taken from the listed items.
fn known_values(list: &LoadedList) -> search_query::KnownValues {
    let mut known = search_query::KnownValues { today: format::local_date_text(format::now()), ..Default::default() };
    known.today.truncate("2026-11-01".len());
    let add = |words: &mut Vec<String>, word: &String| {
        if !words.contains(word) {
            words.push(word.clone());
        }
    };
    for item in list.items.iter().take(SUGGESTION_ITEMS) {
        item.component.iter().for_each(|component| add(&mut known.components, component));
        item.categories.iter().for_each(|category| add(&mut known.categories, category));
        add(&mut known.senders, &item.sender);
    }
    known
}

/// The number of items from which suggestions are taken.
const SUGGESTION_ITEMS: usize = 500;

/// The functions that read the typed text.
#[derive(Clone, Copy)]
struct QueryParser {
    /// Suggests completed lines.
    suggest: fn(&str, &LoadedList) -> Vec<String>,
    /// Parses a line into a filter.
    read: fn(&str) -> Filter,
}

lazy! {
    /// Loads the functions that read the typed text.
    after_first_paint::load_query_parser: QueryParser = QueryParser {
        suggest: |typed, list| search_query::suggestions(typed, &known_values(list)),
        read: |line| search_query::parse(line, CLOCK),
    }
}

/// The search box.
#[component]
pub fn SearchBox() -> impl IntoView {
    let state = State::expect();
    let CurrentPage(here) = expect_context();
    let query = use_query_map();
    let navigate = use_navigate();
    let input = NodeRef::<html::Input>::new();
    let line = memo(move || match here.get() {
        Some(Page::Inbox) => query.with(|query| search_query::to_text(&InboxUrl::from_query(|name| query.get(name)).filter, CLOCK)),
        _ => String::new(),
    });
    let go = StoredValue::new_local(move |filter| navigate(&InboxUrl { filter, item: None }.path(), NavigateOptions::default()));
    let search = move || {
        let Some(input) = input.get_untracked() else { return };
        spawn_local(async move {
            match load_query_parser().await {
                Ok(reader) => drop(go.try_with_value(|go| go((reader.read)(&input.value())))),
                Err(LoadError) => state.show_offline(),
            }
        });
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        search();
        // The next key is for the results.
        focus::to_content();
    };
    let back_to = StoredValue::new_local(None);
    let came_from = move |event: &ev::FocusEvent| back_to.set_value(event.related_target().and_then(|element| element.dyn_into().ok()));
    let keys = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(input) = input.get_untracked()
        {
            input.set_value(&line.get_untracked());
            // An element that was removed cannot take the focus; an input without focus can be blurred.
            let _ = match back_to.get_value().filter(|element: &web_sys::HtmlElement| element.is_connected()) {
                Some(element) => element.focus(),
                None => input.blur(),
            };
        }
    };
    let offered = RwSignal::new(Vec::<String>::new());
    let offer = move || {
        let Some(input) = input.get_untracked() else { return };
        spawn_local(async move {
            // If the suggestions cannot be loaded, the person types the operators.
            let Ok(reader) = load_query_parser().await else { return };
            offered.try_set(state.inbox.with_untracked(|list| (reader.suggest)(&input.value(), list)));
        });
    };
    // The browser's own clear button empties the input.
    let typed = move |_| {
        offer();
        let empty = input.get_untracked().is_some_and(|input| input.value().is_empty());
        if empty && !line.with_untracked(String::is_empty) {
            search();
        }
    };
    view! {
        <form class="search" role="search" on:submit=submit>
            {Icon::MagnifyingGlass.view()}
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
                on:input=typed
                on:focus=move |event| {
                    came_from(&event);
                    offer();
                }
                list="search-lines"
            />
            <datalist id="search-lines">
                {move || offered.get().into_iter().map(|line| view! { <option value=line></option> }).collect_view()}
            </datalist>
            <kbd aria-hidden="true">"/"</kbd>
        </form>
    }
}
