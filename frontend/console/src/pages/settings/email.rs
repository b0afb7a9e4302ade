//! The severities for which a person gets email as well.

use campanile_shared::Severity;
use leptos::prelude::*;

use super::preferences::PreferencesSaver;
use crate::{
    i18n::{names::severity_name, t},
    reactive::memo,
    state::State,
};

/// A checkbox for each severity. Without an email address there is nothing to choose.
#[component]
pub fn EmailSeverities(
    /// Saves the choice.
    saver: PreferencesSaver,
) -> impl IntoView {
    let state = State::expect();
    let address = memo(move || state.session.with(|session| session.me().and_then(|me| me.person.email.clone())));
    let chosen = saver.get(|preferences| preferences.mail.clone());
    let toggle = move |severity: Severity, on: bool| {
        saver.save(|preferences| {
            preferences.mail.retain(|chosen| *chosen != severity);
            if on {
                preferences.mail.push(severity);
            }
        });
    };
    let entry = move |severity: Severity| {
        view! {
            <li>
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || chosen.with(|chosen| chosen.contains(&severity))
                        on:change:target=move |event| toggle(severity, event.target().checked())
                    />
                    {severity_name(severity)}
                </label>
            </li>
        }
    };
    view! {
        <Show when=move || address.with(Option::is_some) fallback=|| view! { <p class="settings-hint">{t::settings_mail_none()}</p> }>
            <fieldset class="field settings-mail">
                <legend class="label">{move || t::settings_mail_to(&address.get().unwrap_or_default())}</legend>
                <small>{t::settings_mail_hint()}</small>
                <ul role="list">{Severity::ALL.map(entry).into_iter().collect_view()}</ul>
            </fieldset>
        </Show>
    }
}
