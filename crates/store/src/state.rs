//! The state of an item as a small number that can be indexed, and how an action changes it.

use campanile_shared::{ItemState, View, inbox::Action};

/// The state of one item, one bit for each mark. A dismissed item is never snoozed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct StateBits(pub u8);

impl StateBits {
    const READ: u8 = 1;
    const DISMISSED: u8 = 2;
    const SNOOZED: u8 = 4;
    const PINNED: u8 = 8;
    /// It was snoozed and came back when its time was over.
    const RESURFACED: u8 = 16;

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
    pub const fn is_shown_on_top(self) -> bool {
        self.0 & Self::PINNED != 0 || self.0 & Self::RESURFACED != 0 && !self.is_read()
    }

    /// The state as the API has it, without the end of a snooze, which has a row of its own.
    pub const fn to_item_state(self) -> ItemState {
        ItemState { read: self.is_read(), dismissed: self.is_dismissed(), snoozed_until: None, pinned: self.0 & Self::PINNED != 0 }
    }

    /// The state with the snooze mark.
    pub const fn snoozed(self) -> Self {
        Self(self.0 | Self::SNOOZED)
    }

    /// The state after a snooze: unread, and shown above the others.
    pub const fn resurfaced(self) -> Self {
        Self(self.0 & !Self::SNOOZED & !Self::READ | Self::RESURFACED)
    }
}

/// A set of states, one bit each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StateSet(u32);

impl StateSet {
    pub const ALL: Self = Self(u32::MAX);

    /// The states that a view shows.
    pub fn of(view: View) -> Self {
        Self::ALL.filter(|state| match view {
            View::Inbox => !state.is_dismissed() && !state.is_snoozed(),
            View::Unread => !state.is_dismissed() && !state.is_snoozed() && !state.is_read(),
            View::Pinned => !state.is_dismissed() && !state.is_snoozed() && state.0 & StateBits::PINNED != 0,
            View::Snoozed => !state.is_dismissed() && state.is_snoozed(),
            View::Dismissed => state.is_dismissed() && !state.is_snoozed(),
        })
    }

    pub const fn contains(self, state: StateBits) -> bool {
        self.0 & (1 << state.0) != 0
    }

    /// The states of the set for which the condition holds.
    pub fn filter(self, keep: impl Fn(StateBits) -> bool) -> Self {
        Self(self.iter().filter(|state| keep(*state)).fold(0, |set, state| set | 1 << state.0))
    }

    pub fn iter(self) -> impl Iterator<Item = StateBits> {
        StateBits::all().filter(move |state| self.contains(*state))
    }
}

/// A mark that is set on an item or removed from it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StateChange {
    /// The bit of [`StateBits`].
    pub bit: u8,
    /// Whether the mark is set or removed.
    pub set: bool,
}

impl StateChange {
    /// The change that an action makes.
    pub const fn of(action: Action) -> Self {
        match action {
            Action::Read => Self { bit: StateBits::READ, set: true },
            Action::Unread => Self { bit: StateBits::READ, set: false },
            Action::Dismiss => Self { bit: StateBits::DISMISSED, set: true },
            Action::Restore => Self { bit: StateBits::DISMISSED, set: false },
            Action::Snooze => Self { bit: StateBits::SNOOZED, set: true },
            Action::Unsnooze => Self { bit: StateBits::SNOOZED, set: false },
            Action::Pin => Self { bit: StateBits::PINNED, set: true },
            Action::Unpin => Self { bit: StateBits::PINNED, set: false },
        }
    }

    /// Whether it changes the read mark.
    pub const fn is_read(self) -> bool {
        self.bit == StateBits::READ
    }

    /// Whether it changes the dismissed mark.
    pub const fn is_dismissed(self) -> bool {
        self.bit == StateBits::DISMISSED
    }

    /// Whether it changes the snoozed mark.
    pub const fn is_snoozed(self) -> bool {
        self.bit == StateBits::SNOOZED
    }

    /// The change that undoes this one.
    pub const fn inverse(self) -> Self {
        Self { bit: self.bit, set: !self.set }
    }

    /// The state after the change. Dismissing ends a snooze, and a dismissed item cannot be snoozed.
    pub const fn apply(self, state: StateBits) -> StateBits {
        let marked = StateBits(if self.set { state.0 | self.bit } else { state.0 & !self.bit });
        if !(marked.is_dismissed() && marked.is_snoozed()) {
            marked
        } else if self.is_snoozed() {
            state
        } else {
            StateBits(marked.0 & !StateBits::SNOOZED)
        }
    }

    /// Whether it would change the state.
    pub fn changes(self, state: StateBits) -> bool {
        self.apply(state) != state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_affect_one_bit_and_can_be_undone() {
        for mark in Action::ALL.map(StateChange::of) {
            for state in StateBits::all().filter(|state| !(state.is_dismissed() && state.is_snoozed())) {
                let after = mark.apply(state);
                assert!(!mark.changes(after));
                assert!(!after.is_dismissed() || !after.is_snoozed());
                // Dismissing a snoozed item changes two marks, so it has no single inverse.
                if mark.changes(state) && !(mark.is_dismissed() && state.is_snoozed()) {
                    assert_eq!(mark.inverse().apply(after), state);
                }
            }
        }
        let shown = StateChange::of(Action::Dismiss).apply(StateBits(1)).to_item_state();
        assert_eq!(shown, ItemState { read: true, dismissed: true, ..ItemState::default() });
    }

    #[test]
    fn views_are_sets_of_states() {
        for view in View::ALL {
            for state in StateBits::all().filter(|state| !(state.is_dismissed() && state.is_snoozed())) {
                let shown =
                    ItemState { snoozed_until: state.is_snoozed().then_some(chrono::DateTime::UNIX_EPOCH), ..state.to_item_state() };
                assert_eq!(StateSet::of(view).contains(state), view.shows(shown), "{view:?} {state:?}");
            }
        }
    }

    #[test]
    fn a_resurfaced_item_is_unread_and_on_top() {
        let back = StateBits(StateBits::READ | StateBits::SNOOZED).resurfaced();
        assert!(back.is_shown_on_top() && StateSet::of(View::Unread).contains(back));
        assert!(!StateChange::of(Action::Read).apply(back).is_shown_on_top());
    }
}
