//! Desktop notifications: the browser's permission, and the minimum severity.

use campanile_shared::Severity;
use leptos::{ev, prelude::*, task::spawn_local};

use super::preferences::PreferencesSaver;
use crate::{
    components::{icon::Icon, segmented::Segmented, severity_segments::severity_segments},
    desktop::{browser::Browser, content::NotificationContent, display, permission::Permission},
    i18n::t,
};

/// The permission's state in this browser, and what the person can do about it.
#[component]
pub fn DesktopPermission() -> impl IntoView {
    let permission = RwSignal::new(Permission::now());
    let failed = RwSignal::new(false);
    // The person may have changed it in the browser's own settings meanwhile.
    let focus_listener = window_event_listener(ev::focus, move |_| permission.set(Permission::now()));
    on_cleanup(move || focus_listener.remove());
    let ask = move |_| {
        spawn_local(async move {
            let answer = Permission::request().await;
            permission.try_set(answer);
            if answer == Permission::On {
                display::register().await;
            }
        });
    };
    let set_enabled = move |on: bool| {
        Permission::set_enabled(on);
        permission.set(Permission::now());
    };
    let test = move |_| {
        spawn_local(async move {
            let shown = display::show(&NotificationContent::sample()).await;
            failed.try_set(!shown);
        });
    };
    let how_to_undo = || match Browser::of(&window().navigator().user_agent().unwrap_or_default()) {
        Browser::Firefox => t::desktop_denied_firefox(),
        Browser::Safari => t::desktop_denied_safari(),
        Browser::Chromium => t::desktop_denied_chromium(),
    };
    let state = move |class: &'static str, icon: Icon, text: String| {
        view! {
            <p class="settings-state">
                <span class=class>{icon.view()}</span>
                <span>{text}</span>
            </p>
        }
    };
    let body = move || match permission.get() {
        Permission::Unsupported => view! {
            {state("information", Icon::Severity(Severity::Information), t::desktop_unsupported())}
            <p class="settings-hint">{t::desktop_unsupported_hint()}</p>
        }
        .into_any(),
        Permission::NotAsked => view! {
            {state("information", Icon::Bell, t::desktop_off())}
            <button type="button" class="primary" on:click=ask>
                {t::desktop_enable()}
            </button>
        }
        .into_any(),
        Permission::Denied => view! {
            {state("warning", Icon::Severity(Severity::Warning), t::desktop_denied())}
            <p class="settings-hint">{how_to_undo()}</p>
        }
        .into_any(),
        Permission::On => view! {
            {state("success", Icon::Severity(Severity::Success), t::desktop_on())}
            <div class="settings-buttons">
                <button type="button" class="quiet" on:click=test>
                    {t::desktop_test()}
                </button>
                <button type="button" class="quiet" on:click=move |_| set_enabled(false)>
                    {t::desktop_turn_off()}
                </button>
            </div>
            <p class="field-error" role="alert">
                {move || failed.get().then(t::desktop_test_failed)}
            </p>
        }
        .into_any(),
        Permission::Off => view! {
            {state("information", Icon::Bell, t::desktop_off())}
            <button type="button" class="primary" on:click=move |_| set_enabled(true)>
                {t::desktop_enable()}
            </button>
        }
        .into_any(),
    };
    view! {
        <div class="card settings-desktop" role="group" aria-label=t::settings_desktop_here() aria-live="polite">
            {body}
        </div>
    }
}

/// Chooses the minimum severity.
#[component]
pub fn DesktopSeverity(
    /// Saves the choice.
    saver: PreferencesSaver,
) -> impl IntoView {
    view! {
        <Segmented
            name="desktop-from"
            label=t::settings_from()
            segments=severity_segments()
            value=saver.get(|preferences| preferences.desktop_from)
            on_choose=Callback::new(move |severity| saver.save(|preferences| preferences.desktop_from = severity))
        />
    }
}
