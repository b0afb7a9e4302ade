//! The frame around every page of a signed-in person: sidebar, top bar, page, messages.

use std::rc::Rc;

use leptos::{prelude::*, tachys::reactive_graph::OwnedView, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_url},
    location::{BrowserUrl, LocationProvider, Url},
};
use wasm_bindgen::JsValue;

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
    effects::update_title(state, here);
    focus_on_page_change(here);
    let navigate = use_navigate();
    let open = move |item| navigate(&InboxUrl { item, ..InboxUrl::default() }.path(), NavigateOptions::default());
    let message = RwSignal::new(None);
    // The background work starts once the first list is loaded, because the reader waits for that list.
    let listed = memo(move || {
        let list = if here.get() == Some(Page::Inbox) { state.inbox } else { state.newest };
        list.with(|list| list.phase != Phase::Loading)
    });
    let owner = Owner::current().unwrap_or_default();
    let mut accompany = Some(move || effects::start_background(state, Rc::new(open), message));
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

/// The current page. The router only provides the URL and the links. Each page is one path segment, so a table
/// of routes is not needed; it would be as large as the inbox.
#[component]
fn PageOutlet(
    /// The path below the console's folder; `None` for a URL outside it.
    segment: Memo<Option<String>>,
    /// The page that it names.
    here: Memo<Option<Page>>,
) -> impl IntoView {
    let (url, navigate) = (use_url(), use_navigate());
    // The router updates the address bar once it is told that the page is ready. Its own table of routes would
    // do that.
    let address = use_context::<BrowserUrl>();
    effect(move || {
        let shown = url.get();
        if let Some(address) = &address {
            address.ready_to_complete();
        }
        // This runs after the router's update, and only if the person has not navigated meanwhile.
        spawn_local(async move {
            if url.get_untracked() == shown && BrowserUrl::current().is_ok_and(|address| address != shown) {
                push_history(&shown);
            }
        });
    });
    // The folder itself and the sign-in page lead to the inbox.
    let entrance = memo(move || here.get() == Some(Page::SignIn) || segment.with(|segment| segment.as_deref() == Some("")));
    effect(move || {
        if entrance.get() {
            navigate(&format!("/{}", Page::Inbox.segment()), NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    let open = move |page: Option<Page>| {
        // A page's URL no longer changes once another page is open.
        let own = ArcRwSignal::new(url.get_untracked());
        provide_context::<ArcRwSignal<Url>>(own.clone());
        effect(move || {
            let now = url.get();
            if here.get_untracked() == page {
                own.maybe_update(|own| {
                    let other = *own != now;
                    *own = now;
                    other
                });
            }
        });
        OwnedView::new(pages::view(page)).into_any()
    };
    // Each page has its own owner, so that its contexts do not reach the next page.
    move || if entrance.get() { ().into_any() } else { Owner::new().with(|| open(here.get())) }
}

/// Pushes an address that the router left out. After steps back and forward, the router's last known address
/// may equal the new one, and it then assumes that it is shown already.
fn push_history(url: &Url) {
    let query = if url.search().is_empty() { String::new() } else { format!("?{}", url.search()) };
    let address = format!("{}{query}{}", url.path(), url.hash());
    if let Ok(history) = window().history() {
        // An address of the same origin is always accepted.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Moves the focus to a new page, so that screen readers announce it.
fn focus_on_page_change(here: Memo<Option<Page>>) {
    Effect::new(move |before: Option<Option<Page>>| {
        let now = here.get();
        if before.is_some_and(|before| before != now) {
            focus::to_content();
        }
        now
    });
}
