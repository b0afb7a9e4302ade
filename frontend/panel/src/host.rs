//! The JavaScript around the panel: the element it belongs to (`embed/campanile.js`), the calls to
//! the server (`embed/panel-api.js`), its moments (`embed/panel-dates.js`) and the popover it is shown in
//! (`embed/panel-popover.js`).

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// The element, as the panel sees it.
    #[derive(Clone)]
    pub type Host;

    /// Where the panel goes: a popover in the element's shadow root.
    #[wasm_bindgen(method, getter, js_name = "box")]
    pub fn popover(this: &Host) -> HtmlElement;

    /// The bell itself.
    #[wasm_bindgen(method, getter)]
    pub fn button(this: &Host) -> HtmlElement;

    /// The tag of the language to speak.
    #[wasm_bindgen(method, getter)]
    pub fn language(this: &Host) -> String;

    /// The URL of the console's inbox with this query.
    #[wasm_bindgen(method)]
    pub fn page(this: &Host, query: &str) -> String;

    /// The generation of the store whose counts are shown; `undefined` when none are.
    #[wasm_bindgen(method)]
    pub fn generation(this: &Host) -> JsValue;

    /// Shows the counts of a snapshot of the wire, unless newer ones are shown, or ones of another generation than
    /// were shown when the answer `begun`; whether they are.
    #[wasm_bindgen(method)]
    pub fn count(this: &Host, snapshot: &JsValue, begun: &JsValue) -> bool;

    /// Tells the page that an item was chosen; whether the item may be opened.
    #[wasm_bindgen(method)]
    pub fn choose(this: &Host, id: &str, title: &str, url: &str, link: Option<String>) -> bool;

    /// The texts of a language: what `locales/<tag>.json` holds.
    #[derive(Clone)]
    pub type Words;

    /// The text of a key.
    #[wasm_bindgen(method, structural, indexing_getter)]
    pub fn get(this: &Words, key: &str) -> String;
}

#[wasm_bindgen(raw_module = "./panel-api.js")]
extern "C" {
    /// A promise of the server's answer, as the object its JSON says.
    pub fn call(host: &Host, method: &str, path: &str, body: Option<String>) -> Promise;

    /// A promise of the newest items of the inbox, which may have been asked for already.
    pub fn newest(host: &Host) -> Promise;
}

#[wasm_bindgen(raw_module = "./panel-dates.js")]
extern "C" {
    /// A moment as a list shows it: “now”, “12 min”, the time of today, a date.
    pub fn short(tag: &str, moment: &str) -> String;

    /// A moment in full, to the second.
    pub fn exact(tag: &str, moment: &str) -> String;
}

#[wasm_bindgen(raw_module = "./panel-popover.js")]
extern "C" {
    /// Gives the shadow root around the popover the panel's style.
    pub fn adopt(popover: &HtmlElement, css: &str);

    /// A promise of what there is to see being seen.
    pub fn painted() -> Promise;

    /// Begins or ends to keep the popover in its place.
    pub fn follow(popover: &HtmlElement, button: &HtmlElement, open: bool);
}
