//! Who is signed in.

use campanile_shared::Me;

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
    /// The server could not say.
    Unknown(Error),
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
