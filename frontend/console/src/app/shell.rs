//! The frame around every page of a signed-in person: sidebar, top bar, page, messages.

use std::rc::Rc;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_url},
};

use super::page_outlet::PageOutlet;
use crate::{
    components::{announcer::Announcer, focus, shortcuts::Shortcuts, sidebar::Sidebar, toaster::Toaster, top_bar::TopBar},
    context::{BaseUrl, CurrentPage, PrefetchPage},
    effects,
    i18n::t,
    inbox_url::InboxUrl,
    page::Page,
    pages,
    reactive::{effect, memo},
    state::{Phase, State},
};

/// The frame and the current page.
#[component]
pub fn Shell() -> impl IntoView {
    let state = State::expect();
    let (url, BaseUrl(folder)) = (use_url(), expect_context());
    // The path of the folder, with its trailing slash.
    let base = web_sys::Url::new(&folder).map(|url| url.pathname()).unwrap_or_default();
    let segment = memo(move || url.with(|url| url.path().strip_prefix(&*base).map(|rest| rest.trim_end_matches('/').to_owned())));
    let here = memo(move || segment.with(|segment| segment.as_deref().and_then(Page::from_segment)));
    provide_context(CurrentPage(here));
    provide_context(PrefetchPage(pages::prefetch_page));
    effects::title::update_title(state, here);
    focus_on_page_change(here);
    let navigate = use_navigate();
    let open = move |item| navigate(&InboxUrl { item, ..InboxUrl::default() }.path(), NavigateOptions::default());
    let message = RwSignal::new(None);
    // The background work starts once the first list is loaded, because the reader waits for that list.
    let listed = memo(move || {
        let list = if here.get() == Some(Page::Inbox) { state.inbox } else { state.newest };
        list.with(|list| list.phase != Phase::Loading)
    });
    // The inbox loads the newest items itself.
    effect(move || {
        if here.get() != Some(Page::Inbox) {
            state.fetch_newest_if_missing();
        }
    });
    let owner = Owner::current().unwrap_or_default();
    let mut accompany = Some(move || effects::background::start_background(state, Rc::new(open), message));
    effect(move || {
        if listed.get()
            && let Some(accompany) = accompany.take()
        {
            owner.with(accompany);
        }
    });
    view! {
        <a class="skip" href="#content" rel="external">
            {t::skip_to_content()}
        </a>
        <div class="shell">
            <Sidebar/>
            <TopBar/>
            <div class="shell-page">
                <PageOutlet segment here/>
            </div>
        </div>
        <Toaster message/>
        <Announcer/>
        <Shortcuts/>
    }
}

/// Moves the focus to a new page, so that screen readers announce it.
fn focus_on_page_change(here: Memo<Option<Page>>) {
    let mut before = None;
    effect(move || {
        let now = here.get();
        if before.replace(now).is_some_and(|before| before != now) {
            focus::to_content();
        }
    });
}
