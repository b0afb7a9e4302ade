//! Random UUIDs from the browser.

use uuid::Uuid;

/// A random UUID (version 4).
pub fn random_uuid() -> Uuid {
    let mut bytes = [0; 16];
    // `crypto.getRandomValues` works on every page; `crypto.randomUUID` requires a secure context.
    let _ = web_sys::window().and_then(|window| window.crypto().ok()).map(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
