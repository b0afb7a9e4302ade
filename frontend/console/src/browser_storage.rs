//! The browser's local storage.

use web_sys::Storage;

/// The storage; `None` if the browser forbids it.
pub fn local() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
