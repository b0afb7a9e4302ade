//! The header of the list: its title and counts, its views, and the filters or the actions for the selection.

use campanile_shared::{Filter, Matching, View, inbox::Action, person::SavedView, text};
use leptos::prelude::*;

use super::{Desk, filters::Filters, place::Place};
use crate::{
    components::{
        icon::Icon,
        sidebar::{saved_name, view_href, view_title},
    },
    i18n::{format, t},
    pages::later,
    reactive::{effect, memo},
    state::changes::Deed,
};

/// The header.
#[component]
pub fn Toolbar() -> impl IntoView {
    let desk: Desk = expect_context();
    let state = desk.state;
    let filter = memo(move || desk.place.with(|place| place.filter.clone()));
    let view = memo(move || filter.with(|filter| filter.view));
    let plain = memo(move || filter.with(Filter::is_whole));
    let name = memo(move || filter.with(|filter| saved_name(state, filter)));
    let counts = memo(move || state.tally.with(|tally| tally.counts()));
    let numbers = move || {
        let counts = counts.get();
        (plain.get()).then(|| match view.get() {
            View::Inbox => format!("{}, {}", t::count_notifications(counts.total), t::count_unread(counts.unread)),
            View::Unread => t::count_notifications(counts.unread),
            _ => String::new(),
        })
    };
    let busy = memo(move || desk.selecting.get() || desk.selection.with(|selection| !selection.is_empty()));
    let none = memo(move || state.inbox.with(|list| list.items.is_empty()));
    let saved = memo(move || state.me().map(|me| me.preferences.views).unwrap_or_default());
    let to_saved = move |saved: SavedView| {
        let href = Place { filter: saved.filter.clone(), item: None }.href();
        view! {
            <a href=href dir="auto" aria-current=move || filter.with(|filter| *filter == saved.filter).then_some("page")>
                {text::one_line(&saved.name)}
            </a>
        }
    };
    let all = move |action: Action| state.change_all(Deed::from(action), filter.get_untracked());
    view! {
        <header class="inbox-header">
            <div class="inbox-heading">
                <h1 dir="auto">{move || name.get().unwrap_or_else(|| view_title(view.get()))} <span>{numbers}</span></h1>
                <button class="icon-button" type="button" title=t::this_view() aria-label=t::this_view() on:click=move |_| desk.keeping.set(true)>
                    {Icon::More.view()}
                </button>
                <Show when=move || view.get() != View::Dismissed>
                    <button
                        class="icon-button"
                        type="button"
                        title=t::mark_all_read()
                        aria-label=t::mark_all_read()
                        disabled=none
                        on:click=move |_| all(Action::Read)
                    >
                        {Icon::Read.view()}
                    </button>
                    <button
                        class="icon-button"
                        type="button"
                        title=t::dismiss_all()
                        aria-label=t::dismiss_all()
                        disabled=none
                        on:click=move |_| all(Action::Dismiss)
                    >
                        {Icon::Checks.view()}
                    </button>
                </Show>
            </div>
            <nav class="inbox-views" aria-label=t::view()>
                {[View::Inbox, View::Unread, View::Snoozed, View::Dismissed]
                    .map(|this| {
                        view! {
                            <a href=view_href(this) aria-current=move || (view.get() == this && name.get().is_none()).then_some("page")>
                                {view_title(this)}
                            </a>
                        }
                    })
                    .collect_view()}
                {move || saved.get().into_iter().map(to_saved).collect_view()}
            </nav>
            <Show when=move || busy.get() fallback=|| view! { <Filters/> }>
                <later::Chosen/>
            </Show>
        </header>
    }
}

/// The actions for the selected items.
#[component]
pub fn Chosen() -> impl IntoView {
    let desk: Desk = expect_context();
    let view = memo(move || desk.place.with(|place| place.filter.view));
    let empty = memo(move || desk.selection.with(|selection| selection.is_empty()));
    let everything = memo(move || desk.selection.with(|selection| selection.is_everything()));
    let matching = RwSignal::new(None::<Matching>);
    effect(move || {
        matching.set(None);
        if everything.get() {
            leptos::reactive::spawn_local_scoped_with_cancellation(async move {
                // On an error, the text says “all” without a number.
                matching.set(desk.state.matching(desk.place.with_untracked(|place| place.filter.clone())).await.ok());
            });
        }
    });
    let count = move || {
        desk.selection.with(|selection| {
            if selection.is_everything() {
                match matching.get() {
                    Some(Matching { count, more, .. }) => {
                        format!("{}: {}{}", t::all_selected(), format::number(count.into()), if more { "+" } else { "" })
                    }
                    None => t::all_selected(),
                }
            } else {
                t::count_selected(u32::try_from(selection.len()).unwrap_or(u32::MAX))
            }
        })
    };
    let toggle_all = move |_| {
        if everything.get_untracked() {
            desk.selection.set(super::Selection::default())
        } else {
            desk.selection.update(super::Selection::select_everything)
        }
    };
    let button = move |icon: Icon, name: String, action: fn(Desk)| {
        view! {
            <button class="icon-button" type="button" title=name.clone() aria-label=name disabled=empty on:click=move |_| action(desk)>
                {icon.view()}
            </button>
        }
    };
    view! {
        <div class="chips selection-bar">
            <label>
                <input type="checkbox" aria-label=t::select_all() prop:checked=everything on:change=toggle_all/>
                <span role="status">{count}</span>
            </label>
            {button(Icon::Read, t::mark_read(), |desk| desk.act(Action::Read.into(), None))}
            {button(Icon::Dot, t::mark_unread(), |desk| desk.act(Action::Unread.into(), None))}
            {button(Icon::Pin, t::pin(), |desk| desk.pin(None))}
            {move || match view.get() {
                View::Dismissed => ().into_any(),
                View::Snoozed => button(Icon::Return, t::unsnooze(), |desk| desk.snooze(None)).into_any(),
                _ => button(Icon::Clock, t::snooze(), |desk| desk.snooze(None)).into_any(),
            }}
            {move || {
                if view.get() == View::Dismissed {
                    button(Icon::Return, t::restore(), |desk| desk.dismiss(None)).into_any()
                } else {
                    button(Icon::Check, t::dismiss(), |desk| desk.dismiss(None)).into_any()
                }
            }}
            <button class="icon-button" type="button" title=t::select_none() aria-label=t::select_none() on:click=move |_| desk.clear()>
                {Icon::Cross.view()}
            </button>
        </div>
    }
}
