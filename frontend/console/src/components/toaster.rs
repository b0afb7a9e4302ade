//! The message at the bottom of the page. It disappears after ten seconds without hover or focus. Screen
//! readers announce it.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{icon::Icon, shortcuts::is_free};
use crate::{i18n::t, reactive::effect, state::State};

const DISPLAY_TIME: Duration = Duration::from_secs(10);

/// The live region. It must exist before its text, or screen readers do not announce the text.
#[component]
pub fn Toaster(
    /// The function that creates the message, once it is loaded.
    message: RwSignal<Option<fn() -> AnyView>>,
) -> impl IntoView {
    view! {
        <div class="toaster" role="status" aria-live="polite">
            {move || message.get().map(|message| message())}
        </div>
    }
}

/// Whether a key press means undo: `z`, or Ctrl+Z outside of fields. It also does in the bell's panel.
fn is_undo(event: &ev::KeyboardEvent) -> bool {
    let fields = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog";
    matches!(event.key().as_str(), "z" | "Z") && !event.shift_key() && !event.alt_key() && is_free(event, fields)
}

/// The message.
#[component]
pub fn ToastMessage() -> impl IntoView {
    let state = State::expect();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let hold = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let release = move || {
        hold();
        let ended = move || {
            state.toast.try_set(None);
        };
        timer.set_value(set_timeout_with_handle(ended, DISPLAY_TIME).ok());
    };
    effect(move || if state.toast.with(Option::is_some) { release() } else { hold() });
    on_cleanup(hold);
    let keys = window_event_listener(ev::keydown, move |event| {
        if is_undo(&event) && state.toast.with_untracked(|toast| toast.as_ref().is_some_and(|toast| toast.undo.is_some())) {
            event.prevent_default();
            state.undo();
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        {move || {
            let toast = state.toast.get()?;
            let undo = toast.undo.is_some();
            Some(
                view! {
                    <div
                        class="toast"
                        class:failed=toast.failed
                        on:pointerenter=move |_| hold()
                        on:pointerleave=move |_| release()
                        on:focusin=move |_| hold()
                        on:focusout=move |_| release()
                    >
                        <span>{toast.text}</span>
                        {undo
                            .then(|| {
                                view! {
                                    <button type="button" aria-keyshortcuts="z Control+z" on:click=move |_| state.undo()>
                                        {t::undo()}
                                    </button>
                                }
                            })}
                        <button class="toast-close" type="button" aria-label=t::close() on:click=move |_| state.toast.set(None)>
                            {Icon::Cross.view()}
                        </button>
                    </div>
                },
            )
        }}
    }
}
