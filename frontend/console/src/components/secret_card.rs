//! A card that shows a secret once, with a button to copy it.

use campanile_shared::Severity;
use leptos::{prelude::*, task::spawn_local};

use super::icon::Icon;
use crate::{
    clipboard,
    i18n::t,
    state::{State, Toast},
};

/// The secret and its texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Secret {
    /// The title.
    pub title: String,
    /// The hint.
    pub hint: String,
    /// The secret.
    pub text: String,
}

/// The card; empty without a secret.
#[component]
pub fn SecretCard(
    /// The secret. Closing the card clears it.
    secret: RwSignal<Option<Secret>>,
) -> impl IntoView {
    let state = State::expect();
    let copy = move |text: String| {
        spawn_local(async move {
            let copied = clipboard::write(&text).await;
            let text = if copied { t::copied() } else { t::compose_not_copied() };
            state.toast.set(Some(Toast { text, undo: None, failed: !copied }));
        });
    };
    move || {
        secret.get().map(|Secret { title, hint, text }| {
            let to_copy = text.clone();
            view! {
                <section class="card secret" aria-labelledby="secret-title" data-takes-focus>
                    <h3 id="secret-title">
                        <span class="success">{Icon::Severity(Severity::Success).view()}</span>
                        <bdi>{title}</bdi>
                    </h3>
                    <p id="secret-hint">{hint}</p>
                    <div class="secret-line">
                        <input
                            type="text"
                            readonly
                            dir="ltr"
                            spellcheck="false"
                            autocomplete="off"
                            aria-labelledby="secret-title"
                            aria-describedby="secret-hint"
                            prop:value=text
                            // It can be copied by hand if the page may not use the clipboard.
                            on:focus:target=|event| event.target().select()
                        />
                        <button type="button" class="primary" on:click=move |_| copy(to_copy.clone())>
                            {t::copy()}
                        </button>
                        <button type="button" class="quiet" on:click=move |_| secret.set(None)>
                            {t::close()}
                        </button>
                    </div>
                </section>
            }
        })
    }
}
