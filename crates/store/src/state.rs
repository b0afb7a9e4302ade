//! What a person did to an item, as a number small enough to index, and what an action does to it.

use campanile_shared::{ItemState, View, inbox::Action};

/// The state of one item: 1 for read plus 2 for dismissed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct State(pub u8);

impl State {
    const READ: u8 = 1;
    const DISMISSED: u8 = 2;

    /// All there are.
    pub const ALL: [Self; 4] = [Self(0), Self(1), Self(2), Self(3)];

    pub const fn is_read(self) -> bool {
        self.0 & Self::READ != 0
    }

    pub const fn is_dismissed(self) -> bool {
        self.0 & Self::DISMISSED != 0
    }

    /// The shared vocabulary's form.
    pub const fn shown(self) -> ItemState {
        ItemState { read: self.is_read(), dismissed: self.is_dismissed() }
    }
}

/// A set of states, one bit each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct States(u8);

impl States {
    pub const EVERY: Self = Self(0b1111);
    /// Not dismissed.
    pub const INBOX: Self = Self(0b0011);
    /// Neither read nor dismissed.
    pub const UNREAD: Self = Self(0b0001);
    /// Dismissed.
    pub const DISMISSED: Self = Self(0b1100);

    /// The states a view shows.
    pub const fn of(view: View) -> Self {
        match view {
            View::Inbox => Self::INBOX,
            View::Unread => Self::UNREAD,
            View::Dismissed => Self::DISMISSED,
        }
    }

    pub const fn contains(self, state: State) -> bool {
        self.0 & (1 << state.0) != 0
    }

    /// Those of the set for which the condition holds.
    pub fn filter(self, keep: impl Fn(State) -> bool) -> Self {
        Self(self.iter().filter(|state| keep(*state)).fold(0, |set, state| set | 1 << state.0))
    }

    pub fn iter(self) -> impl Iterator<Item = State> {
        State::ALL.into_iter().filter(move |state| self.contains(*state))
    }
}

/// One of the two marks on an item, set or taken away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mark {
    /// Which: the bit of [`State`].
    pub bit: u8,
    /// Whether it is set.
    pub set: bool,
}

impl Mark {
    /// What an action does.
    pub const fn of(action: Action) -> Self {
        match action {
            Action::Read => Self { bit: State::READ, set: true },
            Action::Unread => Self { bit: State::READ, set: false },
            Action::Dismiss => Self { bit: State::DISMISSED, set: true },
            Action::Restore => Self { bit: State::DISMISSED, set: false },
        }
    }

    /// Whether it is the mark of having read.
    pub const fn is_read(self) -> bool {
        self.bit == State::READ
    }

    /// The mark that takes this one back.
    pub const fn inverse(self) -> Self {
        Self { bit: self.bit, set: !self.set }
    }

    /// The state after it.
    pub const fn apply(self, state: State) -> State {
        State(if self.set { state.0 | self.bit } else { state.0 & !self.bit })
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
    fn marks_change_one_bit_and_are_taken_back() {
        for action in [Action::Read, Action::Unread, Action::Dismiss, Action::Restore] {
            let mark = Mark::of(action);
            for state in State::ALL {
                assert!(!mark.changes(mark.apply(state)));
                if mark.changes(state) {
                    assert_eq!(mark.inverse().apply(mark.apply(state)), state);
                }
            }
        }
        assert_eq!(Mark::of(Action::Dismiss).apply(State(1)).shown(), ItemState { read: true, dismissed: true });
    }

    #[test]
    fn views_are_sets_of_states() {
        assert_eq!(States::of(View::Unread).iter().collect::<Vec<_>>(), [State(0)]);
        assert!(States::of(View::Inbox).iter().all(|state| !state.is_dismissed()));
        assert_eq!(States::EVERY.filter(State::is_dismissed), States::DISMISSED);
        assert_eq!(States::INBOX.filter(State::is_dismissed).iter().count(), 0);
    }
}
