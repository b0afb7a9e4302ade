//! Submits the form: validates it, asks before it goes to many people, and sends it exactly once.

use campanile_shared::{Channel, SendRequest};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation, task::spawn_local};

use super::{
    audience_size::{AudienceSize, destination_count},
    confirm_send::{CONFIRM_ABOVE, SendConfirmation},
    draft_storage::DraftStorage,
    idempotency::IdempotentRequest,
    send_result::{SendResult, finish_in_background, send_error_text},
};
use crate::{
    api::Error,
    components::focus,
    i18n::{format, t},
    random_uuid::random_uuid,
    state::State,
};

/// The submission of the form. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct FormSubmission {
    /// Whether a request is in progress.
    pub busy: RwSignal<bool>,
    /// Why the form was not sent, unless the error belongs to a field.
    pub error: RwSignal<Option<String>>,
    /// What is asked before it goes to many people.
    pub confirmation: RwSignal<Option<SendConfirmation>>,
    /// What was sent last.
    pub result: RwSignal<Option<SendResult>>,
    /// The size of the audience.
    pub size: RwSignal<AudienceSize>,
    state: State,
    storage: DraftStorage,
}

impl FormSubmission {
    /// A form that was not submitted.
    pub fn new(storage: DraftStorage, size: RwSignal<AudienceSize>) -> Self {
        Self {
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            confirmation: RwSignal::new(None),
            result: RwSignal::new(None),
            size,
            state: State::expect(),
            storage,
        }
    }

    fn show_refusal(self, draft: SendRequest, error: &Error) {
        match error {
            Error::Refused(problem) if !problem.errors.is_empty() => self.storage.form.show_server_errors(draft, problem.errors.clone()),
            _ => self.error.set(Some(send_error_text(error))),
        }
    }

    /// Sends the content.
    pub fn send(self) {
        let Self { state, storage, size, busy, error, result, .. } = self;
        let draft = storage.form.request.get_untracked();
        let many = size.with_untracked(|size| size.destination_count(draft.channel)).unwrap_or_default();
        let now = IdempotentRequest::for_request(storage.attempt.get_untracked().as_ref(), &draft, random_uuid);
        let local_store = storage.local_store();
        storage.attempt.set(Some(now.clone()));
        busy.set(true);
        error.set(None);
        // The answer is handled even if the page is left meanwhile.
        spawn_local(async move {
            let answer = state.send_notification(&draft, now.key).await;
            if busy.try_set(false).is_some() {
                finish_in_background(state, &local_store, &now, (&draft, many), answer);
                return;
            }
            match answer {
                Ok(stored) => {
                    storage.clear();
                    result.set(Some(SendResult::new(&draft, many, &stored)));
                    focus::to("compose-sent".to_owned());
                }
                Err(error) => self.show_refusal(draft, &error),
            }
        });
    }

    /// Sends the content if it is valid. Asks before it goes to many people.
    pub fn submit(self) {
        let Self { state, size, busy, error, confirmation, .. } = self;
        if busy.get_untracked() {
            return;
        }
        error.set(None);
        let Some(draft) = self.storage.form.validate() else { return };
        if draft.channel == Channel::Http {
            return self.send();
        }
        busy.set(true);
        spawn_local_scoped_with_cancellation(async move {
            // The audience is fetched again, because it may have changed since the number was shown.
            let audience = state.audience(&draft.to).await;
            busy.set(false);
            let summary = match audience {
                Ok(summary) => summary,
                Err(error) => return self.show_refusal(draft, &error),
            };
            let (people, many) = (summary.people, destination_count(&summary, draft.channel));
            size.set(AudienceSize::Known(summary));
            if many == 0 {
                error.set(Some(if people == 0 { t::compose_no_recipients() } else { t::compose_no_address() }));
            } else if many > CONFIRM_ABOVE {
                let title = draft.content.first().map(|content| content.title.clone()).unwrap_or_default();
                confirmation.set(Some(SendConfirmation { channel: draft.channel, count: many, scheduled: is_scheduled(&draft), title }));
            } else {
                self.send();
            }
        });
    }
}

/// Whether the send request is scheduled for a later time.
pub fn is_scheduled(draft: &SendRequest) -> bool {
    draft.not_before.is_some_and(|at| at > format::now_utc())
}
