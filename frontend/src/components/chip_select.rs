//! A list to choose one of, as small as the chips beside it.

use leptos::{ev, prelude::*};

use super::icon::Icon;
use crate::reactive::memo;

/// Values and their names; the value of what stands for no choice is empty.
pub type Options = Vec<(String, String)>;

/// The list.
#[component]
pub fn ChipSelect(
    /// What is chosen by it.
    label: String,
    /// What there is to choose.
    options: Memo<Options>,
    /// The value of what is chosen.
    chosen: Memo<String>,
    /// Called with another value.
    on_choose: Callback<String>,
) -> impl IntoView {
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
                on:change=move |event: ev::Event| on_choose.run(event_target_value(&event))
            >
                {list}
            </select>
            {Icon::Down.view()}
        </span>
    }
}
