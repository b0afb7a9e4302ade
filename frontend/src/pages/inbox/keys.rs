//! The keyboard shortcuts of the inbox.

/// What a keyboard shortcut does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Command {
    /// Goes to the next item.
    Next,
    /// Goes to the previous item.
    Previous,
    /// Goes to the next item and selects it.
    ExtendNext,
    /// Goes to the previous item and selects it.
    ExtendPrevious,
    /// Opens the item.
    Open,
    /// Dismisses; in the view of dismissed items, restores.
    Dismiss,
    /// Marks as unread; an unread item as read.
    Unread,
    /// Opens the snooze dialog; in the view of snoozed items, ends the snooze.
    Snooze,
    /// Pins, or unpins.
    Pin,
    /// Selects, or deselects.
    Select,
    /// Clears the selection, or closes the opened item.
    Close,
}

/// The shortcut of a key. Arrow keys count only in the list; elsewhere they scroll.
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
