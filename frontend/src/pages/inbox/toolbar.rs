//! What stands above the list: its name and numbers, its filters, and what can be done with the
//! selection.

use campanile_shared::{Filter, Matching, Severity, View, inbox::Action, person::SavedView, text};
use leptos::{ev, prelude::*};

use super::{Desk, place::Place, search_line};
use crate::{
    components::{
        icon::Icon,
        row::severity_name,
        sidebar::{saved_name, view_href, view_title},
    },
    i18n::{format, t},
    pages::later,
    reactive::{effect, memo},
    state::{State, changes::Deed},
};

/// The severities that can be chosen at once, and what the choice is called.
fn choices(chosen: &[Severity]) -> Vec<(String, String)> {
    let value = |severities: &[Severity]| severities.iter().map(|severity| severity.name()).collect::<Vec<_>>().join(",");
    let warning = search_line::from(Severity::Warning);
    let mut choices =
        vec![(String::new(), t::filter_any_severity()), (value(&warning), t::filter_severity(&severity_name(Severity::Warning)))];
    choices.extend(Severity::ALL.into_iter().rev().map(|severity| (value(&[severity]), severity_name(severity))));
    let now = value(chosen);
    if choices.iter().all(|(known, _)| *known != now) {
        choices.push((now, chosen.iter().map(|severity| severity_name(*severity)).collect::<Vec<_>>().join(", ")));
    }
    choices
}

/// The bar.
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

/// Which items are listed.
#[component]
fn Filters() -> impl IntoView {
    let desk: Desk = expect_context();
    let state = State::expect();
    let components = RwSignal::new(Vec::<String>::new());
    leptos::reactive::spawn_local_scoped_with_cancellation(async move {
        // Without them the list of components holds what is chosen, no more.
        if let Ok(known) = state.components().await {
            components.set(known);
        }
    });
    let filter = memo(move || desk.place.with(|place| place.filter.clone()));
    let severity = memo(move || filter.with(|filter| filter.severity.clone()));
    let component = memo(move || filter.with(|filter| filter.component.clone()));
    let show = move |filter: Filter| desk.go(Place { filter, item: None }, false);
    let severity_value = move || severity.with(|chosen| chosen.iter().map(|severity| severity.name()).collect::<Vec<_>>().join(","));
    let choose_severity = move |event: ev::Event| {
        let severity = event_target_value(&event).split(',').filter_map(Severity::from_name).collect();
        show(Filter { severity, ..filter.get_untracked() });
    };
    let choose_component = move |event: ev::Event| {
        let component = Some(event_target_value(&event)).filter(|name| !name.is_empty());
        show(Filter { component, ..filter.get_untracked() });
    };
    let names = move || {
        let mut names = components.get();
        names.extend(component.get().filter(|chosen| !names.contains(chosen)));
        names
    };
    let narrowed = memo(move || filter.with(|filter| !filter.is_whole()));
    let unfiltered = move |_| show(Filter::of(filter.get_untracked().view));
    view! {
        <div class="chips">
            <span class="chip-select">
            <select
                class="chip"
                class:chosen=move || !severity.with(Vec::is_empty)
                aria-label=t::severity()
                prop:value=severity_value
                on:change=choose_severity
            >
                {move || {
                    let now = severity_value();
                    severity
                        .with(|chosen| choices(chosen))
                        .into_iter()
                        .map(|(value, name)| {
                            let selected = value == now;
                            view! {
                                <option value=value selected=selected>
                                    {name}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
            {Icon::Down.view()}
            </span>
            <span class="chip-select">
            <select
                class="chip"
                class:chosen=move || component.with(Option::is_some)
                aria-label=t::filter_component()
                on:change=choose_component
            >
                <option value="" selected=move || component.with(Option::is_none)>
                    {t::filter_any_component()}
                </option>
                {move || {
                    let now = component.get();
                    names()
                        .into_iter()
                        .map(|name| {
                            let selected = now.as_ref() == Some(&name);
                            view! {
                                <option value=name.clone() selected=selected>
                                    {campanile_shared::text::excerpt(&campanile_shared::text::one_line(&name), 40)}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
            {Icon::Down.view()}
            </span>
            <button class="chip" type="button" on:click=move |_| desk.selecting.set(true)>
                {t::select()}
            </button>
            <Show when=move || narrowed.get()>
                <button class="chip" type="button" title=t::filter_clear() aria-label=t::filter_clear() on:click=unfiltered>
                    {Icon::Cross.view()}
                </button>
            </Show>
        </div>
    }
}

/// What can be done with the selection.
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
                // Without the number it is said that all are meant.
                matching.set(desk.state.matching(desk.place.with_untracked(|place| place.filter.clone())).await.ok());
            });
        }
    });
    let count = move || {
        desk.selection.with(|selection| {
            if selection.is_everything() {
                match matching.get() {
                    Some(Matching { count, more }) => {
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
        <div class="chips chosen-bar">
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
