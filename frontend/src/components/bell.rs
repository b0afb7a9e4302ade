//! The bell of the top bar: the number of unread items, their highest severity, and a panel with the newest
//! items.

use std::sync::Arc;

use campanile_shared::{Filter, Item, View, inbox::Action};
use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{icon::Icon, load_error::LoadErrorView, notification_list::NotificationList};
use crate::{
    context::Clock,
    error_text,
    i18n::{format, t},
    inbox_url::InboxUrl,
    lazy::view::{lazy_view, prefetch},
    live::Status,
    page::Page,
    reactive::{effect, memo},
    state::{Phase, State},
};

/// The accessible name of the bell.
pub fn unread_label(unread: u32) -> String {
    match unread {
        0 => t::bell_none(),
        1..=999 => t::bell_name(unread),
        _ => t::bell_name_many(),
    }
}

/// The button and its panel.
#[component]
pub fn Bell() -> impl IntoView {
    let state = State::expect();
    let unread = memo(move || state.counts.with(|tally| tally.counts().unread));
    let worst = memo(move || state.counts.with(|tally| tally.worst_severity()));
    let open = RwSignal::new(false);
    let panel = NodeRef::<html::Div>::new();
    let close = move || {
        if let Some(panel) = panel.get_untracked() {
            // This fails only if the panel is closed already.
            let _ = panel.hide_popover();
        }
    };
    let toggled = move |_: ev::Event| {
        let shown = panel.get_untracked().is_some_and(|panel| panel.matches(":popover-open").unwrap_or(false));
        if shown == open.get_untracked() {
            return;
        }
        open.set(shown);
        if shown { state.begin_viewing() } else { state.end_viewing() }
    };
    view! {
        <button
            type="button"
            class=move || format!("icon-button bell {}", worst.get().map_or("", |severity| severity.name()))
            popovertarget="bell-panel"
            aria-haspopup="dialog"
            aria-controls="bell-panel"
            aria-expanded=move || open.get().to_string()
            aria-label=move || unread_label(unread.get())
            on:pointerenter=move |_| prefetch(load_bell_panel())
            on:focus=move |_| prefetch(load_bell_panel())
        >
            {Icon::Bell.view()}
            <Show when=move || { unread.get() > 0 }>
                <span class="bell-badge" aria-hidden="true">
                    {move || format::badge(unread.get())}
                </span>
            </Show>
        </button>
        <div
            node_ref=panel
            id="bell-panel"
            class="bell-panel"
            popover="auto"
            role="dialog"
            aria-labelledby="bell-title"
            on:toggle=toggled
        >
            <Show when=move || open.get()>
                <LazyBellPanel close=Callback::new(move |()| close())/>
            </Show>
        </div>
    }
}

lazy_view! {
    /// The content of the open panel, loaded on demand.
    after_first_paint::load_bell_panel: LazyBellPanel(close: Callback<()>) = view! { <BellPanel close/> }
}

/// The content of the open panel.
#[component]
pub fn BellPanel(
    /// Closes the panel.
    close: Callback<()>,
) -> impl IntoView {
    let state = State::expect();
    let Clock(now) = expect_context();
    let navigate = use_navigate();
    let title = NodeRef::<html::H2>::new();
    effect(move || {
        if let Some(title) = title.get() {
            // A panel that was closed at once cannot take the focus.
            let _ = title.focus();
        }
    });
    let items = memo(move || state.newest.with(|list| list.items.clone()));
    let seen_up_to = memo(move || state.newest.with(|list| list.seen_up_to));
    let none_unread = memo(move || state.counts.with(|tally| tally.counts().unread == 0));
    let item_url = |id| InboxUrl { item: Some(id), ..InboxUrl::default() };
    let opened = move |item: Arc<Item>| {
        close.run(());
        state.mark_opened(&item);
    };
    let view_all = move |_| close.run(());
    let body = move || {
        let phase = state.newest.with(|list| list.phase.clone());
        match (phase, items.with(Vec::is_empty)) {
            (_, false) => view! {
                <NotificationList
                    items
                    seen_up_to
                    now
                    href=Callback::new(move |id| item_url(id).href())
                    on_open=Callback::new(opened)
                    on_dismiss=Callback::new(move |item| state.change_items(Action::Dismiss.into(), vec![item]))
                />
            }
            .into_any(),
            (Phase::Loading, true) => view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any(),
            (Phase::Failed(error) | Phase::MoreFailed(error), true) => view! {
                <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(move |()| state.fetch_newest())/>
            }
            .into_any(),
            (Phase::Ready | Phase::LoadingMore, true) => view! {
                <div class="blank">{Icon::Bell.view()} <strong>{t::bell_empty()}</strong> <p>{t::bell_empty_hint()}</p></div>
            }
            .into_any(),
        }
    };
    // The body is created again only if its kind changes, not for every new item.
    let kind = memo(move || (items.with(Vec::is_empty), state.newest.with(|list| std::mem::discriminant(&list.phase))));
    let kind = memo(move || kind.with(|(empty, phase)| empty.then_some(*phase)));
    let settings = move |_| {
        close.run(());
        navigate(&format!("/{}", Page::Settings.segment()), NavigateOptions::default());
    };
    view! {
        <div class="bell-head">
            <h2 node_ref=title id="bell-title" tabindex="-1">
                {t::notifications()}
            </h2>
            <button
                type="button"
                class="icon-button"
                title=t::bell_mark_all_read()
                aria-label=t::bell_mark_all_read()
                disabled=none_unread
                on:click=move |_| state.change_matching(Action::Read.into(), Filter::whole_view(View::Unread))
            >
                {Icon::Read.view()}
            </button>
            <button type="button" class="icon-button" title=t::page_settings() aria-label=t::page_settings() on:click=settings>
                {Icon::Sliders.view()}
            </button>
        </div>
        <div class="bell-list">
            {move || {
                kind.with(|_| ());
                untrack(body)
            }}
        </div>
        <div class="bell-foot">
            <a href=Page::Inbox.href() on:click=view_all>
                {t::bell_view_all()}
            </a>
            <span class="bell-live">
                {move || match state.live.get() {
                    Status::Open => t::live(),
                    Status::Connecting => t::live_connecting(),
                    Status::Offline | Status::Unauthorized => t::live_offline(),
                }}
            </span>
        </div>
    }
}
