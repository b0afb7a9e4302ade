//! What the keys of the inbox ask for.

/// A wish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Command {
    /// To the next item.
    Next,
    /// To the item before.
    Previous,
    /// To the next item, selecting it too.
    ExtendNext,
    /// To the item before, selecting it too.
    ExtendPrevious,
    /// Show in full.
    Open,
    /// Put away, or take back among the dismissed.
    Dismiss,
    /// Mark as unread, or as read when it is unread.
    Unread,
    /// Put aside until a time, or take back what is.
    Snooze,
    /// Keep on top, or no longer.
    Pin,
    /// Select or let go.
    Select,
    /// Let go of the selection, or close what is open.
    Close,
}

/// What a key asks for. Arrows only count in the list, where they do not scroll.
pub fn command(key: &str, shift: bool, in_list: bool) -> Option<Command> {
    match key {
        "j" => Some(Command::Next),
        "k" => Some(Command::Previous),
        "J" => Some(Command::ExtendNext),
        "K" => Some(Command::ExtendPrevious),
        "ArrowDown" if in_list => Some(if shift { Command::ExtendNext } else { Command::Next }),
        "ArrowUp" if in_list => Some(if shift { Command::ExtendPrevious } else { Command::Previous }),
        "Enter" => Some(Command::Open),
        "e" => Some(Command::Dismiss),
        "u" => Some(Command::Unread),
        "s" => Some(Command::Snooze),
        "p" => Some(Command::Pin),
        "x" => Some(Command::Select),
        "Escape" => Some(Command::Close),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_scroll_outside_the_list() {
        assert_eq!(command("ArrowDown", false, true), Some(Command::Next));
        assert_eq!(command("ArrowUp", true, true), Some(Command::ExtendPrevious));
        assert_eq!(command("ArrowDown", false, false), None);
        assert_eq!(command("J", true, false), Some(Command::ExtendNext));
    }
}
