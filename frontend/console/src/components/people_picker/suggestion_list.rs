//! The list of suggestions below the picker's input.

use leptos::prelude::*;

use super::{PickerOption, SearchResult, picker_state::PickerState};
use crate::i18n::t;

/// The list, or why it is empty.
#[component]
pub fn SuggestionList(
    /// The picker's state.
    picker: PickerState,
) -> impl IntoView {
    let option = move |(at, choice): (usize, PickerOption)| {
        let PickerOption { name, detail, .. } = choice.clone();
        view! {
            <li
                id=picker.option_id(at)
                role="option"
                class="picker-option"
                class:active=move || picker.active.get() == Some(at)
                aria-selected=move || (picker.active.get() == Some(at)).to_string()
                on:pointermove=move |_| picker.active.set(Some(at))
                // `mousedown`, because it comes before the input loses the focus.
                on:mousedown=move |event| {
                    event.prevent_default();
                    picker.add(choice.clone());
                }
            >
                <bdi>{name}</bdi>
                <small dir="auto">{detail}</small>
            </li>
        }
    };
    let note = move || match picker.found.get() {
        SearchResult::Failed(reason) => Some(reason),
        SearchResult::Options(_) if picker.offered.with(Vec::is_empty) => Some(t::picker_nobody()),
        SearchResult::Options(_) | SearchResult::Pending => None,
    };
    view! {
            <div class="picker-popup" hidden=move || !picker.shown.get()>
                <ul id=picker.list_id() role="listbox" aria-label=t::picker_found_label()>
                    {move || picker.offered.get().into_iter().enumerate().map(option).collect_view()}
                </ul>
                {move || note().map(|text| view! { <p class="picker-note">{text}</p> })}
            </div>
    }
}
