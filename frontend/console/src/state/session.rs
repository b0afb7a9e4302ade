//! The session: who is signed in, signing in and out, and whether another tab changed it.

use campanile_shared::{Me, SignIn, password::PasswordChange, sign_in::SignInLinkPerson};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

use super::{State, Toast};
use crate::{
    api::{self, Error, Result},
    browser_storage,
    i18n::{format, t},
    lazy::{LoadError, lazy},
};

/// The time for which the last answer about the session stays valid, in milliseconds.
const SESSION_CHECK_VALID: f64 = 2_000.0;

/// The session as this page knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Session {
    /// The server has not answered yet.
    #[default]
    Starting,
    /// No one is signed in.
    SignedOut {
        /// Whether a session expired.
        expired: bool,
    },
    /// This person is signed in.
    SignedIn(Box<Me>),
    /// This person is signed in, and a sign-in link of another person was opened. The console asks which one to
    /// use.
    ConfirmingLink(Box<PendingLinkSignIn>),
    /// The server could not say who is signed in.
    Unavailable(Error),
}

/// The local storage key that names the cookie's person. Its change notifies the other tabs.
pub const STORAGE_KEY: &str = "campanile.person";

/// Notifies the other tabs whose session the cookie is. Without local storage they notice it by the live
/// connection.
pub fn notify_other_tabs(name: Option<&str>) {
    if let Some(storage) = browser_storage::local() {
        // Storage can be full.
        let _ = match name {
            Some(name) => storage.set_item(STORAGE_KEY, name),
            None => storage.remove_item(STORAGE_KEY),
        };
    }
}

/// Identifies a person among all of a server. Their tabs share one live connection.
pub fn person_key(me: &Me) -> String {
    format!("{}/{}", me.tenant, me.person.login)
}

/// A sign-in by link that would replace the current session.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingLinkSignIn {
    /// The name of the signed-in person.
    pub name: String,
    /// The name of the person whom the link signs in.
    pub other: String,
    /// The link's code.
    pub link: String,
}

impl Session {
    /// The signed-in person.
    pub fn me(&self) -> Option<&Me> {
        match self {
            Self::SignedIn(me) => Some(me),
            _ => None,
        }
    }
}

lazy! {
    /// Ends the session.
    after_first_paint::load_sign_out: fn(State) = State::sign_out_on_server
}

impl State {
    /// Returns an answer unchanged. If it says that the session has ended or belongs to another person, the
    /// state follows.
    pub(super) fn handle_session_error<Answer>(self, answer: Result<Answer>) -> Result<Answer> {
        match &answer {
            Err(error) if error.status() == Some(401) => self.session_ended(true),
            Err(error) if error.is_other_person() => self.reload_person(),
            _ => {}
        }
        answer
    }

    /// Reloads the console for the person to whom the cookie's session now belongs.
    fn reload_person(self) {
        spawn_local(async move {
            self.recheck_session().await;
        });
    }

    /// Loads the signed-in person.
    pub async fn start(self) {
        match self.api().me().await {
            Ok(me) => self.signed_in(me),
            Err(error) if error.status() == Some(401) => self.session_ended(self.api().token().is_some()),
            Err(error) => self.session.set(Session::Unavailable(error)),
        }
    }

    /// Signs in.
    pub async fn sign_in(self, credentials: SignIn) -> Result<()> {
        let api = self.api();
        api.sign_in(&credentials).await?;
        match api.me().await {
            Ok(me) => {
                self.signed_in(me);
                Ok(())
            }
            // The sign-in before succeeded, so the browser did not store the session.
            Err(error) if error.status() == Some(401) => Err(Error::SessionNotStored),
            Err(error) => Err(error),
        }
    }

