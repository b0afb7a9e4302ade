//! The state of a picker, and what its keys do.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::{PickerOption, SearchResult};
use crate::{
    i18n::{format, t},
    reactive::{effect, memo},
};

/// What the picker tells its owner.
#[derive(Clone, Copy)]
pub struct PickerCallbacks {
    /// Called with the id of one to add.
    pub on_add: Callback<String>,
    /// Called with the id of one to remove.
    pub on_remove: Callback<String>,
    /// Called with the typed text.
    pub on_search: Callback<String>,
}

/// The state. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct PickerState {
    /// The typed text.
    pub typed: RwSignal<String>,
    /// The index of the option that Enter chooses.
    pub active: RwSignal<Option<usize>>,
    /// What screen readers announce.
    pub announcement: RwSignal<String>,
    /// The input.
    pub input: NodeRef<html::Input>,
    /// The result of the search.
    pub found: Signal<SearchResult>,
    /// The options that are not chosen yet.
    pub offered: Memo<Vec<PickerOption>>,
    /// Whether the list of options is shown.
    pub shown: Memo<bool>,
    id: &'static str,
    chosen: Signal<Vec<PickerOption>>,
    open: RwSignal<bool>,
    callbacks: PickerCallbacks,
}

impl PickerState {
    /// A picker in which nothing is typed.
    pub fn new(id: &'static str, chosen: Signal<Vec<PickerOption>>, found: Signal<SearchResult>, callbacks: PickerCallbacks) -> Self {
        let open = RwSignal::new(false);
        let active = RwSignal::new(None::<usize>);
        let announcement = RwSignal::new(String::new());
        let offered = memo(move || match found.get() {
            SearchResult::Options(choices) => {
                chosen.with(|chosen| choices.into_iter().filter(|choice| chosen.iter().all(|known| known.id != choice.id)).collect())
            }
            SearchResult::Pending | SearchResult::Failed(_) => Vec::<PickerOption>::new(),
        });
        let shown = memo(move || open.get() && found.with(|found| *found != SearchResult::Pending));
        // A new result selects its first entry and announces the number of entries.
        effect(move || {
            let count = offered.with(Vec::len);
            active.set((count > 0).then_some(0));
            if shown.get() && found.with(|found| matches!(found, SearchResult::Options(_))) {
                announcement.set(t::picker_found(format::saturating_u32(count)));
            }
        });
        let (typed, input) = (RwSignal::new(String::new()), NodeRef::new());
        Self { typed, active, announcement, input, found, offered, shown, id, chosen, open, callbacks }
    }

    /// The id of the list of options.
    pub fn list_id(self) -> String {
        format!("{}-list", self.id)
    }

    /// The id of an option.
    pub fn option_id(self, at: usize) -> String {
        format!("{}-option-{at}", self.id)
    }

    /// Searches for a text.
    pub fn search(self, text: String) {
        self.typed.set(text.clone());
        self.open.set(true);
        self.callbacks.on_search.run(text);
    }

    /// Hides the list of options.
    pub fn close(self) {
        self.open.set(false);
    }

    /// Adds an option to the choice.
    pub fn add(self, choice: PickerOption) {
        self.callbacks.on_add.run(choice.id);
        self.announcement.set(t::picker_added(&choice.name));
        self.typed.set(String::new());
        self.close();
        self.callbacks.on_search.run(String::new());
    }

    /// Removes an option from the choice.
    pub fn remove(self, choice: PickerOption) {
        self.callbacks.on_remove.run(choice.id);
        self.announcement.set(t::picker_removed(&choice.name));
        if let Some(input) = self.input.get_untracked() {
            // The focused chip was removed. The input is the nearest element to focus.
            let _ = input.focus();
        }
    }

    fn move_active(self, by: isize) {
        let count = self.offered.with_untracked(Vec::len);
        if !self.open.get_untracked() || count == 0 {
            self.open.set(true);
            self.callbacks.on_search.run(self.typed.get_untracked());
            return;
        }
        let to = match self.active.get_untracked() {
            None if by > 0 => 0,
            None => count - 1,
            Some(at) => at.wrapping_add_signed(by).wrapping_add(count) % count,
        };
        self.active.set(Some(to));
        request_animation_frame(move || {
            if let Some(option) = document().get_element_by_id(&self.option_id(to)) {
                option.scroll_into_view_with_scroll_into_view_options(&nearest());
            }
        });
    }

    /// Handles a key in the input.
    pub fn handle_key(self, event: &KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => {
                event.prevent_default();
                self.move_active(1);
            }
            "ArrowUp" => {
                event.prevent_default();
                self.move_active(-1);
            }
            "Enter" => {
                // Enter never submits the form from here: half a name must not send a message.
                event.prevent_default();
                let choice = self.active.get_untracked().filter(|_| self.shown.get_untracked());
                if let Some(choice) = choice.and_then(|at| self.offered.with_untracked(|choices| choices.get(at).cloned())) {
                    self.add(choice);
                }
            }
            "Escape" if self.shown.get_untracked() => {
                event.prevent_default();
                event.stop_propagation();
                self.close();
            }
            "Escape" => self.search(String::new()),
            "Backspace" if self.typed.with_untracked(String::is_empty) => {
                if let Some(last) = self.chosen.with_untracked(|chosen| chosen.last().cloned()) {
                    self.remove(last);
                }
            }
            _ => {}
        }
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
