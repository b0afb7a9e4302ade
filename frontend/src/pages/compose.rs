//! The page “Compose”: a form for a notification, its preview, and sending it exactly once.

mod buttons;
mod confirm_send;
mod copy_as;
pub mod details;
mod field_errors;
mod form_data;
mod form_state;
mod http_fields;
mod http_preview;
mod idempotency;
pub mod languages;
mod local_draft;
mod mail_preview;
mod preview;
mod recipients;
mod repeating_fields;
mod send_result;
mod server_drafts;
mod snippet;
mod test_send;

use campanile_shared::{Channel, Me, SendRequest, Severity};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};

use self::{
    buttons::ButtonFields,
    confirm_send::{CONFIRM_ABOVE, ConfirmSend, SendConfirmation},
    copy_as::CopyAs,
    details::{ChannelPicker, ClassificationFields, SeverityPicker, TimePickers},
    field_errors::FormError,
    form_data::{FormData, first_language},
    form_state::{FormState, now},
    http_fields::HttpFields,
    idempotency::{IdempotentRequest, random_uuid},
    languages::LanguageTabs,
    local_draft::{LocalDraft, LocalDraftStore},
    preview::{Author, Preview},
    recipients::{AudienceSize, RecipientFields, destination_count, watch_audience_size},
    send_result::{SendResult, finish_in_background, send_error_text, success_view},
    server_drafts::{DraftList, ServerDrafts},
};
use crate::{
    api::Error,
    components::{focus, icon::Icon, not_allowed::NotAllowed},
    i18n::{self, t},
    lazy::view::lazy_view,
    reactive::{effect, memo},
    state::State,
};

lazy_view! {
    /// The page, loaded when it is first opened.
    page compose::load_page: LazyCompose() = Compose()
}

/// The page.
#[component]
pub fn Compose() -> impl IntoView {
    let me = untrack(|| State::expect().me());
    view! {
        <main id="content" class="page compose" tabindex="-1">
            {match me {
                Some(me) if me.may_send => view! { <ComposeForm me/> }.into_any(),
                _ => view! { <NotAllowed icon=Icon::Plane title=t::compose_not_allowed()/> }.into_any(),
            }}
        </main>
    }
}

/// An empty form in the person's language.
fn new_form_data(me: &Me) -> FormData {
    let console_language = i18n::current().tag.parse().unwrap_or_else(|_| campanile_shared::Language::english());
    FormData::new(&first_language(&console_language, &me.person.languages))
}

