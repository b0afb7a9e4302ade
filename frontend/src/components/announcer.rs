//! Tells those who listen to the page, once in a while and without interrupting, how much is
//! unread after something arrived.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::bell;
use crate::{reactive::effect, state::State};

/// A storm of arrivals is told once, when it is over.
const PAUSE: Duration = Duration::from_secs(2);

/// The region that is read out.
#[component]
pub fn Announcer() -> impl IntoView {
    let state = State::expect();
    let said = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let hold = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    effect(move || {
        if state.arrived.with(Option::is_none) {
            return;
        }
        hold();
        let say = move || {
            said.try_set(bell::name(state.tally.with_untracked(|tally| tally.counts().unread)));
        };
        timer.set_value(set_timeout_with_handle(say, PAUSE).ok());
    });
    on_cleanup(hold);
    view! {
        <p class="visually-hidden" role="status">
            {said}
        </p>
    }
}
