//! The keyboard shortcuts of every page.

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;

use super::shortcut_help::LazyShortcutHelp;
use crate::{i18n::t, page::Page};

/// The action of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ShortcutAction {
    Search,
    Help,
    Go(Page),
    /// The first key of a sequence.
    Prefix,
    Ignored,
}

/// The action of a key. `after_g` says that the key before it was `g`.
fn action_of(after_g: bool, key: &str) -> ShortcutAction {
    match (after_g, key) {
        (true, "i") => ShortcutAction::Go(Page::Inbox),
        (true, "c") => ShortcutAction::Go(Page::Compose),
        (true, "t") => ShortcutAction::Go(Page::Sent),
        (true, "a") => ShortcutAction::Go(Page::Administration),
        (true, ",") => ShortcutAction::Go(Page::Settings),
        (_, "g") => ShortcutAction::Prefix,
        (_, "/") => ShortcutAction::Search,
        (_, "?") => ShortcutAction::Help,
        _ => ShortcutAction::Ignored,
    }
}

/// Whether a key press is for the page and not for a field, a dialog or the browser.
pub fn is_page_shortcut(event: &ev::KeyboardEvent) -> bool {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    !modified && is_free(event, "input:not([type=checkbox]), textarea, select, [contenteditable], dialog, [popover]")
}

/// Whether a key press is new and comes from outside all elements that match `busy`.
pub fn is_free(event: &ev::KeyboardEvent, busy: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    !event.is_composing() && !event.default_prevented() && target.is_none_or(|target| target.closest(busy).ok().flatten().is_none())
}

/// The shortcuts and the help.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let navigate = use_navigate();
    let sheet = NodeRef::<html::Dialog>::new();
    let open = RwSignal::new(false);
    let after_g = StoredValue::new(false);
    let listener = window_event_listener(ev::keydown, move |event| {
        if !is_page_shortcut(&event) {
            return;
        }
        let wish = action_of(after_g.get_value(), &event.key());
        after_g.set_value(wish == ShortcutAction::Prefix);
        match wish {
            ShortcutAction::Ignored | ShortcutAction::Prefix => return,
            ShortcutAction::Search => {
                let field = document().get_element_by_id("search").and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
                if let Some(field) = field {
                    // If the input cannot take the focus, the focus stays where it is.
                    let _ = field.focus();
                    field.select();
                }
            }
            ShortcutAction::Help => {
                if let Some(sheet) = sheet.get_untracked() {
                    open.set(true);
                    // This fails only if the dialog is open already.
                    let _ = sheet.show_modal();
                }
            }
            ShortcutAction::Go(page) => navigate(&format!("/{}", page.segment()), NavigateOptions::default()),
        }
        event.prevent_default();
    });
    on_cleanup(move || listener.remove());
    let close = move || {
        if let Some(sheet) = sheet.get_untracked() {
            sheet.close();
        }
    };
    // A click on the backdrop has the dialog itself as its target.
    let clicked = move |event: ev::MouseEvent| {
        if event.target() == event.current_target() {
            close();
        }
    };
    view! {
        <dialog node_ref=sheet class="sheet" aria-label=t::help() on:click=clicked on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <LazyShortcutHelp close=Callback::new(move |()| close())/>
            </Show>
        </dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_take_two_keys() {
        assert_eq!(action_of(false, "i"), ShortcutAction::Ignored);
        assert_eq!(action_of(false, "g"), ShortcutAction::Prefix);
        assert_eq!(action_of(true, "i"), ShortcutAction::Go(Page::Inbox));
        assert_eq!(action_of(true, "/"), ShortcutAction::Search);
        assert_eq!(action_of(true, ","), ShortcutAction::Go(Page::Settings));
        assert_eq!(action_of(true, "x"), ShortcutAction::Ignored);
    }
}
