//! Changes the person's password.

use campanile_shared::{FieldError, password::PasswordChange, problem::FieldErrorCode};
use leptos::{ev::SubmitEvent, html, prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{
    components::{
        field_error_line::FieldErrorLine,
        form_error::FormError,
        submission::{Submission, limit_text},
    },
    i18n::t,
    reactive::effect,
    state::State,
};

/// The form.
#[component]
pub fn ChangePassword() -> impl IntoView {
    let state = State::expect();
    let form = Submission::new();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let shown = RwSignal::new(false);
    let login = untrack(|| state.me()).map(|me| me.person.login).unwrap_or_default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let change = PasswordChange { current: current.get_untracked(), new: new.get_untracked() };
        let fields = [("/current", &change.current), ("/new", &change.new)];
        let missing = fields.into_iter().filter(|(_, text)| text.is_empty());
        if form.begin(missing.map(|(pointer, _)| FieldError::new(pointer, FieldErrorCode::Missing)).collect()) {
            spawn_local_scoped_with_cancellation(async move {
                let answer = state.change_password(&change).await;
                if form.end(answer, t::error_forbidden).is_some() {
                    current.set(String::new());
                    new.set(String::new());
                    shown.set(false);
                    state.show_message(t::settings_password_changed());
                }
            });
        }
    };
    view! {
        <p class="settings-hint">{t::settings_password_hint()}</p>
        <form class="settings-password" novalidate aria-labelledby="settings-password" on:submit=submit>
            // Tells password managers whose password it is.
            <input type="text" name="username" autocomplete="username" prop:value=login hidden readonly/>
            <PasswordField
                id="password-current"
                label=t::settings_password_current()
                complete="current-password"
                value=current
                shown
                error=form.field_error_with("/current", error_text)
            />
            <PasswordField
                id="password-new"
                label=t::settings_password_new()
                hint=t::settings_password_new_hint()
                complete="new-password"
                value=new
                shown
                error=form.field_error_with("/new", error_text)
            />
            <label class="check">
                <input type="checkbox" prop:checked=move || shown.get() on:change:target=move |event| shown.set(event.target().checked())/>
                {t::settings_password_show()}
            </label>
            <FormError error=form.error/>
            <button class="primary" aria-disabled=move || form.busy.get().to_string()>
                {t::settings_password_change()}
            </button>
        </form>
    }
}

/// The text of an error.
fn error_text(error: &FieldError) -> String {
    match error.code {
        FieldErrorCode::Missing => t::compose_error_missing(),
        FieldErrorCode::Wrong => t::settings_password_wrong(),
        FieldErrorCode::TooShort => t::settings_password_short(&limit_text(error)),
        FieldErrorCode::TooLong => t::compose_error_too_long(&limit_text(error)),
        FieldErrorCode::TooCommon => t::settings_password_common(),
        FieldErrorCode::Unchanged => t::settings_password_same(),
        _ => t::compose_error_malformed(),
    }
}

/// A password field.
#[component]
fn PasswordField(
    /// The input's ID, unique on the page.
    id: &'static str,
    /// The label.
    label: String,
    /// A hint that is always shown.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The input's `autocomplete`.
    complete: &'static str,
    /// The input's value.
    value: RwSignal<String>,
    /// Whether the password is readable.
    shown: RwSignal<bool>,
    /// The error.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    effect(move || {
        if let (true, Some(field)) = (error.with(Option::is_some), field.get()) {
            // The field may have left the page; then nothing is focused.
            let _ = field.focus();
        }
    });
    let described_by = if hint.is_some() { format!("{id}-hint {id}-error") } else { format!("{id}-error") };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                node_ref=field
                id=id
                type=move || if shown.get() { "text" } else { "password" }
                autocomplete=complete
                autocapitalize="none"
                spellcheck="false"
                dir="ltr"
                aria-required="true"
                aria-describedby=described_by
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
            {hint.map(|hint| view! { <small id=format!("{id}-hint")>{hint}</small> })}
            <FieldErrorLine id=format!("{id}-error") error/>
        </div>
    }
}
