//! The state of an item as a small number that can be indexed, and how an action changes it.

use campanile_shared::{ItemState, View, inbox::Action};

/// The state of one item, one bit for each mark. A dismissed item is never snoozed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct State(pub u8);

impl State {
    const READ: u8 = 1;
    const DISMISSED: u8 = 2;
    const SNOOZED: u8 = 4;
    const PINNED: u8 = 8;
    /// It was snoozed and came back when its time was over.
    const RETURNED: u8 = 16;

    /// The number of possible values.
    pub const COUNT: u8 = 32;

    /// All possible values.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    pub const fn is_read(self) -> bool {
        self.0 & Self::READ != 0
    }

    pub const fn is_dismissed(self) -> bool {
        self.0 & Self::DISMISSED != 0
    }

    pub const fn is_snoozed(self) -> bool {
        self.0 & Self::SNOOZED != 0
    }

    /// Whether it is shown above the other items.
    pub const fn is_on_top(self) -> bool {
        self.0 & Self::PINNED != 0 || self.0 & Self::RETURNED != 0 && !self.is_read()
    }

    /// The state as the API has it, without the end of a snooze, which has a row of its own.
    pub const fn shown(self) -> ItemState {
        ItemState { read: self.is_read(), dismissed: self.is_dismissed(), snoozed_until: None, pinned: self.0 & Self::PINNED != 0 }
    }

    /// The state with the snooze mark.
    pub const fn snoozed(self) -> Self {
        Self(self.0 | Self::SNOOZED)
    }

    /// The state after a snooze: unread, and shown above the others.
    pub const fn returned(self) -> Self {
        Self(self.0 & !Self::SNOOZED & !Self::READ | Self::RETURNED)
    }
}

/// A set of states, one bit each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct States(u32);

impl States {
    pub const EVERY: Self = Self(u32::MAX);

    /// The states that a view shows.
    pub fn of(view: View) -> Self {
        Self::EVERY.filter(|state| match view {
            View::Inbox => !state.is_dismissed() && !state.is_snoozed(),
            View::Unread => !state.is_dismissed() && !state.is_snoozed() && !state.is_read(),
            View::Pinned => !state.is_dismissed() && !state.is_snoozed() && state.0 & State::PINNED != 0,
            View::Snoozed => !state.is_dismissed() && state.is_snoozed(),
            View::Dismissed => state.is_dismissed() && !state.is_snoozed(),
        })
    }

    pub const fn contains(self, state: State) -> bool {
        self.0 & (1 << state.0) != 0
    }

    /// The states of the set for which the condition holds.
    pub fn filter(self, keep: impl Fn(State) -> bool) -> Self {
        Self(self.iter().filter(|state| keep(*state)).fold(0, |set, state| set | 1 << state.0))
    }

    pub fn iter(self) -> impl Iterator<Item = State> {
        State::all().filter(move |state| self.contains(*state))
    }
}

/// A mark that is set on an item or removed from it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mark {
    /// The bit of [`State`].
    pub bit: u8,
    /// Whether the mark is set or removed.
    pub set: bool,
}

impl Mark {
    /// The change that an action makes.
    pub const fn of(action: Action) -> Self {
        match action {
            Action::Read => Self { bit: State::READ, set: true },
            Action::Unread => Self { bit: State::READ, set: false },
            Action::Dismiss => Self { bit: State::DISMISSED, set: true },
            Action::Restore => Self { bit: State::DISMISSED, set: false },
            Action::Snooze => Self { bit: State::SNOOZED, set: true },
            Action::Unsnooze => Self { bit: State::SNOOZED, set: false },
            Action::Pin => Self { bit: State::PINNED, set: true },
            Action::Unpin => Self { bit: State::PINNED, set: false },
        }
    }

    /// Whether it changes the read mark.
    pub const fn is_read(self) -> bool {
        self.bit == State::READ
    }

    /// Whether it changes the dismissed mark.
    pub const fn is_dismissed(self) -> bool {
        self.bit == State::DISMISSED
    }

    /// Whether it changes the snoozed mark.
    pub const fn is_snoozed(self) -> bool {
        self.bit == State::SNOOZED
    }

    /// The change that undoes this one.
    pub const fn inverse(self) -> Self {
        Self { bit: self.bit, set: !self.set }
    }

    /// The state after the change. Dismissing ends a snooze, and a dismissed item cannot be snoozed.
    pub const fn apply(self, state: State) -> State {
        let marked = State(if self.set { state.0 | self.bit } else { state.0 & !self.bit });
        if !(marked.is_dismissed() && marked.is_snoozed()) {
            marked
        } else if self.is_snoozed() {
            state
        } else {
            State(marked.0 & !State::SNOOZED)
        }
    }

    /// Whether it would change the state.
    pub fn changes(self, state: State) -> bool {
        self.apply(state) != state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_affect_one_bit_and_can_be_undone() {
        for mark in Action::ALL.map(Mark::of) {
            for state in State::all().filter(|state| !(state.is_dismissed() && state.is_snoozed())) {
                let after = mark.apply(state);
                assert!(!mark.changes(after));
                assert!(!after.is_dismissed() || !after.is_snoozed());
                // Dismissing a snoozed item changes two marks, so it has no single inverse.
                if mark.changes(state) && !(mark.is_dismissed() && state.is_snoozed()) {
                    assert_eq!(mark.inverse().apply(after), state);
                }
            }
        }
        let shown = Mark::of(Action::Dismiss).apply(State(1)).shown();
        assert_eq!(shown, ItemState { read: true, dismissed: true, ..ItemState::default() });
    }

    #[test]
    fn views_are_sets_of_states() {
        for view in View::ALL {
            for state in State::all().filter(|state| !(state.is_dismissed() && state.is_snoozed())) {
                let shown = ItemState { snoozed_until: state.is_snoozed().then_some(chrono::DateTime::UNIX_EPOCH), ..state.shown() };
                assert_eq!(States::of(view).contains(state), view.shows(shown), "{view:?} {state:?}");
            }
        }
    }

    #[test]
    fn a_resurfaced_item_is_unread_and_on_top() {
        let back = State(State::READ | State::SNOOZED).returned();
        assert!(back.is_on_top() && States::of(View::Unread).contains(back));
        assert!(!Mark::of(Action::Read).apply(back).is_on_top());
    }
}
