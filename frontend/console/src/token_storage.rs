//! Storage of the session token for a server of another origin: the browser's session storage, which ends with
//! the tab. If the storage is full or forbidden, the token is kept in memory.

use std::cell::RefCell;

/// The storage of the token.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenStorage;

thread_local! {
    /// The token that could not be stored.
    static FALLBACK: RefCell<Option<String>> = const { RefCell::new(None) };
}

const STORAGE_KEY: &str = "campanile.session";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

impl TokenStorage {
    /// The token of the current session.
    pub fn get(&self) -> Option<String> {
        FALLBACK.with_borrow(Clone::clone).or_else(|| storage()?.get_item(STORAGE_KEY).ok().flatten())
    }

    /// Stores the token of a new session, or removes it.
    pub fn set(&self, token: Option<&str>) {
        let stored = storage().is_some_and(|storage| {
            let stored = match token {
                Some(token) => storage.set_item(STORAGE_KEY, token),
                None => storage.remove_item(STORAGE_KEY),
            };
            stored.is_ok()
        });
        // The session then lasts until the page is left.
        FALLBACK.set(token.filter(|_| !stored).map(str::to_owned));
    }
}
