//! Clicks and key presses. The whole panel has one listener for each.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

use crate::{host, state::State};

/// A click on a link or a button.
pub fn on_click(state: State, event: &MouseEvent) {
    let Some(control) = closest(event, "a, button") else { return };
    let link = control.tag_name() == "A";
    match row_of(&control) {
        Some((_, index)) if link => {
            if !state.open(index) {
                event.prevent_default();
            }
        }
        Some((row, index)) => dismiss(state, &row, index),
        // The browser follows the link to the console.
        None if link => {}
        None if control.class_name() == "retry" => state.fetch(),
        None => state.read_all(),
    }
}

/// A key press. Arrows, `j` and `k`, Home and End move through the list. `e` and Delete dismiss an item.
pub fn on_key(state: State, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(panel) = closest(event, ".panel") else { return };
    let row = closest(event, "li");
    let edge = |selector: &str| panel.query_selector(selector).ok().flatten();
    let first = || edge("li");
    let next = match (event.key().as_str(), &row) {
        ("ArrowDown" | "j", Some(row)) => row.next_element_sibling(),
        ("ArrowUp" | "k", Some(row)) => row.previous_element_sibling(),
        ("Home", _) | ("ArrowDown" | "j", None) => first(),
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

/// The pointer is over a time: its title becomes the full date. Titles for all rows beforehand would delay the
/// panel.
pub fn on_pointer_over(state: State, event: &MouseEvent) {
    let Some(time) = closest(event, "time:not([title])") else { return };
    let (host, _) = state.context();
    // Setting an attribute with a valid name cannot fail.
    let _ = time.set_attribute("title", &host::exact(&host.language(), &time.get_attribute("datetime").unwrap_or_default()));
}

/// Dismisses the item of a row. The focus moves to a neighbour before the row is removed.
fn dismiss(state: State, row: &Element, index: usize) {
    if let Some(neighbour) = row.next_element_sibling().or_else(|| row.previous_element_sibling()) {
        focus(&neighbour);
    }
    state.dismiss(index);
}

/// The row around an element, and its index in the list.
fn row_of(element: &Element) -> Option<(Element, usize)> {
    let row = element.closest("li").ok()??;
    let before = std::iter::successors(row.previous_element_sibling(), Element::previous_element_sibling).count();
    Some((row, before))
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.unchecked_into::<Element>().closest(selector).ok()?
}

/// Focuses the link of a row.
fn focus(row: &Element) {
    if let Some(link) = row.first_element_child() {
        // If the focus cannot move, it stays where it is.
        let _ = link.unchecked_into::<HtmlElement>().focus();
    }
}
