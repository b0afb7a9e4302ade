//! The way between pages: a column on wide screens, a bar at the foot of narrow ones.

use campanile_shared::{Filter, View};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::icon::Icon;
use crate::{
    app::Here,
    i18n::{format, t},
    pages::{Page, inbox::place::Place, later::prefetch},
    state::State,
};

/// What a view is called.
pub fn view_title(view: View) -> String {
    match view {
        View::Inbox => t::page_inbox(),
        View::Unread => t::unread(),
        View::Dismissed => t::dismissed(),
    }
}

/// A link to a view of the inbox.
pub fn view_href(view: View) -> String {
    Place { filter: Filter { view, ..Filter::default() }, item: None }.href()
}

/// The links.
#[component]
pub fn Sidebar() -> impl IntoView {
    let state = State::expect();
    let Here(here) = expect_context();
    let query = use_query_map();
    let view = Memo::new(move |_| query.with(|query| Place::read(|name| query.get(name)).filter.view));
    let tenant = Memo::new(move |_| state.me().map(|me| me.tenant));
    let may_send = Memo::new(move |_| state.session.with(|session| session.me().is_some_and(|me| me.may_send)));
    let counts = Memo::new(move |_| state.tally.with(|tally| tally.counts()));
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
        let current = move || (here.get() == Some(Page::Inbox) && view.get() == this).then_some("page");
        let number = move || match this {
            View::Inbox => count(counts.get().total),
            View::Unread => count(counts.get().unread),
            View::Dismissed => None,
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
            {to_view(View::Dismissed, Icon::Check)}
            <Show when=move || may_send.get()>
                <h2>{t::sending()}</h2>
                {to_page(Page::Sent, Icon::Plane, t::page_sent())}
            </Show>
            {to_page(Page::Settings, Icon::Sliders, t::page_settings())}
        </nav>
    }
}
