//! The context of the inbox page: what its parts share. The page provides it.

use std::sync::Arc;

use leptos::prelude::*;
use uuid::Uuid;

use super::{
    selection::Selection,
    virtual_list::{Layout, LayoutRow},
};
use crate::{inbox_url::InboxUrl, state::State};

/// What the page's parts share. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct InboxContext {
    /// The console's state.
    pub state: State,
    /// What the URL says.
    pub url_state: Memo<InboxUrl>,
    /// The selected items.
    pub selection: RwSignal<Selection>,
    /// Whether every row shows its checkbox.
    pub select_mode: RwSignal<bool>,
    /// The item that keyboard shortcuts act on.
    pub active_item: RwSignal<Option<Uuid>>,
    /// The item to scroll to, and whether to focus it.
    pub scroll_to: RwSignal<Option<(Uuid, bool)>>,
    /// The items to snooze while the snooze dialog is open. An empty list means the selection.
    pub snooze_dialog: RwSignal<Option<Vec<Uuid>>>,
    /// Whether the person asked to dismiss all that match. `list_actions` asks for confirmation if they are many.
    pub dismissing_all: RwSignal<bool>,
    /// The rows of the list.
    pub layout: Memo<Arc<Layout>>,
    /// Groups that are shown one item per row, by the key that [`super::grouping::group_key`] returns.
    pub expanded_groups: RwSignal<Vec<String>>,
    /// Whether the dialog that saves the view is open.
    pub save_view_dialog: RwSignal<bool>,
    /// Goes to a URL; with `true`, it replaces the current one in the browser's history.
    pub navigate: StoredValue<Arc<dyn Fn(InboxUrl, bool) + Send + Sync>>,
}

impl InboxContext {
    /// Goes to a place. With `replace`, no entry is added to the browser's history.
    pub fn navigate_to(self, place: InboxUrl, replace: bool) {
        self.navigate.with_value(|go| go(place, replace));
    }

    /// The IDs of the listed items, in their order.
    pub fn item_ids(self) -> Vec<Uuid> {
        self.state.inbox.with_untracked(|list| list.items.iter().map(|item| item.id).collect())
    }

    /// The items of the row that an item is in. An action on a row applies to all of them.
    pub fn group_of(self, id: Uuid) -> Vec<Uuid> {
        let of = |line: &LayoutRow| [id].into_iter().chain(line.collapsed().iter().copied()).collect();
        self.layout.with_untracked(|layout| layout.iter().find(|row| row.item.id == id).map_or_else(|| vec![id], of))
    }

    /// Deselects everything and hides the checkboxes.
    pub fn clear_selection(self) {
        self.selection.set(Selection::default());
        self.select_mode.set(false);
    }
}
