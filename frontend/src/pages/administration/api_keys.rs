//! API keys: lists, creates and revokes them.

use campanile_shared::{
    FieldError, Scope,
    administration::{ApiKey, NewApiKey},
    problem::FieldErrorCode,
    text,
};
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation, task::spawn_local};

use crate::{
    api::Error,
    components::{
        confirm_dialog::{ConfirmDialog, Confirmation},
        field_error_line::FieldErrorLine,
        form_error::FormError,
        icon::Icon,
        load_error::LoadErrorView,
        secret_card::{Secret, SecretCard},
        submission::Submission,
        text_field::TextField,
    },
    context::Clock,
    error_text,
    i18n::{format, t},
    state::State,
};

fn scope_name(scope: Scope) -> String {
    match scope {
        Scope::Send => t::admin_scope_send(),
        Scope::Read => t::admin_scope_read(),
        Scope::Directory => t::admin_scope_directory(),
        Scope::Admin => t::admin_scope_admin(),
    }
}

/// The scopes in the order of the form: the most used ones come first.
const SCOPES: [Scope; 4] = [Scope::Send, Scope::Read, Scope::Directory, Scope::Admin];

/// The tab.
#[component]
pub fn ApiKeys() -> impl IntoView {
    let state = State::expect();
    let keys = RwSignal::new(None::<Result<Vec<ApiKey>, Error>>);
    let form_open = RwSignal::new(false);
    let secret = RwSignal::new(None::<Secret>);
    let question = RwSignal::new(None::<Confirmation<String>>);
    let fetch = move || {
        // The task belongs to neither the form, which closes, nor the page, which may be left meanwhile.
        spawn_local(async move {
            let now = state.keys().await;
            keys.try_set(Some(now));
        });
    };
    fetch();
    let on_created = move |name: String, text: String| {
        form_open.set(false);
        secret.set(Some(Secret { title: t::admin_key_made(&name), hint: t::admin_secret_once(), text }));
        fetch();
    };
    let revoke = move |name: String| {
        spawn_local(async move {
            match state.revoke_key(&name).await {
                Ok(()) => {
                    state.show_message(t::admin_revoke_done());
                    fetch();
                }
                Err(error) => state.show_error(&error),
            }
        });
    };
    let list = move || match keys.get() {
        None => view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any(),
        Some(Ok(all)) => {
            let (revoked, used): (Vec<_>, Vec<_>) = all.into_iter().partition(|key| key.revoked_at.is_some());
            let none = used.is_empty();
            view! {
                <Show when=move || none>
                    <p class="settings-hint">{t::admin_keys_none()}</p>
                </Show>
                <ul class="admin-rows" role="list">
                    {used.into_iter().map(|key| view! { <ApiKeyRow key question/> }).collect_view()}
                </ul>
                {(!revoked.is_empty())
                    .then(|| {
                        view! {
                            <details>
                                <summary>{t::admin_revoked_keys()}</summary>
                                <ul class="admin-rows" role="list">
                                    {revoked.into_iter().map(|key| view! { <ApiKeyRow key question/> }).collect_view()}
                                </ul>
                            </details>
                        }
                    })}
            }
            .into_any()
        }
        Some(Err(error)) => view! {
            <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(move |()| fetch())/>
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="admin-keys">
            <div class="admin-head">
                <h2 id="admin-keys">{t::admin_keys()}</h2>
                <button type="button" class="quiet" aria-expanded=move || form_open.get().to_string() on:click=move |_| form_open.update(|on| *on = !*on)>
                    {Icon::Plus.view()}
                    {t::admin_key_new()}
                </button>
            </div>
            <p class="settings-hint">{t::admin_keys_hint()}</p>
            <SecretCard secret/>
            <Show when=move || form_open.get()>
                <NewApiKeyForm on_made=Callback::new(move |(name, text)| on_created(name, text)) on_cancel=Callback::new(move |()| form_open.set(false))/>
            </Show>
            {list}
        </section>
        <ConfirmDialog id="revoke" question on_yes=Callback::new(revoke)/>
    }
}

/// An API key in the list.
#[component]
fn ApiKeyRow(key: ApiKey, question: RwSignal<Option<Confirmation<String>>>) -> impl IntoView {
    let Clock(now) = expect_context();
    let shown = text::one_line(&key.name);
    let time = move |at: chrono::DateTime<chrono::Utc>, say: fn(&str) -> String| {
        let at = format::epoch_millis(&at);
        view! { <span title=format::date_time_exact(at)>{move || say(&format::list_time(at, now.get()))}</span> }
    };
    let used = match key.last_used_at {
        Some(at) => time(at, t::admin_used).into_any(),
        None => view! { <span>{t::admin_never_used()}</span> }.into_any(),
    };
    let scopes = SCOPES.into_iter().filter(|scope| key.scopes.contains(scope));
    let label = t::admin_revoke_item(&shown);
    let confirmation = Confirmation {
        subject: key.name.clone(),
        title: t::admin_revoke_ask(&shown),
        text: t::admin_revoke_text(),
        confirm_label: t::admin_revoke(),
    };
    view! {
        <li class="admin-row">
            <div class="admin-text">
                <bdi class="admin-name">{shown}</bdi>
                <p class="admin-details">
                    {scopes.map(|scope| view! { <span class="word">{scope_name(scope)}</span> }).collect_view()}
                    {key.requests_per_second.map(|rate| view! { <span>{t::admin_key_rate_is(&format::number(rate.into()))}</span> })}
                    {time(key.created_at, t::admin_created)}
                    {used}
                    {key.revoked_at.map(|at| time(at, t::admin_revoked))}
                </p>
            </div>
            {key
                .revoked_at
                .is_none()
                .then(|| {
                    view! {
                        <button type="button" class="quiet" aria-label=label on:click=move |_| question.set(Some(confirmation.clone()))>
                            {t::admin_revoke()}
                        </button>
                    }
                })}
        </li>
    }
}

/// The form for a new API key.
#[component]
fn NewApiKeyForm(
    /// Called with the new key's name and its secret.
    on_made: Callback<(String, String)>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let state = State::expect();
    let form = Submission::new();
    let new = RwSignal::new(NewApiKey { name: String::new(), scopes: vec![Scope::Send], requests_per_second: None });
    let rate = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (requests_per_second, fault) = match rate.with_untracked(|rate| parse_rate(rate)) {
            Ok(rate) => (rate, None),
            Err(fault) => (None, Some(fault)),
        };
        let wanted = NewApiKey { requests_per_second, ..new.get_untracked() };
        if form.begin(wanted.check().into_iter().chain(fault).collect()) {
            // The form stays open until the answer arrives, because the secret is shown only once.
            spawn_local_scoped_with_cancellation(async move {
                let answer = state.create_key(&wanted).await;
                if let Some(made) = form.end(answer, t::admin_key_taken) {
                    on_made.run((text::one_line(&wanted.name), made.secret));
                }
            });
        }
    };
    let choose = move |scope: Scope, on: bool| {
        new.update(|new| {
            new.scopes.retain(|held| *held != scope);
            if on {
                new.scopes.push(scope);
            }
        });
    };
    let scope = move |scope: Scope| {
        view! {
            <li>
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || new.with(|new| new.scopes.contains(&scope))
                        on:change:target=move |event| choose(scope, event.target().checked())
                    />
                    {scope_name(scope)}
                </label>
            </li>
        }
    };
    view! {
        <form class="card admin-form" novalidate aria-label=t::admin_key_new() on:submit=submit>
            <TextField
                id="key-name"
                label=t::admin_name()
                hint=t::admin_key_name_hint()
                required=true
                value=Signal::derive(move || new.with(|new| new.name.clone()))
                on_input=Callback::new(move |name| new.update(|new| new.name = name))
                fault=form.field_error("/name")
            />
            <fieldset class="field" aria-describedby="key-scopes-fault">
                <legend class="label">{t::admin_scopes()}</legend>
                <ul role="list">{SCOPES.map(scope).into_iter().collect_view()}</ul>
                <FieldErrorLine id="key-scopes-fault" fault=form.field_error("/scopes")/>
            </fieldset>
            <TextField
                id="key-rate"
                label=t::admin_key_rate()
                hint=t::admin_key_rate_hint()
                value=rate
                on_input=Callback::new(move |typed| rate.set(typed))
                fault=form.field_error_with("/requests_per_second", |_| t::admin_key_rate_fault())
            />
            <FormError error=form.error/>
            <div class="admin-answers">
                <button class="primary" aria-disabled=move || form.busy.get().to_string()>
                    {t::admin_create()}
                </button>
                <button type="button" class="quiet" on:click=move |_| on_cancel.run(())>
                    {t::cancel()}
                </button>
            </div>
        </form>
    }
}

/// Parses a rate limit; `None` if the field is empty.
fn parse_rate(typed: &str) -> Result<Option<u32>, FieldError> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| FieldError::new("/requests_per_second", FieldErrorCode::Malformed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_or_nothing() {
        assert_eq!((parse_rate(" "), parse_rate(" 20 ")), (Ok(None), Ok(Some(20))));
        for nonsense in ["twenty", "1.5", "-1", "1e3", "4294967296", "1 000"] {
            assert!(parse_rate(nonsense).is_err(), "{nonsense}");
        }
    }
}
