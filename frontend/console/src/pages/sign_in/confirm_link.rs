//! Asks before a sign-in link ends another person's session.

use campanile_shared::SignIn;
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use crate::{
    components::icon::Icon,
    i18n::t,
    lazy::view::lazy_view,
    reactive::effect,
    state::{Session, State, Toast, session::PendingLinkSignIn},
};

lazy_view! {
    /// The dialog, loaded on demand.
    after_first_paint::load_confirm_link: LazyConfirmLink() = ConfirmLink()
}

/// Asks which person to use.
#[component]
pub fn ConfirmLink() -> impl IntoView {
    let state = State::expect();
    let asked = state.session.with_untracked(|session| match session {
        Session::ConfirmingLink(asked) => Some((**asked).clone()),
        _ => None,
    });
    let PendingLinkSignIn { name, other, link } = asked?;
    let busy = RwSignal::new(false);
    let cancel_button = NodeRef::<html::Button>::new();
    effect(move || {
        if let Some(stay) = cancel_button.get() {
            // The button may have left the page; then nothing is focused.
            let _ = stay.focus();
        }
    });
    let claim = move || !busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true);
    let confirm = move |event: SubmitEvent| {
        event.prevent_default();
        if !claim() {
            return;
        }
        let link = link.clone();
        spawn_local(async move {
            match state.sign_in(SignIn::Link { link }).await {
                Ok(()) => {}
                // The link was used meanwhile; the current session continues.
                Err(error) if error.status() == Some(401) => {
                    state.start().await;
                    state.toast.set(Some(Toast { text: t::sign_in_link_used(), undo: None, failed: true }));
                }
                Err(error) => state.show_link_error(error),
            }
        });
    };
    let cancel = move |_| {
        if claim() {
            spawn_local(async move { state.start().await });
        }
    };
    Some(view! {
        <main class="sign-in">
            <form on:submit=confirm aria-labelledby="replace-title" aria-describedby="replace-text">
                <div class="sign-in-brand">{Icon::Tower.view()} {t::app_name()}</div>
                <h1 id="replace-title">{t::sign_in_replace()}</h1>
                <p id="replace-text" class="sign-in-question" dir="auto">
                    {t::sign_in_replace_text(&name, &other)}
                </p>
                <div class="sign-in-answers">
                    <button class="primary" aria-disabled=move || busy.get().to_string()>
                        {t::sign_in_replace_yes()}
                    </button>
                    <button node_ref=cancel_button type="button" class="quiet" on:click=cancel>
                        {t::cancel()}
                    </button>
                </div>
            </form>
        </main>
    })
}
