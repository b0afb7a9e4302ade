//! Components in a real browser.
#![cfg(target_arch = "wasm32")]

mod bell;
mod desktop;
mod people;
mod row;
mod stage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
