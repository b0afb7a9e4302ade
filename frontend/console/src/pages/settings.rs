//! The page “Settings”: a person's preferences. Every change is saved at once, with a message.

mod density;
mod desktop;
mod email;
mod language;
mod muted_components;
mod password;
mod preferences;
mod quiet_hours;
mod theme;

use leptos::prelude::*;

use self::{
    density::DensityChoice,
    desktop::{DesktopPermission, DesktopSeverity},
    email::EmailSeverities,
    language::LanguageChoice,
    muted_components::MutedComponents,
    password::ChangePassword,
    preferences::PreferencesSaver,
    quiet_hours::QuietHoursFields,
    theme::ThemeChoice,
};
use crate::{i18n::t, lazy::view::lazy_view, page::Page, state::State};

lazy_view! {
    /// The page, loaded when it is first opened.
    page pages::load_page: LazySettings() = Settings()
}

/// The page.
#[component]
pub fn Settings() -> impl IntoView {
    let saver = PreferencesSaver::new();
    let may_administer = untrack(|| State::expect().me()).is_some_and(|me| me.may_administer);
    view! {
        <main id="content" class="page settings" tabindex="-1">
            <h1>{t::page_settings()}</h1>
            <p class="settings-hint">{t::settings_hint()}</p>
            {may_administer.then(|| view! { <a class="settings-administration" href=Page::Administration.href()>{t::page_administration()}</a> })}
            <section aria-labelledby="settings-look">
                <h2 id="settings-look">{t::settings_look()}</h2>
                <LanguageChoice saver/>
                <ThemeChoice saver/>
                <DensityChoice saver/>
            </section>
            <section aria-labelledby="settings-desktop">
                <h2 id="settings-desktop">{t::settings_desktop()}</h2>
                <DesktopPermission/>
                <DesktopSeverity saver/>
                <QuietHoursFields saver/>
                <MutedComponents saver/>
            </section>
            <section aria-labelledby="settings-mail">
                <h2 id="settings-mail">{t::settings_mail()}</h2>
                <EmailSeverities saver/>
            </section>
            <section aria-labelledby="settings-password">
                <h2 id="settings-password">{t::settings_password()}</h2>
                <ChangePassword/>
            </section>
        </main>
    }
}
