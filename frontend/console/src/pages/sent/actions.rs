//! The actions on a sent notification: recall and correct.

use std::sync::Arc;

use campanile_shared::{Channel, sent::SentNotification as Notification, text};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{
    content_language::in_console_language,
    correction::CorrectionForm,
    keys::RecallRequest,
    recall::{RecallTexts, recall_texts},
};
use crate::{
    components::{
        confirm_dialog::{ConfirmDialog, Confirmation},
        icon::Icon,
    },
    i18n::t,
    reactive::effect,
    state::State,
};

/// The buttons, and the correction form while it is open. A recalled notification has neither.
#[component]
pub fn SentActions(
    /// The notification.
    sent: Arc<Notification>,
    /// Called with the notification after a change.
    on_revised: Callback<Notification>,
) -> impl IntoView {
    let state = State::expect();
    let correcting = RwSignal::new(false);
    let confirmation = RwSignal::new(None::<Confirmation<Uuid>>);
    let in_portal = sent.channel == Channel::Portal;
    let id = sent.id;
    let title = in_console_language(&sent.content).map(|content| text::excerpt(&text::one_line(&content.title), 120)).unwrap_or_default();
    let words = recall_texts(sent.channel, &title);
    let (icon, offer, done_now) = (words.icon, words.button_text.clone(), words.done.clone());
    let ask = move || {
        let RecallTexts { confirmation: title, consequence, button_text, .. } = words.clone();
        confirmation.set(Some(Confirmation { subject: id, title, text: consequence, confirm_label: button_text }));
    };
    if let (Some(RecallRequest(request)), None) = (use_context(), sent.recalled_at) {
        let ask = ask.clone();
        effect(move || {
            if request.get() == Some(id) {
                request.set(None);
                ask();
            }
        });
    }
    let recall = move |id: Uuid| {
        let done_now = done_now.clone();
        // The recall continues even if the page is left meanwhile.
        spawn_local(async move {
            match state.recall(id).await {
                Ok(sent) => {
                    state.show_message(done_now);
                    on_revised.try_run(sent);
                }
                Err(error) => state.show_error(&error),
            }
        });
    };
    let content = StoredValue::new(sent.content.clone());
    let done = move |sent: Notification| {
        correcting.set(false);
        on_revised.run(sent);
    };
    sent.recalled_at.is_none().then(|| {
        view! {
            <div class="sent-actions">
                {in_portal
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="quiet"
                                aria-expanded=move || correcting.get().to_string()
                                on:click=move |_| correcting.update(|on| *on = !*on)
                            >
                                {Icon::Pencil.view()}
                                {t::sent_correct()}
                            </button>
                        }
                    })}
                <button type="button" class="quiet" aria-keyshortcuts="e" on:click=move |_| ask()>
                    {icon.view()}
                    {offer}
                </button>
            </div>
            <Show when=move || correcting.get()>
                <CorrectionForm id content=content.get_value() on_done=Callback::new(done) on_cancel=Callback::new(move |()| correcting.set(false))/>
            </Show>
            <ConfirmDialog id="recall" confirmation on_confirm=Callback::new(recall)/>
        }
    })
}
