//! A picker for people and groups: an editable combobox with a list of suggestions (WAI-ARIA APG, “Editable
//! combobox with list autocomplete”), and a chip for each choice. The caller does the search.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::icon::Icon;
use crate::{
    i18n::t,
    reactive::{effect, memo},
};

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
    let typed = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let announcement = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    let offered = memo(move || match found.get() {
        SearchResult::Options(choices) => {
            chosen.with(|chosen| choices.into_iter().filter(|choice| chosen.iter().all(|known| known.id != choice.id)).collect())
        }
        SearchResult::Pending | SearchResult::Failed(_) => Vec::<PickerOption>::new(),
    });
    let shown = memo(move || open.get() && found.with(|found| *found != SearchResult::Pending));
    let list_id = format!("{id}-list");
    let option_id = move |at: usize| format!("{id}-option-{at}");

    // A new result selects its first entry and announces the number of entries.
    effect(move || {
        let count = offered.with(Vec::len);
        active.set((count > 0).then_some(0));
        if shown.get() && found.with(|found| matches!(found, SearchResult::Options(_))) {
            announcement.set(t::picker_found(u32::try_from(count).unwrap_or(u32::MAX)));
        }
    });
    let search = move |text: String| {
        typed.set(text.clone());
        open.set(true);
        on_search.run(text);
    };
    let add = move |choice: PickerOption| {
        on_add.run(choice.id);
        announcement.set(t::picker_added(&choice.name));
        typed.set(String::new());
        open.set(false);
        on_search.run(String::new());
    };
    let remove = move |choice: PickerOption| {
        on_remove.run(choice.id);
        announcement.set(t::picker_removed(&choice.name));
        if let Some(input) = input.get_untracked() {
            // The focused chip was removed. The input is the nearest element to focus.
            let _ = input.focus();
        }
    };
    let move_active = move |by: isize| {
        let count = offered.with_untracked(Vec::len);
        if !open.get_untracked() || count == 0 {
            open.set(true);
            on_search.run(typed.get_untracked());
            return;
        }
        let to = match active.get_untracked() {
            None if by > 0 => 0,
            None => count - 1,
            Some(at) => at.wrapping_add_signed(by).wrapping_add(count) % count,
        };
        active.set(Some(to));
        request_animation_frame(move || {
            if let Some(option) = document().get_element_by_id(&option_id(to)) {
                option.scroll_into_view_with_scroll_into_view_options(&nearest());
            }
        });
    };
    let keys = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => {
                event.prevent_default();
                move_active(1);
            }
            "ArrowUp" => {
                event.prevent_default();
                move_active(-1);
            }
            "Enter" => {
                // Enter never submits the form from here: half a name must not send a message.
                event.prevent_default();
                let choice = active.get_untracked().filter(|_| shown.get_untracked());
                if let Some(choice) = choice.and_then(|at| offered.with_untracked(|choices| choices.get(at).cloned())) {
                    add(choice);
                }
            }
            "Escape" if shown.get_untracked() => {
                event.prevent_default();
                event.stop_propagation();
                open.set(false);
            }
            "Escape" => search(String::new()),
            "Backspace" if typed.with_untracked(String::is_empty) => {
                if let Some(last) = chosen.with_untracked(|chosen| chosen.last().cloned()) {
                    remove(last);
                }
            }
            _ => {}
        }
    };
    let chip = move |choice: PickerOption| {
        let label = t::picker_remove(&choice.name);
        view! {
            <li class="picker-chip">
                <bdi title=choice.detail.clone()>{choice.name.clone()}</bdi>
                <button type="button" title=label.clone() aria-label=label on:click=move |_| remove(choice.clone())>
                    {Icon::Cross.view()}
                </button>
            </li>
        }
    };
    let option = move |(at, choice): (usize, PickerOption)| {
        let PickerOption { name, detail, .. } = choice.clone();
        view! {
            <li
                id=option_id(at)
                role="option"
                class="picker-option"
                class:active=move || active.get() == Some(at)
                aria-selected=move || (active.get() == Some(at)).to_string()
                on:pointermove=move |_| active.set(Some(at))
                // `mousedown`, because it comes before the input loses the focus.
                on:mousedown=move |event| {
                    event.prevent_default();
                    add(choice.clone());
                }
            >
                <bdi>{name}</bdi>
                <small dir="auto">{detail}</small>
            </li>
        }
    };
    let note = move || match found.get() {
        SearchResult::Failed(reason) => Some(reason),
        SearchResult::Options(_) if offered.with(Vec::is_empty) => Some(t::picker_nobody()),
        SearchResult::Options(_) | SearchResult::Pending => None,
    };
    // A click anywhere in the box focuses the input.
    let to_field = move |_| {
        let _ = input.get_untracked().map(|input| input.focus());
    };
    view! {
        <div class="picker">
            <div class="picker-box" class:invalid=invalid on:click=to_field>
                <ul class="picker-chips" role="list" aria-label=t::picker_chosen()>
                    <For each=move || chosen.get() key=|choice| choice.id.clone() children=chip/>
                </ul>
                <input
                    node_ref=input
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
                    aria-controls=list_id.clone()
                    aria-expanded=move || shown.get().to_string()
                    aria-activedescendant=move || active.get().filter(|_| shown.get()).map(option_id)
                    aria-describedby=described_by
                    aria-invalid=move || invalid.get().then_some("true")
                    prop:value=move || typed.get()
                    on:input:target=move |event| search(event.target().value())
                    on:keydown=keys
                    on:blur=move |_| open.set(false)
                />
            </div>
            <div class="picker-popup" hidden=move || !shown.get()>
                <ul id=list_id role="listbox" aria-label=t::picker_found_label()>
                    {move || offered.get().into_iter().enumerate().map(option).collect_view()}
                </ul>
                {move || note().map(|text| view! { <p class="picker-note">{text}</p> })}
            </div>
            <p class="visually-hidden" role="status">
                {announcement}
            </p>
        </div>
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