    /// Signs in by a link. If another person is signed in, the console asks first.
    pub async fn sign_in_by_link(self, link: String) -> Result<()> {
        let api = self.api();
        match api.me().await {
            Ok(me) => match api.link_person(&link).await {
                Ok(other) if (&other.tenant, &other.login) == (&me.tenant, &me.person.login) => {}
                Ok(SignInLinkPerson { name: other, .. }) => {
                    self.session.set(Session::ConfirmingLink(Box::new(PendingLinkSignIn { name: me.person.name, other, link })));
                    return Ok(());
                }
                // An invalid link ends no session.
                Err(error) if error.status() == Some(401) => {
                    self.signed_in(me);
                    self.toast.set(Some(Toast { text: t::sign_in_link_used(), undo: None, failed: true }));
                    return Ok(());
                }
                Err(error) => return Err(error),
            },
            Err(error) if error.status() == Some(401) => {}
            Err(error) => return Err(error),
        }
        self.sign_in(SignIn::Link { link }).await
    }

    /// Shows why a sign-in link failed.
    pub fn show_link_error(self, error: Error) {
        let reason: fn() -> String = match error {
            Error::SessionNotStored => t::sign_in_not_kept,
            _ if error.status() == Some(401) => t::sign_in_link_used,
            _ => return self.session.set(Session::Unavailable(error)),
        };
        self.session.set(Session::SignedOut { expired: false });
        self.link_error.set(Some(reason));
    }

    /// Signs out.
    pub fn sign_out(self) {
        spawn_local(async move {
            match load_sign_out().await {
                Ok(leave) => leave(self),
                Err(LoadError) => self.show_offline(),
            }
        });
    }

    fn sign_out_on_server(self) {
        spawn_local(async move {
            match self.api().sign_out().await {
                Err(error) if error.is_other_person() => self.reload_person(),
                Err(error) if error.status() != Some(401) => self.show_error(&error),
                _ => {
                    self.session_ended(false);
                    notify_other_tabs(None);
                }
            }
        });
    }

    /// Changes the person's password.
    pub async fn change_password(self, change: &PasswordChange) -> Result<()> {
        self.handle_session_error(self.api().change_password(change).await)
    }

    /// The signed-in person. Reactive: the caller runs again when the person changes.
    pub fn me(self) -> Option<Me> {
        self.session.with(|session| session.me().cloned())
    }

    /// The credential of the live connection: the token, or `null` if a cookie carries the session. It is an
    /// error if the cookie belongs to another person.
    pub(super) async fn stream_token(self) -> std::result::Result<JsValue, JsValue> {
        if let Some(token) = self.api().token() {
            return Ok(token.into());
        }
        let just_asked = format::now() - self.session_checked_at.get_value() < SESSION_CHECK_VALID;
        if just_asked || self.recheck_session().await { Ok(JsValue::NULL) } else { Err(JsValue::NULL) }
    }

    /// Checks who is signed in, and switches to that person: another tab may have signed out or signed in
    /// someone else. Returns whether the person is still the same.
    pub async fn recheck_session(self) -> bool {
        let asked_in = api::session_number();
        let answer = self.api().me_across_sessions().await;
        if asked_in != api::session_number() {
            return false;
        }
        let before = self.session.with_untracked(|session| session.me().map(person_key));
        match answer {
            Ok(me) if before == Some(person_key(&me)) => {
                self.session_checked_at.set_value(format::now());
                return true;
            }
            Ok(me) => {
                let text = t::sign_in_changed(&me.person.name);
                self.signed_in(me);
                self.show_message(text);
            }
            Err(error) if error.status() == Some(401) => self.session_ended(true),
            // The caller tries again.
            Err(_) => {}
        }
        false
    }

    fn signed_in(self, me: Me) {
        self.clear();
        self.link_error.set(None);
        self.apply_snapshot(me.snapshot);
        self.session_checked_at.set_value(format::now());
        self.api().set_expected_person(Some((&me.tenant, &me.person.login)));
        if self.api().token().is_none() {
            notify_other_tabs(Some(&person_key(&me)));
        }
        self.session.set(Session::SignedIn(Box::new(me)));
    }

    pub(super) fn session_ended(self, expired: bool) {
        self.clear();
        if !self.session.with_untracked(|session| matches!(session, Session::SignedOut { .. })) {
            self.session.set(Session::SignedOut { expired });
        }
    }
}
