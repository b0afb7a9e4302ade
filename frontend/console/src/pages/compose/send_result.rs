//! The result of sending: sent, scheduled or failed.

use campanile_shared::{Channel, Receipt, SendRequest, Severity};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, task::spawn_local};

use super::{
    idempotency::IdempotentRequest,
    local_draft::{LocalDraft, LocalDraftStore},
};
use crate::{
    api::{Error, Result},
    components::{focus, icon::Icon},
    error_text,
    i18n::{format, t},
    page::{Page, sent_item_href},
    state::{State, Toast},
};

/// A notification that was sent or scheduled.
#[derive(Clone)]
pub struct SendResult {
    id: uuid::Uuid,
    channel: Channel,
    /// How many people or addresses it goes to.
    recipients: u32,
    /// When it is sent; `None` if it was sent at once.
    scheduled_at: Option<DateTime<Utc>>,
}

impl SendResult {
    /// The result of a send request to this many people or addresses.
    pub fn new(draft: &SendRequest, recipients: u32, receipt: &Receipt) -> Self {
        Self { id: receipt.id, channel: draft.channel, recipients, scheduled_at: receipt.not_before }
    }

    /// The result in one sentence.
    fn text(&self) -> String {
        match (&self.scheduled_at, self.channel) {
            (Some(at), _) => t::compose_scheduled(&format::date_time(format::epoch_millis(at))),
            (None, Channel::Portal) => t::compose_sent_to(self.recipients),
            (None, Channel::Email) => t::compose_sent_mails(self.recipients),
            (None, Channel::Http) => t::compose_sent_post(),
        }
    }
}

/// Says that it was sent, with links to continue.
pub fn success_view(sent: &SendResult, outcome: RwSignal<Option<SendResult>>) -> impl IntoView + use<> {
    let (hint, shown) = match (&sent.scheduled_at, sent.channel) {
        (Some(_), _) => (t::compose_scheduled_hint(), Page::Sent.href()),
        (None, Channel::Portal) => (t::compose_sent_hint(), sent_item_href(sent.id)),
        (None, _) => (t::compose_sent_out_hint(), sent_item_href(sent.id)),
    };
    let another = move |_| {
        outcome.set(None);
        focus::to("channel".to_owned());
    };
    view! {
        <div class="blank compose-sent">
            <span class="success">{Icon::Severity(Severity::Success).view()}</span>
            <h1 id="compose-sent" tabindex="-1">
                {sent.text()}
            </h1>
            <p>{hint}</p>
            <div class="compose-sent-next">
                <a class="primary" href=shown>
                    {t::compose_sent_show()}
                </a>
                <button type="button" class="quiet" on:click=another>
                    {t::compose_sent_another()}
                </button>
            </div>
        </div>
    }
}

/// Handles an answer that comes after the page was left.
pub fn finish_in_background(
    state: State,
    keeper: &LocalDraftStore,
    attempt: &IdempotentRequest,
    (draft, many): (&SendRequest, u32),
    answer: Result<Receipt>,
) {
    match answer {
        Ok(stored) => {
            // It was sent: the stored content must be removed, or it could be sent again.
            if keeper.load().is_some_and(|kept| kept.attempt.as_ref() == Some(attempt)) {
                let draft = keeper.load().and_then(|kept| kept.server_id);
                keeper.save(&LocalDraft::default());
                if let Some(draft) = draft {
                    spawn_local(async move {
                        // On an error the draft stays, and the person can discard it.
                        let _ = state.delete_draft(draft).await;
                    });
                }
            }
            let outcome = SendResult::new(draft, many, &stored);
            state.toast.set(Some(Toast { text: outcome.text(), undo: None, failed: false }));
        }
        Err(error) => state.toast.set(Some(Toast { text: send_error_text(&error), undo: None, failed: true })),
    }
}

/// The text of a failed send. Only a clear refusal means that nothing was sent.
pub fn send_error_text(error: &Error) -> String {
    match error.status() {
        Some(409) => t::compose_failed(&t::compose_in_progress()),
        Some(429) => t::compose_refused(&t::compose_too_many()),
        Some(507) => t::compose_refused(&t::compose_full()),
        Some(400..500) => t::compose_refused(&error_text::explain(error)),
        _ => t::compose_failed(&error_text::explain(error)),
    }
}
