//! The page “Sent”: the tenant's sent notifications, newest first, and the opened one beside the list.

mod actions;
mod audience;
mod content_language;
mod correction;
mod delivery_report;
mod detail;
mod keys;
mod paged_list;
mod recall;
mod row;
mod scheduled;

use std::sync::Arc;

use campanile_shared::sent::SentNotification as Notification;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;
use wasm_bindgen::JsCast;

use self::{
    detail::SentDetail,
    keys::handle_keys,
    paged_list::{LoadMore, PagedList, fetch_next_page},
    row::SentRow,
    scheduled::ScheduledList,
};
use crate::{
    components::{icon::Icon, load_error::LoadErrorView, not_allowed::NotAllowed},
    error_text,
    i18n::t,
    lazy::view::lazy_view,
    page::Page,
    reactive::memo,
    state::State,
};

lazy_view! {
    /// The page, loaded when it is first opened.
    page pages::load_page: LazySent() = Sent()
}

/// The page.
#[component]
pub fn Sent() -> impl IntoView {
    let may_send = untrack(|| State::expect().me()).is_some_and(|me| me.may_send);
    view! {
        <main id="content" class="page sent" tabindex="-1">
            {if may_send { view! { <SentList/> }.into_any() } else { view! { <NotAllowed icon=Icon::Plane title=t::compose_not_allowed()/> }.into_any() }}
        </main>
    }
}

#[component]
fn SentList() -> impl IntoView {
    let state = State::expect();
    let query = use_query_map();
    let open = memo(move || query.with(|query| query.get("item").and_then(|id| id.parse::<Uuid>().ok())));
    let list = RwSignal::new(PagedList::default());
    fetch_next_page(state, list);
    let items = memo(move || list.with(|list| list.items.clone()));
    move_focus(open);
    handle_keys(open);
    let list_state = memo(move || list.with(|list| (list.items.is_empty(), list.loaded, list.error.clone())));
    let revised = move |now: Arc<Notification>| {
        list.update(|list| {
            if let Some(known) = list.items.iter_mut().find(|known| known.id == now.id) {
                *known = now;
            }
        });
    };
    let detail = move || {
        open.get().map(|id| {
            let known = items.with_untracked(|items| items.iter().find(|item| item.id == id).cloned());
            view! { <SentDetail id known on_revised=Callback::new(revised)/> }
        })
    };
    let body = move || match list_state.get() {
        (true, false, _) => view! { <Skeleton/> }.into_any(),
        (true, true, Some(error)) => view! {
            <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(move |()| fetch_next_page(state, list))/>
        }
        .into_any(),
        (true, true, None) => view! {
            <div class="blank">
                {Icon::Plane.view()} <strong>{t::sent_empty()}</strong> <p>{t::sent_empty_hint()}</p>
                <a class="quiet" href=Page::Compose.href()>
                    {Icon::Pencil.view()}
                    {t::page_compose()}
                </a>
            </div>
        }
        .into_any(),
        (false, ..) => view! {
            <ol class="sent-rows" role="list">
                <For each=move || items.get() key=|item| (item.id, item.corrected_at, item.recalled_at) let:item>
                    <SentRow item open/>
                </For>
            </ol>
            <LoadMore list/>
        }
        .into_any(),
    };
    // The list is rendered again only when its kind of content changes, not for another page.
    let kind = memo(move || list_state.with(|(empty, begun, failed)| empty.then(|| (*begun, failed.clone()))));
    view! {
        <h1 class="visually-hidden">{t::page_sent()}</h1>
        <div class="sent-layout" class:opened=move || open.get().is_some()>
            <section class="sent-list" aria-labelledby="sent-heading">
                // On narrow screens the detail replaces the list; the page keeps its heading.
                <p id="sent-heading" class="sent-heading" aria-hidden="true">
                    {t::page_sent()}
                </p>
                <ScheduledList/>
                {move || {
                    kind.with(|_| ());
                    untrack(body)
                }}
            </section>
            <div class="sent-detail">
                {detail}
                <Show when=move || open.get().is_none() && items.with(|items| !items.is_empty())>
                    <div class="blank">{Icon::Plane.view()} <p>{t::sent_choose()}</p></div>
                </Show>
            </div>
        </div>
    }
}

/// Moves the focus from the list to the detail and back: for the keyboard, and where the two replace each other.
fn move_focus(open: Memo<Option<Uuid>>) {
    Effect::new(move |before: Option<Option<Uuid>>| {
        let now = open.get();
        let target = match (before, now) {
            (Some(_), Some(_)) => ".sent-item h2".to_owned(),
            (Some(Some(left)), None) => format!(".sent-row a[href*=\"{left}\"]"),
            _ => return now,
        };
        request_animation_frame(move || {
            let hidden = document().active_element().is_none_or(|active| {
                let by_key = now.is_some() && active.matches(".sent-title:focus-visible").unwrap_or_default();
                active.tag_name() == "BODY" || active.client_width() == 0 || by_key
            });
            let target =
                document().query_selector(&target).ok().flatten().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(target) = target.filter(|_| hidden) {
                // An element that cannot be focused leaves the focus where it is.
                let _ = target.focus();
            }
        });
        now
    });
}

/// A placeholder while the list loads.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <p class="visually-hidden" role="status">
            {t::loading()}
        </p>
        <div class="skeleton sent-skeleton" aria-hidden="true">
            {(0..6).map(|_| view! { <div><i></i><i></i></div> }).collect_view()}
        </div>
    }
}
