//! What a person does to the panel: clicks and keys, heard once for the whole panel.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

use crate::{host, state::State};

/// A click on a link or a button.
pub fn by_click(state: State, event: &MouseEvent) {
    let Some(control) = closest(event, "a, button") else { return };
    let link = control.tag_name() == "A";
    match row_of(&control) {
        Some((_, index)) if link => {
            if !state.open(index) {
                event.prevent_default();
            }
        }
        Some((row, index)) => dismiss(state, &row, index),
        // The link to the console needs no help.
        None if link => {}
        None if control.class_name() == "again" => state.fetch(),
        None => state.read_all(),
    }
}

/// A key: arrows, Home and End go through the list, `e` and Delete put an item away.
pub fn by_key(state: State, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(panel) = closest(event, ".panel") else { return };
    let row = closest(event, "li");
    let edge = |selector: &str| panel.query_selector(selector).ok().flatten();
    let first = || edge("li");
    let next = match (event.key().as_str(), &row) {
        ("ArrowDown", Some(row)) => row.next_element_sibling(),
        ("ArrowUp", Some(row)) => row.previous_element_sibling(),
        ("Home", _) | ("ArrowDown", None) => first(),
        ("End", _) => edge("li:last-child"),
        ("e" | "Delete", Some(row)) => {
            event.prevent_default();
            return row_of(row).map_or((), |(row, index)| dismiss(state, &row, index));
        }
        _ => return,
    };
    if let Some(next) = next {
        event.prevent_default();
        focus(&next);
    }
}

/// The pointer over a time: it is told in full. To write all of them so beforehand would keep the panel waiting.
pub fn by_pointing(state: State, event: &MouseEvent) {
    let Some(time) = closest(event, "time:not([title])") else { return };
    let (host, _) = state.surroundings();
    // An attribute is never refused.
    let _ = time.set_attribute("title", &host::exact(&host.language(), &time.get_attribute("datetime").unwrap_or_default()));
}

/// Puts the item of a row away; the focus goes on to a neighbour before the row is gone.
fn dismiss(state: State, row: &Element, index: usize) {
    if let Some(neighbour) = row.next_element_sibling().or_else(|| row.previous_element_sibling()) {
        focus(&neighbour);
    }
    state.dismiss(index);
}

/// The row around an element, and its place in the list.
fn row_of(element: &Element) -> Option<(Element, usize)> {
    let row = element.closest("li").ok()??;
    let before = std::iter::successors(row.previous_element_sibling(), Element::previous_element_sibling).count();
    Some((row, before))
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.unchecked_into::<Element>().closest(selector).ok()?
}

/// Gives the focus to the link of a row.
fn focus(row: &Element) {
    if let Some(link) = row.first_element_child() {
        // Refused only where there is no window to focus in.
        let _ = link.unchecked_into::<HtmlElement>().focus();
    }
}
