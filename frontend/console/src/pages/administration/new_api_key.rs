//! The form that creates an API key.

use campanile_shared::{FieldError, Scope, administration::NewApiKey, problem::FieldErrorCode, text};
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{
    components::{field_error_line::FieldErrorLine, form_error::FormError, submission::Submission, text_field::TextField},
    i18n::t,
    state::State,
};

/// The name of a scope.
pub fn scope_name(scope: Scope) -> String {
    match scope {
        Scope::Send => t::admin_scope_send(),
        Scope::Read => t::admin_scope_read(),
        Scope::Directory => t::admin_scope_directory(),
        Scope::Admin => t::admin_scope_admin(),
    }
}

/// The scopes in the order of the form: the most used ones come first.
pub const SCOPES: [Scope; 4] = [Scope::Send, Scope::Read, Scope::Directory, Scope::Admin];

/// The form for a new API key.
#[component]
pub fn NewApiKeyForm(
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
        let (requests_per_second, error) = match rate.with_untracked(|rate| parse_rate(rate)) {
            Ok(rate) => (rate, None),
            Err(error) => (None, Some(error)),
        };
        let wanted = NewApiKey { requests_per_second, ..new.get_untracked() };
        if form.begin(wanted.check().into_iter().chain(error).collect()) {
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
        <form class="card admin-form" novalidate aria-label=t::admin_key_new() data-takes-focus on:submit=submit>
            <TextField
                id="key-name"
                label=t::admin_name()
                hint=t::admin_key_name_hint()
                required=true
                value=Signal::derive(move || new.with(|new| new.name.clone()))
                on_input=Callback::new(move |name| new.update(|new| new.name = name))
                error=form.field_error("/name")
            />
            <fieldset class="field" aria-describedby="key-scopes-error">
                <legend class="label">{t::admin_scopes()}</legend>
                <ul role="list">{SCOPES.map(scope).into_iter().collect_view()}</ul>
                <FieldErrorLine id="key-scopes-error" error=form.field_error("/scopes")/>
            </fieldset>
            <TextField
                id="key-rate"
                label=t::admin_key_rate()
                hint=t::admin_key_rate_hint()
                value=rate
                on_input=Callback::new(move |typed| rate.set(typed))
                error=form.field_error_with("/requests_per_second", |_| t::admin_key_rate_error())
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
