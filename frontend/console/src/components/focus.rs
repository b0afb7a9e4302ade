//! Where the focus goes after the focused element is removed.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Focuses the page's content after the next frame.
pub fn to_content() {
    request_animation_frame(|| {
        let content = document().get_element_by_id("content").and_then(|content| content.dyn_into::<HtmlElement>().ok());
        // If the content cannot take the focus, the focus stays where it is.
        let _ = content.map(|content| content.focus());
    });
}

/// Focuses the element with an id after the next frame.
pub fn to(id: String) {
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
        // If the element cannot take the focus, the focus stays where it is.
        let _ = element.map(|element| element.focus());
    });
}

/// Focuses the first field with an error after the next frame.
pub fn to_first_error() {
    request_animation_frame(|| {
        let field = document().query_selector("form [aria-invalid=\"true\"]").ok().flatten();
        // A field that was removed meanwhile cannot take the focus.
        let _ = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()).map(|field| field.focus());
    });
}

/// Focuses the page's content, unless another element has the focus.
pub fn to_content_if_lost() {
    request_animation_frame(|| {
        if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
            to_content();
        }
    });
}