/// The form; after sending, the result.
#[component]
fn ComposeForm(me: Me) -> impl IntoView {
    let state = State::expect();
    let local_store = StoredValue::new(LocalDraftStore::new(&me.tenant, &me.person.login));
    let tenant = me.tenant.clone();
    let writer = Author { tenant: me.tenant.clone(), name: me.person.name.clone() };
    let me = StoredValue::new(me);
    let kept = local_store
        .with_value(LocalDraftStore::load)
        .unwrap_or_else(|| LocalDraft { data: me.with_value(new_form_data), ..LocalDraft::default() });
    let LocalDraft { data, attempt, server_id, saved } = kept;
    let shelf = ServerDrafts::new(state, server_id, saved);
    let form = FormState::new(data);
    let size = watch_audience_size(form);
    let attempt = RwSignal::new(attempt);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let question = RwSignal::new(None::<SendConfirmation>);
    let outcome = RwSignal::new(None::<SendResult>);
    let stored_locally = RwSignal::new(false);
    let discarded = RwSignal::new(None::<FormData>);
    let form_element = NodeRef::<html::Form>::new();

    // Every change is saved in the browser at once, so nothing is lost if the tab is closed.
    effect(move || {
        let now = LocalDraft { data: form.data.get(), attempt: attempt.get(), server_id: shelf.current_id.get(), saved: shelf.saved.get() };
        stored_locally.set(local_store.with_value(|keeper| keeper.save(&now)));
    });
    // The copy on the server follows after a pause in typing.
    Effect::new(move |before: Option<FormData>| {
        let letter = form.data.get();
        if before.as_ref().map_or(!shelf.saved.get_untracked(), |before| *before != letter) {
            let attempt = attempt.get_untracked();
            shelf.schedule_save(LocalDraft { data: letter.clone(), attempt, server_id: None, saved: true });
        }
        letter
    });
    let blank = memo(move || form.data.with(FormData::is_blank));
    effect(move || {
        if !blank.get() {
            discarded.set(None);
        }
    });

    let show_refusal = move |draft: SendRequest, error: &Error| match error {
        Error::Refused(problem) if !problem.errors.is_empty() => form.show_server_errors(draft, problem.errors.clone()),
        _ => failed.set(Some(send_error_text(error))),
    };
    let send = move || {
        let draft = form.request.get_untracked();
        let many = size.with_untracked(|size| size.destination_count(draft.channel)).unwrap_or_default();
        let now = IdempotentRequest::for_request(attempt.get_untracked().as_ref(), &draft, random_uuid);
        let keeper = local_store.get_value();
        attempt.set(Some(now.clone()));
        busy.set(true);
        failed.set(None);
        // The answer is handled even if the page is left meanwhile.
        spawn_local(async move {
            let answer = state.send_notification(&draft, now.key).await;
            if busy.try_set(false).is_some() {
                finish_in_background(state, &keeper, &now, (&draft, many), answer);
                return;
            }
            match answer {
                Ok(stored) => {
                    attempt.set(None);
                    shelf.delete_current();
                    form.reset(me.with_value(new_form_data));
                    outcome.set(Some(SendResult::new(&draft, many, &stored)));
                    focus::to("compose-sent".to_owned());
                }
                Err(error) => show_refusal(draft, &error),
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        failed.set(None);
        let Some(draft) = form.validate() else { return };
        if draft.channel == Channel::Http {
            return send();
        }
        busy.set(true);
        leptos::reactive::spawn_local_scoped_with_cancellation(async move {
            // The audience is fetched again, because it may have changed since the number was shown.
            let audience = state.audience(&draft.to).await;
            busy.set(false);
            let summary = match audience {
                Ok(summary) => summary,
                Err(error) => return show_refusal(draft, &error),
            };
            let (people, many) = (summary.people, destination_count(&summary, draft.channel));
            size.set(AudienceSize::Known(summary));
            if many == 0 {
                failed.set(Some(if people == 0 { t::compose_nobody() } else { t::compose_no_address() }));
            } else if many > CONFIRM_ABOVE {
                let title = draft.content.first().map(|content| content.title.clone()).unwrap_or_default();
                question.set(Some(SendConfirmation { channel: draft.channel, count: many, scheduled: is_scheduled(&draft), title }));
            } else {
                send();
            }
        });
    };
    let submit_on_ctrl_enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            if let Some(form) = form_element.get_untracked() {
                // `request_submit` does not fail for a form that is on the page.
                let _ = form.request_submit();
            }
        }
    };
    let discard = move |_| {
        discarded.set(Some(form.data.get_untracked()));
        attempt.set(None);
        failed.set(None);
        shelf.delete_current();
        form.reset(me.with_value(new_form_data));
    };
    let open = move |draft: Option<LocalDraft>| {
        let opened = draft.unwrap_or_else(|| LocalDraft { data: me.with_value(new_form_data), ..LocalDraft::default() });
        attempt.set(opened.attempt);
        failed.set(None);
        discarded.set(None);
        form.reset(opened.data);
        focus::to("channel".to_owned());
    };
    let restore = move |_| {
        if let Some(letter) = discarded.get_untracked() {
            form.reset(letter);
        }
    };
    let error_summary = move || {
        let faults = form.errors.get();
        let count = u32::try_from(faults.len()).unwrap_or(u32::MAX);
        let unplaced = faults.into_iter().filter(|fault| fault.field.is_none()).map(|FormError { text, .. }| text);
        let failed = failed.get();
        let lines: Vec<String> = (count > 0).then(|| t::compose_faults(count)).into_iter().chain(unplaced).chain(failed).collect();
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|line| view! { <span>{line}</span> }).collect_view();
            view! { {Icon::Severity(Severity::Error).view()} <span class="compose-failure-lines">{lines}</span> }
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
    let is_http = form.select(|letter| letter.channel == Channel::Http);
    let channel_fields = move || {
        if is_http.get() {
            return view! { <HttpFields form/> }.into_any();
        }
        view! {
            <RecipientFields form size/>
            <SeverityPicker form/>
            <LanguageTabs form/>
            <ClassificationFields form/>
            <ButtonFields form/>
        }
        .into_any()
    };
    let draft_status = move || match (blank.get(), discarded.with(Option::is_some), stored_locally.get()) {
        (true, true, _) => view! {
            <span>{t::compose_discarded()}</span>
            <button type="button" class="quiet" on:click=restore>
                {t::undo()}
            </button>
        }
        .into_any(),
        (false, _, kept) if kept || shelf.saved.get() => view! {
            <span>{if shelf.saved.get() { t::compose_saved() } else { t::compose_kept() }}</span>
            <button type="button" class="quiet" on:click=discard>
                {t::compose_discard()}
            </button>
        }
        .into_any(),
        (false, ..) => view! { <span>{t::compose_not_kept()}</span> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        {move || outcome.get().map(|sent| success_view(&sent, outcome))}
        <form
            node_ref=form_element
            class="compose-form"
            novalidate
            hidden=move || outcome.with(Option::is_some)
            aria-labelledby="compose-heading"
            on:submit=submit
            on:keydown=submit_on_ctrl_enter
        >
            <h1 id="compose-heading">{t::compose_heading()}</h1>
            <DraftList shelf blank on_open=Callback::new(open)/>
            <div class="compose-fields">
                <ChannelPicker form/>
                {channel_fields}
                <TimePickers form/>
                <CopyAs form tenant/>
            </div>
            <Preview form size writer/>
            <div class="compose-foot">
                <p class="field-error compose-failure" role="alert">
                    {error_summary}
                </p>
                <div class="compose-send">
                    <button class="primary" aria-disabled=move || busy.get().to_string()>
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
                        {draft_status}
                    </div>
                </div>
            </div>
        </form>
        <ConfirmSend question on_confirm=Callback::new(move |()| send())/>
    }
}

/// Whether the send request is scheduled for a later time.
fn is_scheduled(draft: &SendRequest) -> bool {
    draft.not_before.is_some_and(|at| at > now())
}
