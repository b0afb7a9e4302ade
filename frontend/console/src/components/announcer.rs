//! Tells screen readers how many items are unread after items arrive, without interrupting them.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::bell;
use crate::{reactive::effect, state::State};

/// The wait after the last arrival, so that a storm of items is announced once.
const DEBOUNCE: Duration = Duration::from_secs(2);

/// The live region.
#[component]
pub fn Announcer() -> impl IntoView {
    let state = State::expect();
    let announcement = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let hold = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    effect(move || {
        if state.last_arrival.with(Option::is_none) {
            return;
        }
        hold();
        let say = move || {
            announcement.try_set(bell::unread_label(state.counts.with_untracked(|counts| counts.counts().unread)));
        };
        timer.set_value(set_timeout_with_handle(say, DEBOUNCE).ok());
    });
    on_cleanup(hold);
    view! {
        <p class="visually-hidden" role="status">
            {announcement}
        </p>
    }
}
