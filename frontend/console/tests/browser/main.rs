//! Components in a real browser.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a panic fails the test, also in helpers")]

mod bell;
mod desktop;
mod harness;
mod json;
mod notification_row;
mod people_picker;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
