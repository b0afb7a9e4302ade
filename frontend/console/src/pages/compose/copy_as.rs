//! “Copy as”: the send request as a program that sends it.

use std::time::Duration;

use campanile_shared::{
    SendRequest,
    request_preview::{Authorization, RequestPreview, UnsupportedField},
};
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};

use super::{form_state::FormState, snippet::Language};
use crate::{
    api, clipboard, error_text,
    i18n::t,
    reactive::{effect, memo},
    state::{State, Toast},
};

/// How long typing must pause before the server is asked again.
const PREVIEW_DELAY: Duration = Duration::from_millis(250);

/// The label of a field that the chosen API does not support.
fn field_label(unsupported: &UnsupportedField) -> String {
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
        UnsupportedField::SendTime => t::compose_later(),
        UnsupportedField::Expiry => t::compose_expires(),
    }
}

/// A select field for names that are the same in every language. `chosen` is the index of the chosen one.
fn select_field(id: &'static str, label: String, names: Signal<Vec<String>>, chosen: RwSignal<usize>) -> impl IntoView {
    let option = move |(index, name): (usize, String)| {
        view! {
            <option value=index.to_string() selected=move || chosen.get() == index>
                {name}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id dir="ltr" on:change:target=move |event| chosen.set(event.target().value().parse().unwrap_or_default())>
                {move || names.get().into_iter().enumerate().map(option).collect_view()}
            </select>
        </div>
    }
}

/// The requests to all APIs, or why the server did not write them.
type Previews = api::Result<Vec<RequestPreview>>;

/// Fetches the requests while `open`, and again when the form changes. `None` while they are being fetched.
fn watch_previews(form: FormState, open: RwSignal<bool>) -> RwSignal<Option<Previews>> {
    let state = State::expect();
    let previews = RwSignal::new(None);
    let fetch = move |request: SendRequest| {
        spawn_local(async move {
            let answer = state.request_previews(&request).await;
            // The page may be left, or the form changed, meanwhile.
            if form.request.try_get_untracked().is_some_and(|now| now == request) {
                previews.set(Some(answer));
            }
        });
    };
    let mut fetch_later = debounce(PREVIEW_DELAY, fetch);
    let mut first = true;
    effect(move || {
        if open.get() {
            let request = form.request.get();
            previews.set(None);
            if std::mem::take(&mut first) { fetch(request) } else { fetch_later(request) }
        }
    });
    previews
}

/// The choices of language and API, the program, and a button that copies it.
#[component]
pub fn CopyAs(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let state = State::expect();
    let open = RwSignal::new(false);
    let (language, api) = (RwSignal::new(0_usize), RwSignal::new(0_usize));
    let server = state.server();
    let previews = watch_previews(form, open);
    let languages = Signal::stored(Language::ALL.map(|language| language.name().to_owned()).into());
    // The names and the program stay while new ones are being fetched.
    let apis = Memo::new(move |before: Option<&Vec<String>>| {
        let names = |previews: &Vec<RequestPreview>| previews.iter().map(|preview| preview.api.clone()).collect();
        previews.with(|previews| previews.as_ref()?.as_ref().ok().map(names)).unwrap_or_else(|| before.cloned().unwrap_or_default())
    });
    let preview = Memo::new(move |before: Option<&Option<RequestPreview>>| {
        let chosen = previews.with(|previews| previews.as_ref()?.as_ref().ok()?.get(api.get()).cloned());
        chosen.or_else(|| before.cloned().flatten())
    });
    let program = memo(move || {
        let language = Language::ALL.get(language.get()).copied().unwrap_or(Language::Curl);
        preview.with(|preview| preview.as_ref().map(|preview| language.write(&server, preview)).unwrap_or_default())
    });
    let note = move || {
        if let Some(Some(error)) = previews.with(|previews| previews.as_ref().map(|answer| answer.as_ref().err().map(error_text::explain)))
        {
            return Some(error);
        }
        let unsupported: Vec<_> =
            preview.with(|preview| preview.iter().flat_map(|preview| &preview.unsupported).map(field_label).collect());
        (!unsupported.is_empty()).then(|| t::compose_copy_lost(&unsupported.join(", ")))
    };
    let is_current = move || previews.with(|previews| matches!(previews, Some(Ok(_))));
    let copy = move |_| {
        let program = program.get_untracked();
        let basic = preview.with_untracked(|preview| preview.as_ref().is_some_and(|preview| preview.authorization == Authorization::Basic));
        let copied_text = if basic { t::compose_copied_basic() } else { t::compose_copied() };
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
                    {select_field("copy-language", t::compose_copy_language(), languages, language)}
                    {select_field("copy-api", t::compose_copy_api(), apis.into(), api)}
                </div>
                <p class="field-error" role="status">
                    {note}
                </p>
                <pre dir="ltr" tabindex="0" aria-label=t::compose_copy_as()>
                    {program}
                </pre>
                <button type="button" class="quiet" disabled=move || !is_current() on:click=copy>
                    {t::copy()}
                </button>
            </div>
        </details>
    }
}
