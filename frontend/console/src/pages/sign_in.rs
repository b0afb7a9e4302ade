//! Signs in with a password, or with a one-use link.

pub mod confirm_link;
mod remembered_tenant;

use std::pin::Pin;

use campanile_shared::SignIn;
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use self::remembered_tenant::{remember_tenant, remembered_tenant};
use crate::{
    api::Error,
    components::{field_error_line::FieldErrorLine, icon::Icon},
    error_text,
    i18n::t,
    lazy::{LoadError, lazy, view::lazy_view},
    reactive::effect,
    state::{Session, State},
};

/// Takes the code of a sign-in link (`#link=<code>`) and removes it from the URL, so that it is neither on the
/// screen nor in the history.
pub fn take_link() -> Option<String> {
    let location = window().location();
    let code = location.hash().ok()?.strip_prefix("#link=")?.to_owned();
    let clean = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    let history = window().history().ok()?;
    history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&clean)).ok()?;
    js_sys::decode_uri_component(&code).ok().map(String::from)
}

/// Signs in with the code of a link. If the code is used or unknown, the form is shown with a message.
pub async fn sign_in_by_link(state: State, link: String) {
    match link_opener().await {
        Ok(open) => open(state, link).await,
        Err(LoadError) => state.session.set(Session::Unavailable(Error::Offline)),
    }
}

lazy! {
    /// Signs in with a link's code. Loaded on demand, because most visits have no link.
    after_first_paint::link_opener: fn(State, String) -> Pin<Box<dyn Future<Output = ()>>> = |state, link| Box::pin(open_link(state, link))
}

async fn open_link(state: State, link: String) {
    if let Err(error) = state.sign_in_by_link(link).await {
        state.show_link_error(error);
    }
}

lazy_view! {
    /// The sign-in page, loaded when nobody is signed in.
    page after_first_paint::load_page: LazySignIn() = SignIn()
}

/// The form.
#[component]
pub fn SignIn() -> impl IntoView {
    let state = State::expect();
    let expired = move || state.session.with(|session| matches!(session, Session::SignedOut { expired: true }));
    let busy = RwSignal::new(false);
    let sign_in_error = RwSignal::new(None::<String>);
    let tenant = NodeRef::<html::Input>::new();
    let login = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let value = |field: NodeRef<html::Input>| field.get_untracked().map(|input| input.value()).unwrap_or_default();
    effect(move || {
        // The browser may have filled in fields. Focuses the first empty one.
        let fields = [tenant.get(), login.get(), password.get()];
        let empty = fields.into_iter().flatten().find(|field| field.value().is_empty());
        // The field may have left the page; then nothing is focused.
        let _ = empty.map(|field| field.focus());
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (tenant, login, secret) = (value(tenant).trim().to_owned(), value(login).trim().to_owned(), value(password));
        busy.set(true);
        sign_in_error.set(None);
        spawn_local(async move {
            let answer = state.sign_in(SignIn::Password { tenant: tenant.clone(), login, password: secret }).await;
            if answer.is_ok() {
                remember_tenant(&tenant);
            }
            if let Err(error) = answer {
                busy.set(false);
                sign_in_error.set(Some(match error.status() {
                    Some(401) => t::sign_in_wrong(),
                    _ => error_text::explain(&error),
                }));
                if error.status().is_some()
                    && let Some(field) = password.get_untracked()
                {
                    field.select();
                    let _ = field.focus();
                }
            }
        });
    };
    let notice = move || match state.link_error.get() {
        Some(reason) => Some(reason()),
        None => expired().then(t::sign_in_expired),
    };
    view! {
        <main class="sign-in">
            <form on:submit=submit aria-labelledby="sign-in-title">
                <div class="sign-in-brand">{Icon::Tower.view()} {t::app_name()}</div>
                <h1 id="sign-in-title">{t::sign_in()}</h1>
                {move || notice().map(|text| view! { <p class="sign-in-notice" role="status">{text}</p> })}
                <div class="field">
                    <label for="tenant">{t::sign_in_tenant()}</label>
                    <input
                        node_ref=tenant
                        id="tenant"
                        name="tenant"
                        required
                        autocomplete="organization"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-describedby="tenant-hint"
                        prop:value=remembered_tenant()
                    />
                    <small id="tenant-hint">{t::sign_in_tenant_hint()}</small>
                </div>
                <div class="field">
                    <label for="login">{t::sign_in_login()}</label>
                    <input
                        node_ref=login
                        id="login"
                        name="login"
                        required
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                    />
                </div>
                <div class="field">
                    <label for="password">{t::sign_in_password()}</label>
                    <input
                        node_ref=password
                        id="password"
                        name="password"
                        type="password"
                        required
                        autocomplete="current-password"
                        aria-describedby="sign-in-error"
                        aria-invalid=move || sign_in_error.with(Option::is_some).then_some("true")
                    />
                </div>
                <FieldErrorLine id="sign-in-error" error=sign_in_error alert=true/>
                <button class="primary" disabled=move || busy.get()>
                    {t::sign_in()}
                </button>
            </form>
        </main>
    }
}
