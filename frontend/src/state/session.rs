//! The session: who is signed in.

use campanile_shared::Me;

use leptos::prelude::window;

use crate::api::Error;

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
    if let Some(storage) = window().local_storage().ok().flatten() {
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
