//! The navigation: a column on wide screens, a bar at the bottom of narrow ones.

use campanile_shared::{View, preferences::SavedView, text};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    icon::Icon,
    inbox_views::{view_href, view_title},
};
use crate::{
    context::{CurrentPage, PrefetchPage},
    i18n::{format, t},
    inbox_url::InboxUrl,
    page::{DRAFTS_ANCHOR, Page},
    reactive::memo,
    state::State,
};

/// The navigation.
#[component]
pub fn Sidebar() -> impl IntoView {
    let state = State::expect();
    let (CurrentPage(here), PrefetchPage(prefetch)) = (expect_context(), expect_context());
    let query = use_query_map();
    let filter = memo(move || query.with(|query| InboxUrl::from_query(|name| query.get(name)).filter));
    let saved = memo(move || state.me().map(|me| me.preferences.views).unwrap_or_default());
    let named = memo(move || filter.with(|filter| saved.with(|saved| saved.iter().position(|view| view.filter == *filter))));
    let tenant = memo(move || state.me().map(|me| me.tenant));
    let may_send = memo(move || state.session.with(|session| session.me().is_some_and(|me| me.may_send)));
    let may_administer = memo(move || state.session.with(|session| session.me().is_some_and(|me| me.may_administer)));
    let counts = memo(move || state.counts.with(|counts| counts.counts()));
    let drafts = memo(move || {
        let loaded = state.drafts.with(|drafts| drafts.as_ref().map(|drafts| format::saturating_u32(drafts.len())));
        loaded.unwrap_or_else(|| state.session.with(|session| session.me().map_or(0, |me| me.drafts)))
    });
    let count = |count: u32| (count > 0).then(|| view! { <b aria-hidden="true">{format::badge(count)}</b> });
    let to_page = move |page: Page, icon: Icon, name: String| {
        let current = move || (here.get() == Some(page)).then_some("page");
        view! {
            <a
                class=format!("nav nav-{}", page.segment())
                href=page.href()
                aria-current=current
                on:pointerenter=move |_| prefetch(page)
                on:focus=move |_| prefetch(page)
            >
                {icon.view()} <span>{name}</span>
            </a>
        }
    };
    let to_view = move |this: View, icon: Icon| {
        let current = move || {
            (here.get() == Some(Page::Inbox) && filter.with(|filter| filter.view) == this && named.get().is_none()).then_some("page")
        };
        let number = move || match this {
            View::Inbox => count(counts.get().total),
            View::Unread => count(counts.get().unread),
            _ => None,
        };
        let on_other_pages = this != View::Inbox;
        view! {
            <a class="nav" class:nav-view=on_other_pages href=view_href(this) aria-current=current>
                {icon.view()} <span>{view_title(this)}</span> {number}
            </a>
        }
    };
    view! {
        <nav class="side" aria-label=t::navigation()>
            <div class="brand">
                {Icon::Tower.view()} <span>{t::app_name()}</span> <small>
                    <bdi>{tenant}</bdi>
                </small>
            </div>
            <Show when=move || may_send.get()>
                <a
                    class="primary nav-compose"
                    href=Page::Compose.href()
                    aria-current=move || (here.get() == Some(Page::Compose)).then_some("page")
                    on:pointerenter=move |_| prefetch(Page::Compose)
                    on:focus=move |_| prefetch(Page::Compose)
                >
                    {Icon::Pencil.view()}
                    <span>{t::page_compose()}</span>
                </a>
            </Show>
            {to_view(View::Inbox, Icon::Inbox)}
            {to_view(View::Unread, Icon::Dot)}
            {to_view(View::Snoozed, Icon::Clock)}
            {to_view(View::Dismissed, Icon::Check)}
            {move || {
                let link = |(at, view): (usize, SavedView)| {
                    let current = move || (here.get() == Some(Page::Inbox) && named.get() == Some(at)).then_some("page");
                    let href = InboxUrl { filter: view.filter, item: None }.href();
                    view! {
                        <a class="nav nav-view" href=href aria-current=current>
                            {Icon::Bookmark.view()} <span dir="auto">{text::one_line(&view.name)}</span>
                        </a>
                    }
                };
                let saved = saved.get();
                let heading = (!saved.is_empty()).then(|| view! { <h2>{t::saved_views()}</h2> });
                (heading, saved.into_iter().enumerate().map(link).collect_view())
            }}
            <Show when=move || may_send.get()>
                <h2>{t::sending()}</h2>
                {to_page(Page::Sent, Icon::Plane, t::page_sent())}
                {move || {
                    let drafts = drafts.get();
                    let link = || {
                        view! {
                            <a class="nav nav-view" href=format!("{}#{DRAFTS_ANCHOR}", Page::Compose.href())>
                                {Icon::Pencil.view()} <span>{t::compose_drafts()}</span> {count(drafts)}
                            </a>
                        }
                    };
                    (drafts > 0).then(link)
                }}
            </Show>
            <Show when=move || may_administer.get()>{to_page(Page::Administration, Icon::Key, t::page_administration())}</Show>
            {to_page(Page::Settings, Icon::Sliders, t::page_settings())}
        </nav>
    }
}
