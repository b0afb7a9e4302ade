//! The buttons for an item, depending on its state. A row and the opened notification have the same buttons.

use campanile_shared::{ItemState, inbox::Action};

use crate::{components::icon::Icon, i18n::t};

/// A button: its action, its icon and its label.
pub type ActionButton = (Action, Icon, fn() -> String);

/// How many buttons an item has at most. Each slot keeps its element when the action in it changes, so that the
/// focus stays.
pub const BUTTON_SLOTS: usize = 4;

/// The button in a slot; `None` if the slot is empty. A dismissed item cannot be snoozed.
pub fn action_button(slot: usize, state: ItemState) -> Option<ActionButton> {
    Some(match slot {
        0 if state.dismissed => (Action::Restore, Icon::ToInbox, t::restore),
        0 => (Action::Dismiss, Icon::Check, t::dismiss),
        1 if state.dismissed => return None,
        1 if state.snoozed_until.is_some() => (Action::Unsnooze, Icon::ToInbox, t::unsnooze),
        1 => (Action::Snooze, Icon::Clock, t::snooze),
        2 if state.pinned => (Action::Unpin, Icon::Pin, t::unpin),
        2 => (Action::Pin, Icon::Pin, t::pin),
        _ if state.read => (Action::Unread, Icon::Dot, t::mark_unread),
        _ => (Action::Read, Icon::Read, t::mark_read),
    })
}
