//! Where the focus goes when what had it is gone: never to nowhere.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Gives the focus to the page's content, once what is being drawn is there.
pub fn to_content() {
    request_animation_frame(|| {
        let content = document().get_element_by_id("content").and_then(|content| content.dyn_into::<HtmlElement>().ok());
        // A page that cannot take the focus leaves it where it is.
        let _ = content.map(|content| content.focus());
    });
}

/// Gives the focus to the element with an id, once it is there.
pub fn to(id: String) {
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
        // An element that cannot take the focus leaves it where it is.
        let _ = element.map(|element| element.focus());
    });
}

/// Gives the focus to the first field with a fault, once that is shown.
pub fn to_first_fault() {
    request_animation_frame(|| {
        let field = document().query_selector("form [aria-invalid=\"true\"]").ok().flatten();
        // A field that has gone meanwhile cannot take the focus.
        let _ = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()).map(|field| field.focus());
    });
}

/// Gives the focus to the page's content, unless something has it.
pub fn to_content_if_lost() {
    request_animation_frame(|| {
        if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
            to_content();
        }
    });
}
