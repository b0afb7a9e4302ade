//! Opens and closes a modal `<dialog>` as a condition changes.

use leptos::{html, prelude::*};

use crate::reactive::effect;

/// The node reference for a dialog that is open while the condition holds.
pub fn modal_while(is_open: impl Fn() -> bool + 'static) -> NodeRef<html::Dialog> {
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        let (Some(dialog), open) = (dialog.get(), is_open()) else { return };
        if open && !dialog.open() {
            // `show_modal` fails only if the dialog is no longer on the page.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    dialog
}
