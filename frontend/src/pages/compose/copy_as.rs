//! “Copy as”: the send request as a program that sends it.

use campanile_shared::Draft;
use leptos::{prelude::*, task::spawn_local};

use super::{
    sheet::{Sheet, now},
    snippet::{self, Api, Language, Lost},
};
use crate::{
    clipboard,
    i18n::t,
    reactive::memo,
    state::{State, Toast},
};

/// The label of a field that the chosen API does not support.
fn field(lost: Lost) -> String {
    match lost {
        Lost::Audience => t::compose_to(),
        Lost::Channel => t::compose_channel(),
        Lost::Languages => t::compose_languages(),
        Lost::Severity => t::compose_severity(),
        Lost::Priority => t::compose_priority(),
        Lost::Component => t::compose_component(),
        Lost::Categories => t::compose_categories(),
        Lost::Link => t::compose_link(),
        Lost::Buttons => t::compose_buttons(),
        Lost::Later => t::compose_later(),
        Lost::Expiry => t::compose_expires(),
    }
}

/// A select field for names that are the same in every language.
fn choice(id: &'static str, label: String, words: Vec<&'static str>, chosen: RwSignal<usize>) -> impl IntoView {
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
    sheet: Sheet,
    /// The tenant's name.
    tenant: String,
) -> impl IntoView {
    let state = State::expect();
    let open = RwSignal::new(false);
    let (language, api) = (RwSignal::new(0_usize), RwSignal::new(0_usize));
    let server = state.server();
    let chosen_api = move || Api::ALL.get(api.get()).copied().unwrap_or(Api::Campanile);
    let written = memo(move || {
        // Nothing is generated while it is closed.
        let draft: Draft = if open.get() { sheet.draft.get() } else { return Default::default() };
        let language = Language::ALL.get(language.get()).copied().unwrap_or(Language::Curl);
        let (program, lost) = snippet::write(&server, &tenant, &draft, &now().to_rfc3339(), chosen_api(), language);
        let lost = lost.into_iter().map(field).collect::<Vec<_>>();
        (program, (!lost.is_empty()).then(|| t::compose_copy_lost(&lost.join(", "))))
    });
    let copy = move |_| {
        let program = written.with_untracked(|(program, _)| program.clone());
        let said = if chosen_api() == Api::MyKaarma { t::compose_copied_basic() } else { t::compose_copied() };
        spawn_local(async move {
            let copied = clipboard::write(&program).await;
            let text = if copied { said } else { t::compose_not_copied() };
            state.toast.set(Some(Toast { text, undo: None, failed: !copied }));
        });
    };
    view! {
        <details class="copy-as" prop:open=move || open.get() on:toggle:target=move |event| open.set(event.target().open())>
            <summary>{t::compose_copy_as()}</summary>
            <div class="card copy-as-card">
                <div class="compose-pair">
                    {choice("copy-language", t::compose_copy_language(), Language::ALL.map(Language::name).into(), language)}
                    {choice("copy-api", t::compose_copy_api(), Api::ALL.map(Api::name).into(), api)}
                </div>
                <p class="field-error" role="status">
                    {move || written.with(|(_, lost)| lost.clone())}
                </p>
                <pre dir="ltr" tabindex="0" aria-label=t::compose_copy_as()>
                    {move || written.with(|(program, _)| program.clone())}
                </pre>
                <button type="button" class="quiet" on:click=copy>
                    {t::copy()}
                </button>
            </div>
        </details>
    }
}
