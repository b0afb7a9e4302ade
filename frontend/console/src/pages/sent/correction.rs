//! The form that corrects the text of a sent notification.

use campanile_shared::{
    Content,
    send_request::ContentInput,
    sent::{Correction, SentNotification as Notification},
    text,
};
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation};
use uuid::Uuid;

use crate::{
    components::{form_error::FormError, submission::Submission, text_field::TextField},
    i18n::{format, t},
    state::{State, Toast},
};

/// The status of a corrected notification, with the person who corrected it, if known.
pub fn corrected_by_text(by: Option<&str>) -> String {
    by.map_or_else(t::sent_corrected, |name| t::sent_corrected_by(&text::one_line(name)))
}

/// The form for the corrected text.
#[component]
pub fn CorrectionForm(
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
                if let Some(sent) = form.end(answer, t::compose_error_malformed) {
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
                    error=form.field_error(format!("/content/{at}/title"))
                />
                <TextField
                    id=format!("correct-text-{at}")
                    label=t::compose_description()
                    language=language
                    block=true
                    value=field(|draft| draft.description.clone())
                    on_input=write(|draft, text| draft.description = text)
                    error=form.field_error(format!("/content/{at}/description"))
                />
                <TextField
                    id=format!("correct-link-{at}")
                    label=t::compose_link()
                    kind="url"
                    value=field(|draft| draft.link.clone().unwrap_or_default())
                    on_input=write(|draft, text| draft.link = Some(text))
                    error=form.field_error(format!("/content/{at}/link"))
                />
            </fieldset>
        }
    };
    view! {
        <form class="card sent-correction" novalidate aria-label=t::sent_correct() data-takes-focus on:submit=submit>
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
