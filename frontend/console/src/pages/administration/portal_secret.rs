//! Rotates the secret with which the tenant's portal signs tokens. The new secret is shown once; the former one
//! stays valid for a while.

use campanile_shared::{administration::PortalSecretRotation, limits::MAX_SECRET_OVERLAP_HOURS};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        confirm_dialog::{ConfirmDialog, Confirmation},
        secret_card::{Secret, SecretCard},
    },
    i18n::{format, t},
    state::State,
};

/// The overlaps to choose from, in hours: how long the former secret stays valid.
const OVERLAP_HOURS: [u32; 5] = [0, 1, 24, 7 * 24, MAX_SECRET_OVERLAP_HOURS];
/// The default overlap: a day to configure the portal.
const DEFAULT_OVERLAP_HOURS: u32 = 24;

/// The section.
#[component]
pub fn PortalSecret() -> impl IntoView {
    let state = State::expect();
    let overlap = RwSignal::new(DEFAULT_OVERLAP_HOURS);
    let busy = RwSignal::new(false);
    let secret = RwSignal::new(None::<Secret>);
    let confirmation = RwSignal::new(None::<Confirmation<u32>>);
    let ask = move |_| {
        if busy.get_untracked() {
            return;
        }
        let hours = overlap.get_untracked();
        let text = if hours == 0 { t::admin_portal_text_now() } else { t::admin_portal_text(&format::hours(hours)) };
        confirmation.set(Some(Confirmation {
            subject: hours,
            title: t::admin_portal_ask(),
            text,
            confirm_label: t::admin_portal_replace(),
        }));
    };
    let replace = move |overlap_hours: u32| {
        busy.set(true);
        // The task does not belong to the page, which may be left meanwhile.
        spawn_local(async move {
            let answer = state.rotate_portal_secret(&PortalSecretRotation { overlap_hours }).await;
            busy.try_set(false);
            match answer {
                Ok(made) => {
                    let former = match made.former_until {
                        Some(until) => t::admin_portal_until(&format::date_time(format::epoch_millis(&until))),
                        None => t::admin_portal_ended(),
                    };
                    let hint = format!("{} {former}", t::admin_secret_once());
                    secret.try_set(Some(Secret { title: t::admin_portal_made(), hint, text: made.secret }));
                }
                Err(error) => state.show_error(&error),
            }
        });
    };
    let option = move |hours: u32| {
        let name = if hours == 0 { t::admin_portal_overlap_none() } else { format::hours(hours) };
        view! {
            <option value=hours.to_string() selected=move || overlap.get() == hours>
                {name}
            </option>
        }
    };
    view! {
        <section class="admin-portal" aria-labelledby="admin-portal">
            <h2 id="admin-portal">{t::admin_portal_secret()}</h2>
            <p class="settings-hint">{t::admin_portal_secret_hint()}</p>
            <SecretCard secret/>
            <div class="field">
                <label for="portal-overlap">{t::admin_portal_overlap()}</label>
                <select id="portal-overlap" on:change:target=move |event| overlap.set(event.target().value().parse().unwrap_or(DEFAULT_OVERLAP_HOURS))>
                    {OVERLAP_HOURS.map(option).into_iter().collect_view()}
                </select>
            </div>
            <button type="button" class="quiet" aria-disabled=move || busy.get().to_string() on:click=ask>
                {t::admin_portal_replace()}
            </button>
        </section>
        <ConfirmDialog id="portal" confirmation on_confirm=Callback::new(replace)/>
    }
}
