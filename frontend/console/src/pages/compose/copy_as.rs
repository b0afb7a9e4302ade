//! “Copy as”: the send request as a program that sends it.

use campanile_shared::SendRequest;
use leptos::{prelude::*, task::spawn_local};

use super::{
    form_state::FormState,
    snippet::{self, Api, Language, UnsupportedField},
};
use crate::{
    clipboard,
    i18n::{format, t},
    reactive::memo,
    state::{State, Toast},
};

/// The label of a field that the chosen API does not support.
fn field_label(unsupported: UnsupportedField) -> String {
    match unsupported {
        UnsupportedField::Audience => t::compose_to(),
        UnsupportedField::Channel => t::compose_channel(),
        UnsupportedField::Languages => t::compose_languages(),
        UnsupportedField::Severity => t::compose_severity(),
        UnsupportedField::Priority => t::compose_priority(),
        UnsupportedField::Component => t::compose_component(),
        UnsupportedField::Categories => t::compose_categories(),
        UnsupportedField::Link => t::compose_link(),
        UnsupportedField::Buttons => t::compose_buttons(),
        UnsupportedField::Later => t::compose_later(),
        UnsupportedField::Expiry => t::compose_expires(),
    }
}

/// A select field for names that are the same in every language.
fn select_field(id: &'static str, label: String, words: Vec<&'static str>, chosen: RwSignal<usize>) -> impl IntoView {
    let option = move |(at, word): (usize, &'static str)| {
        view! {
            <option value=at.to_string() selected=move || chosen.get() == at>
                {word}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id dir="ltr" on:change:target=move |event| chosen.set(event.target().value().parse().unwrap_or_default())>
                {words.into_iter().enumerate().map(option).collect_view()}
            </select>
        </div>
    }
}

/// The choices of language and API, the program, and a button that copies it.
#[component]
pub fn CopyAs(
    /// The form's state.
    form: FormState,
    /// The tenant's name.
    tenant: String,
) -> impl IntoView {
    let state = State::expect();
    let open = RwSignal::new(false);
    let (language, api) = (RwSignal::new(0_usize), RwSignal::new(0_usize));
    let server = state.server();
    let chosen_api = move || Api::ALL.get(api.get()).copied().unwrap_or(Api::Campanile);
    let output = memo(move || {
        // Nothing is generated while it is closed.
        let draft: SendRequest = if open.get() { form.request.get() } else { return Default::default() };
        let language = Language::ALL.get(language.get()).copied().unwrap_or(Language::Curl);
        let (program, unsupported) = snippet::write(&server, &tenant, &draft, &format::now_utc().to_rfc3339(), chosen_api(), language);
        let unsupported = unsupported.into_iter().map(field_label).collect::<Vec<_>>();
        (program, (!unsupported.is_empty()).then(|| t::compose_copy_lost(&unsupported.join(", "))))
    });
    let copy = move |_| {
        let program = output.with_untracked(|(program, _)| program.clone());
        let copied_text = if chosen_api() == Api::MyKaarma { t::compose_copied_basic() } else { t::compose_copied() };
        spawn_local(async move {
            let copied = clipboard::write(&program).await;
            let text = if copied { copied_text } else { t::compose_not_copied() };
            state.toast.set(Some(Toast { text, undo: None, failed: !copied }));
        });
    };
    view! {
        <details class="copy-as" prop:open=move || open.get() on:toggle:target=move |event| open.set(event.target().open())>
            <summary>{t::compose_copy_as()}</summary>
            <div class="card copy-as-card">
                <div class="compose-pair">
                    {select_field("copy-language", t::compose_copy_language(), Language::ALL.map(Language::name).into(), language)}
                    {select_field("copy-api", t::compose_copy_api(), Api::ALL.map(Api::name).into(), api)}
                </div>
                <p class="field-error" role="status">
                    {move || output.with(|(_, unsupported)| unsupported.clone())}
                </p>
                <pre dir="ltr" tabindex="0" aria-label=t::compose_copy_as()>
                    {move || output.with(|(program, _)| program.clone())}
                </pre>
                <button type="button" class="quiet" on:click=copy>
                    {t::copy()}
                </button>
            </div>
        </details>
    }
}
