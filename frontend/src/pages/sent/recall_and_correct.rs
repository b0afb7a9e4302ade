//! Recalls a notification, and corrects its text.

use std::sync::Arc;

use campanile_shared::{
    Channel, Content,
    send_request::ContentInput,
    sent::{Correction, SentNotification as Notification},
    text,
};
use leptos::{ev::SubmitEvent, html, prelude::*, reactive::spawn_local_scoped_with_cancellation, task::spawn_local};
use uuid::Uuid;

use crate::{
    components::{
        confirm_dialog::{ConfirmDialog, Confirmation},
        focus,
        form_error::FormError,
        icon::Icon,
        submission::Submission,
        text_field::TextField,
    },
    i18n::{format, t},
    state::{State, Toast},
};

/// The texts of a recall, depending on the channel.
#[derive(Clone)]
struct RecallTexts {
    /// The button's label.
    button_text: String,
    /// The question in the dialog.
    question: String,
    /// The consequence, in the dialog.
    consequence: String,
    /// The message after the recall.
    done: String,
}

/// A notification can be recalled from the portal. Emails and HTTP requests that were sent cannot; only pending
/// deliveries are stopped.
fn recall_texts(channel: Channel, title: &str) -> RecallTexts {
    let stop = |follows| RecallTexts {
        button_text: t::sent_stop(),
        question: t::sent_stop_ask(title),
        consequence: follows,
        done: t::sent_stopped_done(),
    };
    match channel {
        Channel::Portal => RecallTexts {
            button_text: t::sent_recall(),
            question: t::sent_recall_ask(title),
            consequence: t::sent_recall_text(),
            done: t::sent_recalled_done(),
        },
        Channel::Email => stop(t::sent_stop_mails()),
        Channel::Http => stop(t::sent_stop_request()),
    }
}

/// The status of a recalled notification.
pub fn recalled_text(channel: Channel) -> String {
    if channel == Channel::Portal { t::sent_recalled() } else { t::sent_stopped() }
}

/// The same with the person who recalled it, if known.
pub fn recalled_by_text(channel: Channel, by: Option<&str>) -> String {
    match by.map(text::one_line) {
        None => recalled_text(channel),
        Some(name) if channel == Channel::Portal => t::sent_recalled_by(&name),
        Some(name) => t::sent_stopped_by(&name),
    }
}

/// The status of a corrected notification, with the person who corrected it, if known.
pub fn corrected_by_text(by: Option<&str>) -> String {
    by.map_or_else(t::sent_corrected, |name| t::sent_corrected_by(&text::one_line(name)))
}

