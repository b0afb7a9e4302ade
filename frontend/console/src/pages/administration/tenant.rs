//! The tenant's settings.

use campanile_shared::{FieldError, Language, TenantSettings, limits::MAX_RETENTION_DAYS, problem::FieldErrorCode};
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{
    api::Error,
    components::{
        form_error::FormError,
        load_error::LoadErrorView,
        submission::{Submission, limit_text},
        text_field::TextField,
    },
    error_text,
    i18n::t,
    state::State,
};

/// The input of the form, as typed.
#[derive(Clone, Default)]
struct SettingsInput {
    name: String,
    language: String,
    days: String,
    unique: bool,
    origins: String,
    /// The settings as fetched, for the fields that the form does not have.
    original: TenantSettings,
}

impl SettingsInput {
    fn of(original: TenantSettings) -> Self {
        Self {
            name: original.display_name.clone(),
            language: original.language.to_string(),
            days: original.retention_days.to_string(),
            unique: original.unique_events,
            origins: original.origins.join("\n"),
            original,
        }
    }

    /// Parses and validates the input.
    fn parse(&self) -> Result<TenantSettings, Vec<FieldError>> {
        let mut errors = Vec::new();
        let language = self.language.trim().parse::<Language>().unwrap_or_else(|_| {
            errors.push(FieldError::new("/language", FieldErrorCode::Malformed));
            Language::english()
        });
        let retention_days = self.days.trim().parse().unwrap_or_else(|_| {
            errors.push(FieldError::with_limit("/retention_days", FieldErrorCode::TooMany, MAX_RETENTION_DAYS as usize));
            0
        });
        let origins = self.origins.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let wanted = TenantSettings {
            display_name: self.name.clone(),
            language,
            retention_days,
            unique_events: self.unique,
            origins,
            ..self.original.clone()
        };
        match wanted.check() {
            Ok(settings) if errors.is_empty() => Ok(settings),
            Ok(_) => Err(errors),
            Err(more) => {
                errors.extend(more);
                Err(errors)
            }
        }
    }
}

/// The section.
#[component]
pub fn Tenant() -> impl IntoView {
    let state = State::expect();
    let known = RwSignal::new(None::<Result<TenantSettings, Error>>);
    let fetch = move || {
        spawn_local_scoped_with_cancellation(async move {
            let now = state.tenant_settings().await;
            known.set(Some(now));
        });
    };
    fetch();
    let body = move || match known.get() {
        None => view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any(),
        Some(Ok(settings)) => view! { <SettingsForm settings/> }.into_any(),
        Some(Err(error)) => view! {
            <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(move |()| fetch())/>
        }
        .into_any(),
    };
    view! {
        <section class="admin-tenant" aria-labelledby="admin-tenant">
            <div class="admin-head">
                <h2 id="admin-tenant">{t::sign_in_tenant()}</h2>
            </div>
            {body}
        </section>
    }
}

/// The form.
#[component]
fn SettingsForm(
    /// The current settings.
    settings: TenantSettings,
) -> impl IntoView {
    let state = State::expect();
    let form = Submission::new();
    let name = untrack(|| state.me()).map(|me| me.tenant).unwrap_or_default();
    let words = RwSignal::new(SettingsInput::of(settings));
    let field = |read: fn(&SettingsInput) -> String| Signal::derive(move || words.with(read));
    let write = |write: fn(&mut SettingsInput, String)| Callback::new(move |text| words.update(|words| write(words, text)));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (settings, errors) = match words.with_untracked(SettingsInput::parse) {
            Ok(settings) => (settings, Vec::new()),
            Err(errors) => (TenantSettings::default(), errors),
        };
        if form.begin(errors) {
            spawn_local_scoped_with_cancellation(async move {
                let answer = state.set_tenant_settings(&settings).await;
                if let Some(kept) = form.end(answer, t::compose_error_malformed) {
                    words.set(SettingsInput::of(kept));
                    state.show_message(t::settings_saved());
                }
            });
        }
    };
    let origin_error = |error: &FieldError| match error.code {
        FieldErrorCode::TooMany => t::compose_error_too_many(&limit_text(error)),
        FieldErrorCode::Duplicate => t::compose_error_duplicate(),
        _ => t::admin_error_origin(),
    };
    view! {
        <form novalidate aria-labelledby="admin-tenant" on:submit=submit>
            <TextField
                id="tenant-name"
                label=t::admin_tenant_name()
                hint=t::admin_tenant_name_hint(&name)
                value=field(|words| words.name.clone())
                on_input=write(|words, text| words.name = text)
                error=form.field_error("/display_name")
            />
            <TextField
                id="tenant-language"
                label=t::admin_tenant_language()
                hint=t::admin_tenant_language_hint()
                value=field(|words| words.language.clone())
                on_input=write(|words, text| words.language = text)
                error=form.field_error("/language")
            />
            <TextField
                id="tenant-days"
                label=t::admin_tenant_retention()
                hint=t::admin_tenant_retention_hint()
                value=field(|words| words.days.clone())
                on_input=write(|words, text| words.days = text)
                error=form.field_error_with("/retention_days", |error| t::admin_error_days(&limit_text(error)))
            />
            <TextField
                id="tenant-origins"
                label=t::admin_tenant_origins()
                hint=t::admin_tenant_origins_hint()
                block=true
                value=field(|words| words.origins.clone())
                on_input=write(|words, text| words.origins = text)
                error=form.field_error_with("/origins", origin_error)
            />
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || words.with(|words| words.unique)
                    on:change:target=move |event| words.update(|words| words.unique = event.target().checked())
                />
                {t::admin_tenant_unique()}
            </label>
            <FormError error=form.error/>
            <div class="admin-answers">
                <button class="primary" aria-disabled=move || form.busy.get().to_string()>
                    {t::admin_save()}
                </button>
            </div>
        </form>
    }
}
