//! Shows the page that the URL names, and keeps the address bar in step.

use leptos::{prelude::*, tachys::reactive_graph::OwnedView, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_url},
    location::{BrowserUrl, LocationProvider, Url},
};
use wasm_bindgen::JsValue;

use crate::{
    page::Page,
    pages,
    reactive::{effect, memo},
};

/// The current page. The router only provides the URL and the links. Each page is one path segment, so a table
/// of routes is not needed; it would be as large as the inbox.
#[component]
pub fn PageOutlet(
    /// The path below the console's folder; `None` for a URL outside it.
    segment: Memo<Option<String>>,
    /// The page that it names.
    here: Memo<Option<Page>>,
) -> impl IntoView {
    let (url, navigate) = (use_url(), use_navigate());
    // The router updates the address bar once it learns that the page is ready. Its own table of routes would
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
