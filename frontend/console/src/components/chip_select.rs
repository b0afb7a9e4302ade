//! A drop-down list that looks like a chip.

use leptos::{ev, prelude::*};

use super::icon::Icon;
use crate::reactive::memo;

/// Values and their names. The value for “no choice” is empty.
pub type Options = Vec<(String, String)>;

/// The list.
#[component]
pub fn ChipSelect(
    /// The accessible name.
    label: String,
    /// The options.
    options: Memo<Options>,
    /// The value of the chosen option.
    chosen: Memo<String>,
    /// Called with another value.
    on_choose: Callback<String>,
    /// Called when the person may be about to open the list.
    #[prop(optional)]
    on_approach: Option<Callback<()>>,
) -> impl IntoView {
    let approach = move || {
        if let Some(on_approach) = on_approach {
            on_approach.run(());
        }
    };
    let any = memo(move || chosen.with(String::is_empty));
    let list = move || {
        let now = chosen.get();
        let option = |(value, name): (String, String)| {
            let selected = value == now;
            view! { <option value=value selected=selected>{name}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    };
    view! {
        <span class="chip-select">
            <select
                class="chip"
                class:chosen=move || !any.get()
                aria-label=label
                prop:value=move || chosen.get()
                on:pointerenter=move |_| approach()
                on:focus=move |_| approach()
                on:change=move |event: ev::Event| on_choose.run(event_target_value(&event))
            >
                {list}
            </select>
            {Icon::ChevronDown.view()}
        </span>
    }
}
