//! The foot of the form: its errors, the buttons that send it, and where it is stored.

use campanile_shared::{Channel, Me, Severity};
use leptos::prelude::*;

use super::{
    draft_storage::{DraftStatus, DraftStorage},
    field_errors::FormError,
    submit::{FormSubmission, is_scheduled},
    test_send,
};
use crate::{
    components::icon::Icon,
    i18n::{format, t},
    state::State,
};

/// The keys that submit the form, as they are written on this computer's keyboard.
fn submit_keys() -> &'static str {
    let apple = window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"));
    if apple { "⌘+Enter" } else { "Ctrl+Enter" }
}

/// The foot.
#[component]
pub fn FormFooter(
    /// The stored form.
    storage: DraftStorage,
    /// The form's submission.
    submission: FormSubmission,
    /// Whether the form is for an HTTP request, which cannot be tested.
    is_http: Memo<bool>,
    /// The author.
    me: StoredValue<Me>,
) -> impl IntoView {
    let state = State::expect();
    let (form, size) = (storage.form, submission.size);
    let error_summary = move || {
        let errors = form.errors.get();
        let count = format::saturating_u32(errors.len());
        let unplaced = errors.into_iter().filter(|error| error.field.is_none()).map(|FormError { text, .. }| text);
        let failed = submission.error.get();
        let messages: Vec<String> = (count > 0).then(|| t::compose_errors(count)).into_iter().chain(unplaced).chain(failed).collect();
        (!messages.is_empty()).then(|| {
            let messages = messages.into_iter().map(|message| view! { <span>{message}</span> }).collect_view();
            view! { {Icon::Severity(Severity::Error).view()} <span class="compose-failure-lines">{messages}</span> }
        })
    };
    let send_label = move || {
        let (channel, later) = form.request.with(|draft| (draft.channel, is_scheduled(draft)));
        match size.with(|size| size.destination_count(channel)) {
            _ if later => t::compose_schedule(),
            _ if channel == Channel::Http => t::compose_send_post(),
            Some(mails) if channel == Channel::Email && mails > 0 => t::compose_send_mails(mails),
            Some(people) if people > 0 => t::compose_send_to(people),
            _ => t::compose_send(),
        }
    };
    let discard = move |()| {
        submission.error.set(None);
        storage.discard();
    };
    view! {
        <div class="compose-foot">
            <p class="field-error compose-failure" role="alert">
                {error_summary}
            </p>
            <div class="compose-send">
                <button
                    class="primary"
                    title=submit_keys()
                    aria-keyshortcuts="Control+Enter Meta+Enter"
                    aria-disabled=move || submission.busy.get().to_string()
                >
                    {Icon::Plane.view()}
                    <span>{send_label}</span>
                </button>
                <button
                    type="button"
                    class="quiet"
                    hidden=is_http
                    on:click=move |_| me.with_value(|me| test_send::send_test(state, form, me))
                >
                    {t::compose_test()}
                </button>
                <div class="compose-note" role="status">
                    <DraftStatus storage on_discard=Callback::new(discard)/>
                </div>
            </div>
        </div>
    }
}
