//! API keys: lists and revokes them.

use campanile_shared::{administration::ApiKey, text};
use leptos::{prelude::*, task::spawn_local};

use super::new_api_key::{NewApiKeyForm, SCOPES, scope_name};
use crate::{
    api::Error,
    components::{
        confirm_dialog::{ConfirmDialog, Confirmation},
        icon::Icon,
        load_error::LoadErrorView,
        secret_card::{Secret, SecretCard},
    },
    context::Clock,
    error_text,
    i18n::{format, t},
    state::State,
};

/// The tab.
#[component]
pub fn ApiKeys() -> impl IntoView {
    let state = State::expect();
    let keys = RwSignal::new(None::<Result<Vec<ApiKey>, Error>>);
    let form_open = RwSignal::new(false);
    let secret = RwSignal::new(None::<Secret>);
    let confirmation = RwSignal::new(None::<Confirmation<String>>);
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
                    {used.into_iter().map(|key| view! { <ApiKeyRow key confirmation/> }).collect_view()}
                </ul>
                {(!revoked.is_empty())
                    .then(|| {
                        view! {
                            <details>
                                <summary>{t::admin_revoked_keys()}</summary>
                                <ul class="admin-rows" role="list">
                                    {revoked.into_iter().map(|key| view! { <ApiKeyRow key confirmation/> }).collect_view()}
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
        <ConfirmDialog id="revoke" confirmation on_confirm=Callback::new(revoke)/>
    }
}

/// An API key in the list.
#[component]
fn ApiKeyRow(key: ApiKey, confirmation: RwSignal<Option<Confirmation<String>>>) -> impl IntoView {
    let Clock(now) = expect_context();
    let shown = text::one_line(&key.name);
    let time = move |at: chrono::DateTime<chrono::Utc>, say: fn(&str) -> String| {
        let at = format::epoch_millis(&at);
        view! { <span title=format::date_time_exact(at)>{move || say(&format::time_ago(at, now.get()))}</span> }
    };
    let used = match key.last_used_at {
        Some(at) => time(at, t::admin_used).into_any(),
        None => view! { <span>{t::admin_never_used()}</span> }.into_any(),
    };
    let scopes = SCOPES.into_iter().filter(|scope| key.scopes.contains(scope));
    let label = t::admin_revoke_item(&shown);
    let to_confirm = Confirmation {
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
                        <button type="button" class="quiet" aria-label=label on:click=move |_| confirmation.set(Some(to_confirm.clone()))>
                            {t::admin_revoke()}
                        </button>
                    }
                })}
        </li>
    }
}
