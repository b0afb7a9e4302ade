//! The panel below the bell, with the newest items.

use std::sync::Arc;

use campanile_shared::{Filter, Item, View, inbox::Action};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{icon::Icon, load_error::LoadErrorView, notification_list::NotificationList};
use crate::{
    context::Clock,
    error_text,
    i18n::t,
    inbox_url::InboxUrl,
    lazy::view::lazy_view,
    live::Status,
    page::Page,
    reactive::{effect, memo},
    state::{Phase, State},
};

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
    let none_unread = memo(move || state.counts.with(|counts| counts.counts().unread == 0));
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
                {Icon::Checks.view()}
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
