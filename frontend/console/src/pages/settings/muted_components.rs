//! Components without desktop notifications.

use std::collections::BTreeSet;

use campanile_shared::text;
use leptos::prelude::*;

use super::preferences::PreferencesSaver;
use crate::{i18n::t, reactive::memo, state::State};

/// A checkbox for each component that has sent something or is muted.
#[component]
pub fn MutedComponents(
    /// Saves the choice.
    saver: PreferencesSaver,
) -> impl IntoView {
    let state = State::expect();
    let muted = saver.get(|preferences| preferences.muted_components.clone());
    let known = RwSignal::new(None::<Vec<String>>);
    leptos::reactive::spawn_local_scoped_with_cancellation(async move {
        // On an error, muted components can still be unmuted.
        known.set(Some(state.components().await.unwrap_or_default()));
    });
    // An unmuted component keeps its checkbox until the page is left.
    let listed = StoredValue::new(BTreeSet::<String>::new());
    let components = memo(move || {
        let known = known.get();
        let all = muted.get().into_iter().chain(known.iter().flatten().cloned());
        listed.update_value(|seen| seen.extend(all));
        known.map(|_| listed.with_value(|seen| seen.iter().cloned().collect::<Vec<_>>()))
    });
    let toggle = move |component: &str, on: bool| {
        let component = component.to_owned();
        saver.save(|preferences| {
            preferences.muted_components.retain(|muted| *muted != component);
            if on {
                preferences.muted_components.push(component);
            }
        });
    };
    let entry = move |component: String| {
        let name = text::one_line(&component);
        let own = component.clone();
        view! {
            <li>
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || muted.with(|muted| muted.contains(&own))
                        on:change:target=move |event| toggle(&component, event.target().checked())
                    />
                    <bdi>{name}</bdi>
                </label>
            </li>
        }
    };
    view! {
        <fieldset class="field settings-muted">
            <legend class="label">{t::settings_muted()}</legend>
            <small id="muted-hint">{t::settings_muted_hint()}</small>
            <Show when=move || components.with(|components| components.as_ref().is_some_and(Vec::is_empty))>
                <p class="settings-hint">{t::settings_muted_none()}</p>
            </Show>
            <ul role="list">
                <For each=move || components.get().unwrap_or_default() key=Clone::clone children=entry/>
            </ul>
        </fieldset>
    }
}
