//! A picker for people and groups: an editable combobox with a list of suggestions (WAI-ARIA APG, “Editable
//! combobox with list autocomplete”), and a chip for each choice. The caller does the search.

mod picker_state;
mod suggestion_list;

use leptos::prelude::*;

use self::{
    picker_state::{PickerCallbacks, PickerState},
    suggestion_list::SuggestionList,
};
use super::icon::Icon;
use crate::i18n::t;

/// A person or group.
#[derive(Clone, Debug, PartialEq)]
pub struct PickerOption {
    /// The id.
    pub id: String,
    /// The name, as one line without control characters.
    pub name: String,
    /// What distinguishes it from others of the same name.
    pub detail: String,
}

/// The result of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SearchResult {
    /// There was no search yet, or it is in progress.
    #[default]
    Pending,
    /// The matches.
    Options(Vec<PickerOption>),
    /// The search failed, with the reason.
    Failed(String),
}

/// The picker.
#[component]
pub fn PeoplePicker(
    /// The id of the input.
    id: &'static str,
    /// The accessible name of the input.
    label: String,
    /// The chosen people and groups.
    #[prop(into)]
    chosen: Signal<Vec<PickerOption>>,
    /// Called with the id of one to add.
    on_add: Callback<String>,
    /// Called with the id of one to remove.
    on_remove: Callback<String>,
    /// Called with the typed text.
    on_search: Callback<String>,
    /// The result of the search.
    #[prop(into)]
    found: Signal<SearchResult>,
    /// Ids of the elements that describe the input: hints and errors.
    described_by: &'static str,
    /// Whether the choice has an error.
    #[prop(into)]
    invalid: Signal<bool>,
) -> impl IntoView {
    let picker = PickerState::new(id, chosen, found, PickerCallbacks { on_add, on_remove, on_search });
    let chip = move |choice: PickerOption| {
        let label = t::picker_remove(&choice.name);
        view! {
            <li class="picker-chip">
                <bdi title=choice.detail.clone()>{choice.name.clone()}</bdi>
                <button type="button" title=label.clone() aria-label=label on:click=move |_| picker.remove(choice.clone())>
                    {Icon::Cross.view()}
                </button>
            </li>
        }
    };
    // A click anywhere in the box focuses the input.
    let to_field = move |_| {
        let _ = picker.input.get_untracked().map(|input| input.focus());
    };
    view! {
        <div class="picker">
            <div class="picker-box" class:invalid=invalid on:click=to_field>
                <ul class="picker-chips" role="list" aria-label=t::picker_chosen()>
                    <For each=move || chosen.get() key=|choice| choice.id.clone() children=chip/>
                </ul>
                <input
                    node_ref=picker.input
                    id=id
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    dir="auto"
                    placeholder=t::picker_placeholder()
                    aria-label=label
                    aria-autocomplete="list"
                    aria-haspopup="listbox"
                    aria-controls=picker.list_id()
                    aria-expanded=move || picker.shown.get().to_string()
                    aria-activedescendant=move || picker.active.get().filter(|_| picker.shown.get()).map(|at| picker.option_id(at))
                    aria-describedby=described_by
                    aria-invalid=move || invalid.get().then_some("true")
                    prop:value=move || picker.typed.get()
                    on:input:target=move |event| picker.search(event.target().value())
                    on:keydown=move |event| picker.handle_key(&event)
                    on:blur=move |_| picker.close()
                />
            </div>
            <SuggestionList picker/>
            <p class="visually-hidden" role="status">
                {picker.announcement}
            </p>
        </div>
    }
}
