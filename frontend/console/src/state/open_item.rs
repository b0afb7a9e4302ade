//! The item that is shown in full: loads it, keeps it current, and clicks its buttons.

use std::sync::Arc;

use campanile_shared::{Item, ItemState};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::State;
use crate::api::Result;

impl State {
    /// An item with its content in every language.
    pub async fn item(self, id: Uuid) -> Result<Item> {
        self.handle_session_error(self.api().item(id).await)
    }

    /// Clicks a button of the item that is shown in full. `button` counts from 0.
    pub async fn click_button(self, id: Uuid, button: usize) {
        match self.handle_session_error(self.api().click_button(id, button).await) {
            Ok(item) => self.update_open_item(item),
            Err(error) => self.show_error(&error),
        }
    }

    /// Loads the opened item again if it has buttons and is among the changed ones: a button may have been
    /// clicked in another tab.
    pub(super) fn refetch_open_item_if_changed(self, changed: &[Uuid]) {
        let pressable = |item: &Arc<Item>| changed.contains(&item.id) && !item.buttons.is_empty();
        let Some(id) = self.open_item.with_untracked(|opened| opened.as_ref().filter(|item| pressable(item)).map(|item| item.id)) else {
            return;
        };
        spawn_local(async move {
            // An error is ignored: the item is loaded again when it is next opened.
            if let Ok(item) = self.item(id).await {
                self.update_open_item(item);
            }
        });
    }

    /// Sets the state of the item, if it is the one shown in full.
    pub(super) fn set_open_item_state(self, id: Uuid, state: ItemState) {
        self.open_item.maybe_update(|opened| match opened {
            Some(item) if item.id == id && item.state != state => {
                *item = Arc::new(Item { state, ..Item::clone(item) });
                true
            }
            _ => false,
        });
    }

    /// Loads the item that is shown in full again. It may have been corrected or recalled.
    pub(super) fn refetch_open_item(self) {
        let Some(id) = self.open_item.with_untracked(|opened| opened.as_ref().map(|item| item.id)) else { return };
        spawn_local(async move {
            match self.item(id).await {
                Ok(item) => self.update_open_item(item),
                Err(error) if error.status() == Some(404) => {
                    self.open_item.maybe_update(|opened| opened.take_if(|item| item.id == id).is_some());
                }
                // The shown item stays until there is an answer.
                Err(_) => {}
            }
        });
    }

    /// Replaces the item that is shown in full, unless another one was opened meanwhile. The shown state is
    /// kept, because it may be newer than the answer.
    pub(super) fn update_open_item(self, full: Item) {
        self.open_item.maybe_update(|opened| match opened {
            Some(item) if item.id == full.id => {
                *item = Arc::new(Item { state: item.state, ..full });
                true
            }
            _ => false,
        });
    }
}
