//! The keyboard shortcuts of the page “Sent”. The keys that move through the list are in `effects/list_keys.rs`.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use uuid::Uuid;

use crate::{
    components::shortcuts::is_page_shortcut,
    page::{Page, sent_item_href},
};

/// The notification that the person wants to recall by a key. Its detail asks for confirmation.
#[derive(Clone, Copy)]
pub struct RecallRequest(pub RwSignal<Option<Uuid>>);

/// Handles `e`, which recalls the notification of the focused row or the opened one, and Escape, which closes the
/// opened one. Provides the [`RecallRequest`].
pub fn handle_keys(open: Memo<Option<Uuid>>) {
    let request = RwSignal::new(None);
    provide_context(RecallRequest(request));
    let navigate = use_navigate();
    let keys = window_event_listener(ev::keydown, move |event| {
        if !is_page_shortcut(&event) {
            return;
        }
        let target = match event.key().as_str() {
            "Escape" => open.get_untracked().map(|_| format!("/{}", Page::Sent.segment())),
            "e" => focused_item().or(open.get_untracked()).map(|id| {
                request.set(Some(id));
                sent_item_href(id).trim_start_matches('.').to_owned()
            }),
            _ => None,
        };
        if let Some(target) = target {
            event.prevent_default();
            navigate(&target, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    });
    on_cleanup(move || keys.remove());
}

/// The notification of the row that has the focus.
fn focused_item() -> Option<Uuid> {
    let row = document().active_element()?.closest(".sent-row[data-item]").ok().flatten()?;
    row.get_attribute("data-item")?.parse().ok()
}
