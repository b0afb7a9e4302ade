//! The page “Compose”: a form for a notification, its preview, and sending it exactly once.

mod audience_size;
mod buttons;
mod channel_picker;
mod classification_fields;
mod confirm_send;
mod copy_as;
mod draft_list;
mod draft_storage;
mod field_errors;
mod form_data;
mod form_footer;
mod form_state;
mod http_fields;
mod http_preview;
mod idempotency;
pub mod languages;
mod local_draft;
mod mail_preview;
mod preflight;
mod preview;
mod recipient_search;
mod recipients;
mod repeating_fields;
mod send_result;
mod server_drafts;
mod severity_picker;
mod snippet;
mod submit;
mod test_send;
mod time_pickers;

use campanile_shared::{Channel, Me};
use leptos::{ev::KeyboardEvent, html, prelude::*};

use self::{
    audience_size::watch_audience_size,
    buttons::ButtonFields,
    channel_picker::ChannelPicker,
    classification_fields::ClassificationFields,
    confirm_send::ConfirmSend,
    copy_as::CopyAs,
    draft_list::DraftList,
    draft_storage::DraftStorage,
    form_footer::FormFooter,
    http_fields::HttpFields,
    languages::LanguageTabs,
    local_draft::LocalDraft,
    preview::{Author, Preview},
    recipients::RecipientFields,
    send_result::success_view,
    severity_picker::SeverityPicker,
    submit::FormSubmission,
    time_pickers::TimePickers,
};
use crate::{
    components::{focus, icon::Icon, not_allowed::NotAllowed},
    i18n::t,
    lazy::view::lazy_view,
    state::State,
};

lazy_view! {
    /// The page, loaded when it is first opened.
    page pages::load_page: LazyCompose() = Compose()
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

/// The form; after sending, the result.
#[component]
fn ComposeForm(me: Me) -> impl IntoView {
    let writer = Author { tenant: me.tenant.clone(), name: me.person.name.clone() };
    let me = StoredValue::new(me);
    let storage = DraftStorage::load(State::expect(), me);
    let form = storage.form;
    let size = watch_audience_size(form);
    let submission = FormSubmission::new(storage, size);
    let result = submission.result;
    let form_element = NodeRef::<html::Form>::new();
    let submit_on_ctrl_enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            if let Some(form) = form_element.get_untracked() {
                // `request_submit` does not fail for a form that is on the page.
                let _ = form.request_submit();
            }
        }
    };
    let open = move |draft: Option<LocalDraft>| {
        submission.error.set(None);
        storage.open(draft);
        focus::to("channel".to_owned());
    };
    let is_http = form.select(|data| data.channel == Channel::Http);
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
    view! {
        {move || result.get().map(|sent| success_view(&sent, result))}
        <form
            node_ref=form_element
            class="compose-form"
            novalidate
            hidden=move || result.with(Option::is_some)
            aria-labelledby="compose-heading"
            on:submit=move |event| {
                event.prevent_default();
                submission.submit();
            }
            on:keydown=submit_on_ctrl_enter
        >
            <h1 id="compose-heading">{t::compose_heading()}</h1>
            <DraftList drafts=storage.server blank=storage.blank on_open=Callback::new(open)/>
            <div class="compose-fields">
                <ChannelPicker form/>
                {channel_fields}
                <TimePickers form/>
                <CopyAs form/>
            </div>
            <Preview form size writer/>
            <FormFooter storage submission is_http me/>
        </form>
        <ConfirmSend confirmation=submission.confirmation on_confirm=Callback::new(move |()| submission.send())/>
    }
}
