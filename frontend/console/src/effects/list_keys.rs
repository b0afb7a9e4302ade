//! The keys `j` and `k`, and the arrows, in the lists of all pages and of the bell's panel: they move the focus from
//! row to row. The inbox handles them itself, because only a part of its rows is in the document.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::components::{
    focus::{FOCUSABLE, shown_within},
    shortcuts::is_free,
};

/// The rows of lists.
const ROWS: &str = ".sent-row, .admin-row, .notification-list > li";

/// Starts to handle the keys, for as long as the current owner exists.
pub fn start() {
    let keys = window_event_listener(ev::keydown, |event| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key();
        let fields = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog";
        if modified || !is_free(&event, fields) {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let around = |selector: &str| target.as_ref().and_then(|target| target.closest(selector).ok().flatten());
        let row = around(ROWS);
        let forward = match event.key().as_str() {
            "j" => true,
            "k" => false,
            // Elsewhere the arrows scroll.
            "ArrowDown" if row.is_some() => true,
            "ArrowUp" if row.is_some() => false,
            _ => return,
        };
        let list = around("[popover]").or_else(|| document().get_element_by_id("content"));
        if list.is_some_and(|list| move_focus(&list, row, forward)) {
            event.prevent_default();
        }
    });
    on_cleanup(move || keys.remove());
}

/// Moves the focus to the row after or before `row`, or else the opened one, or else to the first row. Returns
/// whether there are rows.
fn move_focus(list: &Element, row: Option<Element>, forward: bool) -> bool {
    let rows = shown_within(list, ROWS);
    let current = row.or_else(|| list.query_selector("[aria-current=true]").ok().flatten()?.closest(ROWS).ok().flatten());
    let at = current.and_then(|current| rows.iter().position(|row| **row == current));
    let to = match (at, forward) {
        (None, _) => 0,
        (Some(at), true) => (at + 1).min(rows.len().saturating_sub(1)),
        (Some(at), false) => at.saturating_sub(1),
    };
    let control = rows.get(to).and_then(|row| shown_within(row, FOCUSABLE).into_iter().next());
    // A control that is shown can take the focus.
    control.map(|control| control.focus()).is_some()
}
