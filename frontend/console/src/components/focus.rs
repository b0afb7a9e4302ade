//! Where the focus goes after the focused element is removed.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

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

/// Focuses the first element that matches, as soon as it is on the page.
pub fn when_present(selector: &'static str) {
    attempt(selector, PATIENCE);
}

/// For how many frames [`when_present`] waits.
const PATIENCE: u32 = 60;

fn attempt(selector: &'static str, frames: u32) {
    request_animation_frame(move || {
        let element = document().query_selector(selector).ok().flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok());
        match element {
            // If the element cannot take the focus, the focus stays where it is.
            Some(element) => drop(element.focus()),
            None if frames > 0 => attempt(selector, frames - 1),
            None => {}
        }
    });
}

/// Elements that can have the focus.
pub const FOCUSABLE: &str = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea, summary";

/// Whether an element takes room on the page.
pub fn is_shown(element: &Element) -> bool {
    element.get_bounding_client_rect().width() > 0.0
}

/// The elements inside `root` that match and take room, in the order of the document.
pub fn shown_within(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    let found = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok());
    found.filter(|element| is_shown(element)).collect()
}

/// Moves the focus to the next or the previous control of the focused row.
pub fn within(row: &str, forward: bool) {
    let Some(active) = document().active_element() else { return };
    let Some(row) = active.closest(row).ok().flatten() else { return };
    let controls = shown_within(&row, FOCUSABLE);
    let at = controls.iter().position(|control| **control == active);
    let next = at.and_then(|at| if forward { at.checked_add(1) } else { at.checked_sub(1) });
    if let Some(next) = next.and_then(|next| controls.get(next)) {
        // An element that is shown can take the focus.
        let _ = next.focus();
    }
}

/// Focuses the page's content, unless another element has the focus.
pub fn to_content_if_lost() {
    request_animation_frame(|| {
        if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
            to_content();
        }
    });
}
