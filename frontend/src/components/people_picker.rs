//! Names people one after the other: an editable combobox with a list of those who fit (WAI-ARIA
//! APG, “Editable combobox with list autocomplete”), and a chip for each one named. Who fits is
//! found by its owner.

use campanile_shared::{Person, text};
use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::icon::Icon;
use crate::i18n::t;

/// What a search came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Found {
    /// Nothing was asked yet, or the answer is on its way.
    #[default]
    Nothing,
    /// These people fit.
    People(Vec<Person>),
    /// The search failed; why.
    Failed(String),
}

/// The picker.
#[component]
pub fn PeoplePicker(
    /// The id of the field that is typed into.
    id: &'static str,
    /// What the field is called.
    label: String,
    /// The people named.
    #[prop(into)]
    chosen: Signal<Vec<Person>>,
    /// Called with the people named after a change.
    on_change: Callback<Vec<Person>>,
    /// Called with what was typed.
    on_search: Callback<String>,
    /// What the search for it came to.
    #[prop(into)]
    found: Signal<Found>,
    /// Ids of what describes the field: hints, faults.
    described_by: &'static str,
    /// Whether something is wrong with the people named.
    #[prop(into)]
    invalid: Signal<bool>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let said = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    let offered = Memo::new(move |_| match found.get() {
        Found::People(people) => {
            chosen.with(|chosen| people.into_iter().filter(|person| chosen.iter().all(|known| known.login != person.login)).collect())
        }
        Found::Nothing | Found::Failed(_) => Vec::<Person>::new(),
    });
    let shown = Memo::new(move |_| open.get() && found.with(|found| *found != Found::Nothing));
    let list_id = format!("{id}-list");
    let option_id = move |at: usize| format!("{id}-option-{at}");

    // A new answer begins at its first entry, and tells how many there are.
    Effect::new(move |_| {
        let count = offered.with(Vec::len);
        active.set((count > 0).then_some(0));
        if shown.get() && found.with(|found| matches!(found, Found::People(_))) {
            said.set(t::picker_found(u32::try_from(count).unwrap_or(u32::MAX)));
        }
    });
    let search = move |text: String| {
        typed.set(text.clone());
        open.set(true);
        on_search.run(text);
    };
    let add = move |person: Person| {
        let name = text::one_line(&person.name);
        let mut people = chosen.get_untracked();
        if people.iter().all(|known| known.login != person.login) {
            people.push(person);
            on_change.run(people);
        }
        said.set(t::picker_added(&name));
        typed.set(String::new());
        open.set(false);
        on_search.run(String::new());
    };
    let remove = move |login: &str| {
        let mut people = chosen.get_untracked();
        if let Some(at) = people.iter().position(|person| person.login == login) {
            let gone = people.remove(at);
            on_change.run(people);
            said.set(t::picker_removed(&text::one_line(&gone.name)));
        }
        if let Some(input) = input.get_untracked() {
            // The chip that had the focus is gone; the field is the nearest place.
            let _ = input.focus();
        }
    };
    let step = move |by: isize| {
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
                step(1);
            }
            "ArrowUp" => {
                event.prevent_default();
                step(-1);
            }
            "Enter" => {
                // Enter never sends the form from here: half a name must not become a message.
                event.prevent_default();
                let person = active.get_untracked().filter(|_| shown.get_untracked());
                if let Some(person) = person.and_then(|at| offered.with_untracked(|people| people.get(at).cloned())) {
                    add(person);
                }
            }
            "Escape" if shown.get_untracked() => {
                event.prevent_default();
                event.stop_propagation();
                open.set(false);
            }
            "Escape" => search(String::new()),
            "Backspace" if typed.with_untracked(String::is_empty) => {
                if let Some(last) = chosen.with_untracked(|people| people.last().map(|person| person.login.clone())) {
                    remove(&last);
                }
            }
            _ => {}
        }
    };
    let chip = move |person: Person| {
        let name = text::one_line(&person.name);
        let login = person.login.clone();
        view! {
            <li class="picker-chip">
                <bdi title=person.login>{name.clone()}</bdi>
                <button type="button" title=t::picker_remove(&name) aria-label=t::picker_remove(&name) on:click=move |_| remove(&login)>
                    {Icon::Cross.view()}
                </button>
            </li>
        }
    };
    let option = move |(at, person): (usize, Person)| {
        let about = person.email.as_deref().map_or_else(|| person.login.clone(), |email| format!("{} · {email}", person.login));
        let name = text::one_line(&person.name);
        view! {
            <li
                id=option_id(at)
                role="option"
                class="picker-option"
                class:active=move || active.get() == Some(at)
                aria-selected=move || (active.get() == Some(at)).to_string()
                on:pointermove=move |_| active.set(Some(at))
                // Before the field loses the focus.
                on:mousedown=move |event| {
                    event.prevent_default();
                    add(person.clone());
                }
            >
                <bdi>{name}</bdi>
                <small dir="auto">{text::one_line(&about)}</small>
            </li>
        }
    };
    let note = move || match found.get() {
        Found::Failed(reason) => Some(reason),
        Found::People(_) if offered.with(Vec::is_empty) => Some(t::picker_nobody()),
        Found::People(_) | Found::Nothing => None,
    };
    // Pressing anywhere in the box is meant for the field.
    let to_field = move |_| {
        let _ = input.get_untracked().map(|input| input.focus());
    };
    view! {
        <div class="picker">
            <div class="picker-box" class:invalid=invalid on:click=to_field>
                <ul class="picker-chips" role="list" aria-label=t::picker_chosen()>
                    <For each=move || chosen.get() key=|person| person.login.clone() children=chip/>
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
                {said}
            </p>
        </div>
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
