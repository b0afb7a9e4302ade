//! Bindings to the JavaScript around the panel: the element (`frontend/bell/campanile.js`), the API calls
//! (`frontend/bell/panel-api.js`), the date formats (`frontend/bell/panel-dates.js`) and the popover
//! (`frontend/bell/panel-popover.js`).

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// What the element offers to the panel.
    #[derive(Clone)]
    pub type BellElement;

    /// The popover in the element's shadow root that contains the panel.
    #[wasm_bindgen(method, getter, js_name = "box")]
    pub fn popover(this: &BellElement) -> HtmlElement;

    /// The bell's button.
    #[wasm_bindgen(method, getter)]
    pub fn button(this: &BellElement) -> HtmlElement;

    /// The tag of the language to use.
    #[wasm_bindgen(method, getter)]
    pub fn language(this: &BellElement) -> String;

    /// The URL of the console's inbox with a query.
    #[wasm_bindgen(method)]
    pub fn page(this: &BellElement, query: &str) -> String;

    /// The generation of the shown counts; `undefined` if there are none.
    #[wasm_bindgen(method)]
    pub fn generation(this: &BellElement) -> JsValue;

    /// Passes a snapshot to the bell. `begun` is the generation that was shown when the request was made.
    /// Returns whether the bell has a newer snapshot, or one of another generation, and ignores this one.
    #[wasm_bindgen(method)]
    pub fn count(this: &BellElement, snapshot: &JsValue, begun: &JsValue) -> bool;

    /// Fires `campanile-item` on the element. Returns whether the item's page may be opened.
    #[wasm_bindgen(method)]
    pub fn choose(this: &BellElement, id: &str, title: &str, url: &str, link: Option<String>) -> bool;

    /// The texts of a language, as in `locales/<tag>.json`.
    #[derive(Clone)]
    pub type Texts;

    /// The text of a key.
    #[wasm_bindgen(method, structural, indexing_getter)]
    pub fn get(this: &Texts, key: &str) -> String;
}

#[wasm_bindgen(raw_module = "./panel-api.js")]
extern "C" {
    /// A promise of the server's answer, parsed.
    pub fn call(host: &BellElement, method: &str, path: &str, body: Option<String>) -> Promise;

    /// A promise of the newest items of the inbox. The request may have been sent already.
    pub fn newest(host: &BellElement) -> Promise;
}

#[wasm_bindgen(raw_module = "./panel-dates.js")]
extern "C" {
    /// A time for a list: “now”, “12 min”, the time of today, a date.
    pub fn short(tag: &str, moment: &str) -> String;

    /// Date and time in full, to the second.
    pub fn exact(tag: &str, moment: &str) -> String;
}

#[wasm_bindgen(raw_module = "./panel-popover.js")]
extern "C" {
    /// Adds the panel's style sheet to the shadow root of the popover.
    pub fn adopt(popover: &HtmlElement, css: &str);

    /// A promise that resolves after the next frame is painted.
    pub fn painted() -> Promise;

    /// Starts or stops keeping the popover next to the bell.
    pub fn follow(popover: &HtmlElement, button: &HtmlElement, open: bool);
}
