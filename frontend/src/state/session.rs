//! Who is signed in.

use campanile_shared::Me;

use leptos::prelude::window;

use crate::api::Error;

/// The session as this page knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Session {
    /// It is being asked for.
    #[default]
    Starting,
    /// Nobody is signed in.
    SignedOut {
        /// A session was there and ended by itself.
        expired: bool,
    },
    /// This person is.
    SignedIn(Box<Me>),
    /// This person is, and a sign-in link of another was opened: which of both is asked.
    Asked(Box<Replacing>),
    /// The server could not say.
    Unknown(Error),
}

/// Where the browser's storage says whose session the cookie is, so that the other tabs hear of a change.
pub const STORED: &str = "campanile.person";

/// Tells the other tabs whose session the cookie is by now. A browser that forbids it leaves them to hear of it from
/// the live connection.
pub fn announce(name: Option<&str>) {
    if let Some(storage) = window().local_storage().ok().flatten() {
        // Storage can be full.
        let _ = match name {
            Some(name) => storage.set_item(STORED, name),
            None => storage.remove_item(STORED),
        };
    }
}

/// Names a person among all of a server: their tabs share one live connection.
pub fn name(me: &Me) -> String {
    format!("{}/{}", me.tenant, me.person.login)
}

/// A session that a sign-in link would replace.
#[derive(Clone, Debug, PartialEq)]
pub struct Replacing {
    /// The name of who is signed in.
    pub name: String,
    /// The name of whom the link signs in.
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
