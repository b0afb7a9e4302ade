//! The message at the bottom of the page. It disappears after ten seconds without hover or focus. Screen
//! readers announce it.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{focus, icon::Icon};
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
    // The clicked button is removed. Keyboard users continue in the page's content.
    let leave = move |undo: bool| {
        if undo {
            state.undo()
        } else {
            state.toast.set(None)
        }
        focus::to_content_if_lost();
    };
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
                                    <button type="button" on:click=move |_| leave(true)>
                                        {t::undo()}
                                    </button>
                                }
                            })}
                        <button class="toast-close" type="button" aria-label=t::close() on:click=move |_| leave(false)>
                            {Icon::Cross.view()}
                        </button>
                    </div>
                },
            )
        }}
    }
}
