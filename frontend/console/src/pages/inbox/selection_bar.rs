//! The actions for the selected items.

use campanile_shared::{MatchCount, View, inbox::Action};
use leptos::prelude::*;

use super::{context::InboxContext, selection::Selection};
use crate::{
    components::icon::Icon,
    i18n::{format, t},
    lazy::view::lazy_view,
    reactive::{effect, memo},
};

lazy_view! {
    /// The actions for the selected items, loaded on demand.
    after_first_paint::load_selection_bar: LazySelectionBar() = SelectionBar()
}

/// The actions for the selected items.
#[component]
pub fn SelectionBar() -> impl IntoView {
    let context: InboxContext = expect_context();
    let view = memo(move || context.url_state.with(|place| place.filter.view));
    let empty = memo(move || context.selection.with(|selection| selection.is_empty()));
    let everything = memo(move || context.selection.with(|selection| selection.is_all_matching()));
    let matching = RwSignal::new(None::<MatchCount>);
    effect(move || {
        matching.set(None);
        if everything.get() {
            leptos::reactive::spawn_local_scoped_with_cancellation(async move {
                // On an error, the text says “all” without a number.
                matching.set(context.state.count_matching(context.url_state.with_untracked(|place| place.filter.clone())).await.ok());
            });
        }
    });
    let count = move || {
        context.selection.with(|selection| {
            if selection.is_all_matching() {
                match matching.get() {
                    Some(MatchCount { count, more, .. }) => {
                        t::all_matching_selected(&format!("{}{}", format::number(count.into()), if more { "+" } else { "" }))
                    }
                    None => t::all_selected(),
                }
            } else {
                t::count_selected(format::saturating_u32(selection.len()))
            }
        })
    };
    let toggle_all = move |_| {
        if everything.get_untracked() {
            context.selection.set(Selection::default())
        } else {
            context.selection.update(Selection::select_all_matching)
        }
    };
    let button = move |icon: Icon, name: String, action: fn(InboxContext)| {
        let title = name.clone();
        view! {
            <button class="chip" type="button" title=title disabled=empty on:click=move |_| action(context)>
                {icon.view()}
                <span>{name}</span>
            </button>
        }
    };
    view! {
        <div class="chips selection-bar">
            <label>
                <input type="checkbox" aria-label=t::select_all() prop:checked=everything on:change=toggle_all/>
                <span role="status">{count}</span>
            </label>
            <button class="icon-button" type="button" title=t::select_none() aria-label=t::select_none() on:click=move |_| context.clear_selection()>
                {Icon::Cross.view()}
            </button>
            <div class="selection-actions">
            {button(Icon::Read, t::mark_read(), |context| context.apply(Action::Read.into(), None))}
            {button(Icon::Dot, t::mark_unread(), |context| context.apply(Action::Unread.into(), None))}
            {button(Icon::Pin, t::pin(), |context| context.pin_or_unpin(None))}
            {move || match view.get() {
                View::Dismissed => ().into_any(),
                View::Snoozed => button(Icon::ToInbox, t::unsnooze(), |context| context.snooze_or_unsnooze(None)).into_any(),
                _ => button(Icon::Clock, t::snooze(), |context| context.snooze_or_unsnooze(None)).into_any(),
            }}
            {move || {
                if view.get() == View::Dismissed {
                    button(Icon::ToInbox, t::restore(), |context| context.dismiss_or_restore(None)).into_any()
                } else {
                    button(Icon::Check, t::dismiss(), |context| context.dismiss_or_restore(None)).into_any()
                }
            }}
            </div>
        </div>
    }
}
