//! What the panel may know and ask of the element it belongs to: the other side is in
//! `embed/campanile.js`.

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
    pub fn shelf(this: &Host) -> HtmlElement;

    /// The bell itself.
    #[wasm_bindgen(method, getter)]
    pub fn button(this: &Host) -> HtmlElement;

    /// The tag of the language to speak.
    #[wasm_bindgen(method, getter)]
    pub fn language(this: &Host) -> String;

    /// The API server's base URL, without a slash at its end.
    #[wasm_bindgen(method, getter)]
    pub fn server(this: &Host) -> String;

    /// Where the panel's own files are, with a slash at its end.
    #[wasm_bindgen(method, getter)]
    pub fn home(this: &Host) -> String;

    /// The URL of the console's inbox with this query.
    #[wasm_bindgen(method)]
    pub fn page(this: &Host, query: &str) -> String;

    /// A promise of the bearer token, or of `null` where a cookie does; `refused` says that the
    /// server did not take the last one.
    #[wasm_bindgen(method)]
    pub fn bearer(this: &Host, refused: bool) -> Promise;

    /// Shows the counts of a snapshot, given as JSON, unless newer ones are shown.
    #[wasm_bindgen(method)]
    pub fn count(this: &Host, snapshot: &str);

    /// Tells the page that an item was chosen; whether the item may be opened.
    #[wasm_bindgen(method)]
    pub fn choose(this: &Host, id: &str, title: &str, url: &str, link: Option<&str>) -> bool;
}
