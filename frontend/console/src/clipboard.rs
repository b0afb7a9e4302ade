//! Writing to the clipboard.

use js_sys::Reflect;
use wasm_bindgen_futures::JsFuture;

/// Writes text to the clipboard. Returns whether that succeeded: pages without TLS have no clipboard, and a
/// person can refuse it.
pub async fn write(text: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return false };
    let there = Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object());
    there && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
