//! Where the session token is kept for a server of another origin: the browser's session storage,
//! which ends with the tab. Nothing else may be written there under this name.

/// The place of the token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Token;

const KEY: &str = "campanile.session";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

impl Token {
    /// The token, while there is a session.
    pub fn get(&self) -> Option<String> {
        storage()?.get_item(KEY).ok().flatten()
    }

    /// Keeps the token of a new session, or forgets the one that ended.
    pub fn set(&self, token: Option<&str>) {
        let Some(storage) = storage() else { return };
        // Storage can be full or forbidden; the session then lasts until the page is left.
        let _ = match token {
            Some(token) => storage.set_item(KEY, token),
            None => storage.remove_item(KEY),
        };
    }
}
