//! The page “Sent”: the tenant's sent notifications, newest first, and the opened one beside the list.

mod actions;
mod audience;
mod content_language;
mod correction;
mod delivery_report;
mod detail;
mod recall;
mod scheduled;

use std::sync::Arc;

use campanile_shared::{Channel, sent::SentNotification as Notification, text};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use uuid::Uuid;
use wasm_bindgen::JsCast;

use self::{
    content_language::in_console_language, correction::corrected_by_text, detail::SentDetail, recall::recalled_by_text,
    scheduled::ScheduledList,
};
use crate::{
    api::Error,
    components::{
        icon::Icon,
        load_error::LoadErrorView,
        not_allowed::NotAllowed,
        sender_name::{SenderName, sender_label},
    },
    context::Clock,
    error_text,
    i18n::{
        format,
        names::{channel_name, severity_name},
        t,
    },
    lazy::view::lazy_view,
    page::{Page, sent_item_href},
    reactive::memo,
    state::State,
};

lazy_view! {
    /// The page, loaded when it is first opened.
    page sent::load_page: LazySent() = Sent()
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

/// The pages of the list fetched so far.
#[derive(Clone, Default)]
struct PagedList {
    items: Vec<Arc<Notification>>,
    next: Option<String>,
    /// Whether a request is in progress.
    loading: bool,
    /// Whether there was an answer yet.
    loaded: bool,
    error: Option<Error>,
}

/// Fetches the first or the next page of the list.
fn fetch_next_page(state: State, list: RwSignal<PagedList>) {
    if list.with_untracked(|list| list.loading) {
        return;
    }
    let cursor = list.with_untracked(|list| list.next.clone());
    list.update(|list| {
        list.loading = true;
        list.error = None;
    });
    spawn_local(async move {
        let answer = state.sent_notifications(cursor.as_deref()).await;
        list.try_update(|list| {
            list.loading = false;
            list.loaded = true;
            match answer {
                Ok(page) => {
                    // Pages follow a cursor, so notifications sent meanwhile move nothing.
                    list.items.extend(page.items.into_iter().map(Arc::new));
                    list.next = page.next;
                }
                Err(error) => list.error = Some(error),
            }
        });
    });
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

/// Where the list and the detail replace each other, moves the focus to the one that is shown.
fn move_focus(open: Memo<Option<Uuid>>) {
    Effect::new(move |before: Option<Option<Uuid>>| {
        let now = open.get();
        let target = match (before, now) {
            (Some(None), Some(_)) => ".sent-item h2".to_owned(),
            (Some(Some(left)), None) => format!(".sent-row a[href*=\"{left}\"]"),
            _ => return now,
        };
        request_animation_frame(move || {
            let hidden = document().active_element().is_none_or(|active| active.tag_name() == "BODY" || active.client_width() == 0);
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

/// One notification in the list.
#[component]
fn SentRow(item: Arc<Notification>, open: Memo<Option<Uuid>>) -> impl IntoView {
    let Clock(now) = expect_context();
    let id = item.id;
    let current = memo(move || open.get() == Some(id));
    let content = in_console_language(&item.content);
    let title = content.map(|said| text::one_line(&said.title)).unwrap_or_default();
    let language = content.map(|said| said.language.to_string());
    let at = format::epoch_millis(&item.accepted_at);
    let recalled = item.recalled_at.is_some();
    let status = if recalled {
        Some(recalled_by_text(item.channel, item.recalled_by.as_deref()))
    } else {
        item.corrected_at.map(|_| corrected_by_text(item.corrected_by.as_deref()))
    };
    // An HTTP request has no severity.
    let icon = if item.channel == Channel::Http {
        view! { <span class="sent-severity">{Icon::ExternalLink.view()}</span> }.into_any()
    } else {
        view! {
            <span class=format!("sent-severity {}", item.severity.name())>
                {Icon::Severity(item.severity).view()} <span class="visually-hidden">{severity_name(item.severity)} ": "</span>
            </span>
        }
        .into_any()
    };
    view! {
        <li class="sent-row" class:current=current class:recalled=recalled>
            {icon}
            <a class="sent-title" dir="auto" lang=language href=sent_item_href(id) aria-current=move || current.get().then_some("true")>
                {title}
            </a>
            <time datetime=item.accepted_at.to_rfc3339() title=format::date_time_exact(at)>
                {move || format::list_time(at, now.get())}
            </time>
            <p class="sent-meta">
                {status.map(|mark| view! { <span>{mark}</span> })}
                {(item.channel != Channel::Portal).then(|| view! { <span>{channel_name(item.channel)}</span> })}
                {(!item.to.is_empty()).then(|| view! { <bdi>{t::sent_to(&audience::summary(&item.to))}</bdi> })}
                <SenderName text=t::detail_from(&sender_label(&item.sender, item.through.as_deref())) kind=item.sender_kind/>
            </p>
        </li>
    }
}

/// The button that fetches the next page.
#[component]
fn LoadMore(list: RwSignal<PagedList>) -> impl IntoView {
    let state = State::expect();
    let failed = move || list.with(|list| list.error.as_ref().map(error_text::explain));
    view! {
        <div class="sent-more">
            <p class="field-error" role="alert">
                {failed}
            </p>
            {move || match list.with(|list| (list.next.is_some() || list.error.is_some(), list.loading)) {
                (true, busy) => view! {
                    <button type="button" class="quiet" aria-disabled=busy.to_string() on:click=move |_| fetch_next_page(state, list)>
                        {t::sent_more()}
                    </button>
                }
                .into_any(),
                (false, _) => view! { <span class="sent-end">{t::inbox_end()}</span> }.into_any(),
            }}
        </div>
    }
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