/// The buttons, and the correction form while it is open. A recalled notification has neither.
#[component]
pub fn RecallAndCorrect(
    /// The notification.
    sent: Arc<Notification>,
    /// Called with the notification after a change.
    on_revised: Callback<Notification>,
) -> impl IntoView {
    let state = State::expect();
    let correcting = RwSignal::new(false);
    let question = RwSignal::new(None::<Confirmation<Uuid>>);
    let in_portal = sent.channel == Channel::Portal;
    let id = sent.id;
    let title =
        super::in_console_language(&sent.content).map(|content| text::excerpt(&text::one_line(&content.title), 120)).unwrap_or_default();
    let words = recall_texts(sent.channel, &title);
    let (offer, done_now) = (words.button_text.clone(), words.done.clone());
    let ask = move |_| {
        let RecallTexts { question: title, consequence, button_text, .. } = words.clone();
        question.set(Some(Confirmation { subject: id, title, text: consequence, confirm_label: button_text }));
    };
    let recall = move |id: Uuid| {
        let done_now = done_now.clone();
        // The recall continues even if the page is left meanwhile.
        spawn_local(async move {
            match state.recall(id).await {
                Ok(sent) => {
                    state.show_message(done_now);
                    on_revised.try_run(sent);
                    focus::to_content_if_lost();
                }
                Err(error) => state.show_error(&error),
            }
        });
    };
    let content = StoredValue::new(sent.content.clone());
    let done = move |sent: Notification| {
        correcting.set(false);
        on_revised.run(sent);
        focus::to_content_if_lost();
    };
    let correct_button = NodeRef::<html::Button>::new();
    let cancel = move |()| {
        correcting.set(false);
        // The button exists as long as the form does.
        let _ = correct_button.get_untracked().map(|opener| opener.focus());
    };
    sent.recalled_at.is_none().then(|| {
        view! {
            <div class="sent-actions">
                {in_portal
                    .then(|| {
                        view! {
                            <button
                                node_ref=correct_button
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
                <button type="button" class="quiet" on:click=ask>
                    {Icon::Undo.view()}
                    {offer}
                </button>
            </div>
            <Show when=move || correcting.get()>
                <CorrectionForm id content=content.get_value() on_done=Callback::new(done) on_cancel=Callback::new(cancel)/>
            </Show>
            <ConfirmDialog id="recall" question on_yes=Callback::new(recall)/>
        }
    })
}

/// The form for the corrected text.
#[component]
fn CorrectionForm(
    /// The notification's ID.
    id: Uuid,
    /// The current text.
    content: Vec<Content>,
    /// Called with the corrected notification.
    on_done: Callback<Notification>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let state = State::expect();
    let form = Submission::new();
    focus::to("correct-title-0".to_owned());
    let drafts: Vec<ContentInput> = content
        .into_iter()
        .map(|content| ContentInput {
            language: content.language.to_string(),
            title: content.title,
            description: content.description,
            link: content.link.map(|link| link.to_string()),
        })
        .collect();
    let languages: Vec<String> = drafts.iter().map(|draft| draft.language.clone()).collect();
    let drafts = RwSignal::new(drafts);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let mut content = drafts.get_untracked();
        for one in &mut content {
            one.link = one.link.take().filter(|link| !link.trim().is_empty());
        }
        if form.begin(Vec::new()) {
            spawn_local_scoped_with_cancellation(async move {
                let answer = state.correct(id, &Correction { content }).await;
                if answer.as_ref().err().and_then(crate::api::Error::status) == Some(404) {
                    state.toast.set(Some(Toast { text: t::sent_correct_late(), undo: None, failed: true }));
                }
                if let Some(sent) = form.end(answer, t::compose_fault_malformed) {
                    state.show_message(t::sent_corrected_done());
                    on_done.run(sent);
                }
            });
        }
    };
    let one = move |(at, language): (usize, String)| {
        let field = move |read: fn(&ContentInput) -> String| {
            Signal::derive(move || drafts.with(|drafts| drafts.get(at).map(read).unwrap_or_default()))
        };
        let write = move |write: fn(&mut ContentInput, String)| {
            Callback::new(move |text| {
                drafts.update(|drafts| {
                    if let Some(draft) = drafts.get_mut(at) {
                        write(draft, text);
                    }
                });
            })
        };
        let name = language.parse().map_or_else(|_| language.clone(), |tag| format::language_name(&tag));
        view! {
            <fieldset class="sent-correction-language">
                <legend>{name}</legend>
                <TextField
                    id=format!("correct-title-{at}")
                    label=t::compose_title()
                    language=language.clone()
                    required=true
                    value=field(|draft| draft.title.clone())
                    on_input=write(|draft, text| draft.title = text)
                    fault=form.field_error(format!("/content/{at}/title"))
                />
                <TextField
                    id=format!("correct-text-{at}")
                    label=t::compose_description()
                    language=language
                    block=true
                    value=field(|draft| draft.description.clone())
                    on_input=write(|draft, text| draft.description = text)
                    fault=form.field_error(format!("/content/{at}/description"))
                />
                <TextField
                    id=format!("correct-link-{at}")
                    label=t::compose_link()
                    kind="url"
                    value=field(|draft| draft.link.clone().unwrap_or_default())
                    on_input=write(|draft, text| draft.link = Some(text))
                    fault=form.field_error(format!("/content/{at}/link"))
                />
            </fieldset>
        }
    };
    view! {
        <form class="card sent-correction" novalidate aria-label=t::sent_correct() on:submit=submit>
            <p class="report-note">{t::sent_correct_hint()}</p>
            {languages.into_iter().enumerate().map(one).collect_view()}
            <FormError error=form.error/>
            <div class="sent-actions">
                <button class="primary" aria-disabled=move || form.busy.get().to_string()>
                    {t::sent_correct()}
                </button>
                <button type="button" class="quiet" on:click=move |_| on_cancel.run(())>
                    {t::cancel()}
                </button>
            </div>
        </form>
    }
}
