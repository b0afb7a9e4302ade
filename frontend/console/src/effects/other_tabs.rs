//! Notices that another tab of this browser signed in or out. The tabs share the session's cookie.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::state::{State, session};

/// Starts to watch the other tabs.
pub fn watch(state: State) {
    let listener = window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(session::STORAGE_KEY) {
            spawn_local(async move {
                // `recheck_session` shows the result itself.
                state.recheck_session().await;
            });
        }
    });
    on_cleanup(move || listener.remove());
}
