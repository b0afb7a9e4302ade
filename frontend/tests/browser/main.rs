//! Components in a real browser.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a panic fails the test, also in helpers")]

mod bell;
mod desktop;
mod json;
mod people;
mod row;
mod stage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
