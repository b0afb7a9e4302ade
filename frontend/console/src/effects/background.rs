//! Work that starts after the first page is shown: the live connection, the tab's icon, desktop notifications,
//! the focus, keys in lists, and toasts.

use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};

use super::{badge, desktop, focus_keeper, list_keys, other_tabs};
use crate::{
    components::toaster,
    desktop::display,
    lazy::{lazy, retry_until_loaded},
    state::State,
};

lazy! {
    /// Starts the work outside the page's content. Returns the function that creates the toasts.
    after_first_paint::load_background: fn(State, display::OpenItem) -> fn() -> AnyView = |state, open| {
        state.connect_live();
        other_tabs::watch(state);
        badge::start(state);
        desktop::start(state, open);
        focus_keeper::start();
        list_keys::start();
        || toaster::ToastMessage().into_any()
    }
}

/// Loads and starts the work outside the page's content: the live connection, the tab's icon, desktop
/// notifications, the focus, keys in lists, and toasts. `open` shows an item, or the inbox. `message` receives the function that creates
/// the toasts.
pub fn start_background(state: State, open: display::OpenItem, message: RwSignal<Option<fn() -> AnyView>>) {
    spawn_local_scoped_with_cancellation(async move {
        message.set(Some(retry_until_loaded(load_background).await(state, open)));
    });
}
