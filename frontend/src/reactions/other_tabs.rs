//! Notices that another tab of this browser signed in or out: the tabs share the session's cookie.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::state::{State, session};

/// Begins to heed the other tabs.
pub fn heed(state: State) {
    let listener = window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(session::STORED) {
            spawn_local(async move {
                // What changed is shown by whoever asked.
                state.is_still_signed_in().await;
            });
        }
    });
    on_cleanup(move || listener.remove());
}
