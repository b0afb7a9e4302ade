//! Says that something could not be loaded, with a button that tries again.

use leptos::prelude::*;

use super::icon::Icon;
use crate::i18n::t;

/// The message and the button.
#[component]
pub fn LoadErrorView(
    /// The reason.
    text: String,
    /// Called when the person tries again.
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="blank" role="alert">
            {Icon::Offline.view()} <strong>{text}</strong>
            <button class="quiet" type="button" on:click=move |_| on_retry.run(())>
                {t::try_again()}
            </button>
        </div>
    }
}
