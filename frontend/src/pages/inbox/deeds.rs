//! What can be done to an item as it is now: the same beside its line and above its text.

use campanile_shared::{ItemState, inbox::Action};

use crate::{components::icon::Icon, i18n::t};

/// Something to do, with its sign and its name.
pub type Choice = (Action, Icon, fn() -> String);

/// How many choices there are at most, each with a place of its own: a button keeps the focus while what it
/// does turns round.
pub const PLACES: usize = 4;

/// What there is to choose at a place. What is dismissed cannot be snoozed.
pub fn choice(place: usize, state: ItemState) -> Option<Choice> {
    Some(match place {
        0 if state.dismissed => (Action::Restore, Icon::Return, t::restore),
        0 => (Action::Dismiss, Icon::Check, t::dismiss),
        1 if state.dismissed => return None,
        1 if state.snoozed_until.is_some() => (Action::Unsnooze, Icon::Return, t::unsnooze),
        1 => (Action::Snooze, Icon::Clock, t::snooze),
        2 if state.pinned => (Action::Unpin, Icon::Pin, t::unpin),
        2 => (Action::Pin, Icon::Pin, t::pin),
        _ if state.read => (Action::Unread, Icon::Dot, t::mark_unread),
        _ => (Action::Read, Icon::Read, t::mark_read),
    })
}
