//! The page “Settings”: a person's preferences. Every change is saved at once, with a message.

mod density;
mod desktop;
mod language;
mod mail;
mod muted;
mod password;
mod quiet_hours;
mod save;
mod theme;

use leptos::prelude::*;

use self::{
    density::DensityChoice,
    desktop::{Desktop, From},
    language::LanguageChoice,
    mail::Mail,
    muted::Muted,
    password::Password,
    quiet_hours::Quiet,
    save::Saver,
    theme::ThemeChoice,
};
use super::Page;
use crate::{i18n::t, state::State};

/// The page.
#[component]
pub fn Settings() -> impl IntoView {
    let saver = Saver::new();
    let may_administer = untrack(|| State::expect().me()).is_some_and(|me| me.may_administer);
    view! {
        <main id="content" class="page settings" tabindex="-1">
            <h1>{t::page_settings()}</h1>
            <p class="settings-hint">{t::settings_hint()}</p>
            {may_administer.then(|| view! { <a class="settings-administration" href=Page::Administration.href()>{t::page_administration()}</a> })}
            <section aria-labelledby="settings-desktop">
                <h2 id="settings-desktop">{t::settings_desktop()}</h2>
                <Desktop/>
                <From saver/>
                <Quiet saver/>
                <Muted saver/>
            </section>
            <section aria-labelledby="settings-mail">
                <h2 id="settings-mail">{t::settings_mail()}</h2>
                <Mail saver/>
            </section>
            <section aria-labelledby="settings-look">
                <h2 id="settings-look">{t::settings_look()}</h2>
                <ThemeChoice saver/>
                <DensityChoice saver/>
                <LanguageChoice saver/>
            </section>
            <section aria-labelledby="settings-password">
                <h2 id="settings-password">{t::settings_password()}</h2>
                <Password/>
            </section>
        </main>
    }
}
