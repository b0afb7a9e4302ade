//! Notices that another tab of this browser signed in or out. The tabs share the session's cookie.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::state::{State, session};

/// Starts to watch the other tabs.
pub fn heed(state: State) {
    let listener = window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(session::STORED) {
            spawn_local(async move {
                // `is_still_signed_in` shows the result itself.
                state.is_still_signed_in().await;
            });
        }
    });
    on_cleanup(move || listener.remove());
}
