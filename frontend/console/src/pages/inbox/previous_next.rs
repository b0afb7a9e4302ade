//! The opened notification's position in the list, and the way to its neighbours.

use std::sync::Arc;

use campanile_shared::Item;
use leptos::prelude::*;

use super::context::InboxContext;
use crate::{
    components::icon::Icon,
    i18n::{format, t},
    reactive::memo,
};

/// The notification's position in the list, with buttons to the previous and the next one.
#[component]
pub fn PreviousNext(
    /// The inbox.
    context: InboxContext,
    /// The notification.
    item: Memo<Option<Arc<Item>>>,
) -> impl IntoView {
    let id = memo(move || item.with(|item| item.as_deref().map(|item| item.id)));
    let at = memo(move || {
        let id = id.get()?;
        context.layout.with(|layout| layout.iter().position(|row| row.contains(id)))
    });
    let count = memo(move || context.layout.with(|layout| layout.len()));
    let text = move || {
        let more = context.state.inbox.with(|list| list.next.is_some());
        let number = |number: usize| format::number(f64::from(format::saturating_u32(number)));
        let all = format!("{}{}", number(count.get()), if more { "+" } else { "" });
        at.get().map(|at| t::detail_place(&all, &number(at + 1)))
    };
    let step_button = move |forward: bool, icon: Icon, name: String| {
        let neighbour = move |at: usize| if forward { at.checked_add(1).filter(|next| *next < count.get()) } else { at.checked_sub(1) };
        view! {
            <button
                class="icon-button"
                type="button"
                title=name.clone()
                aria-label=name
                disabled=move || at.get().and_then(neighbour).is_none()
                on:click=move |_| context.open_neighbour(forward)
            >
                {icon.view()}
            </button>
        }
    };
    view! {
        <span class="detail-position" hidden=move || at.get().is_none()>
            {text} {step_button(false, Icon::ChevronUp, t::help_previous())} {step_button(true, Icon::ChevronDown, t::help_next())}
        </span>
    }
}
