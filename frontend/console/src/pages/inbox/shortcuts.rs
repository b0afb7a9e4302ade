//! The keyboard shortcuts of the inbox.

/// What a keyboard shortcut does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shortcut {
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
    /// Marks as read.
    MarkRead,
    /// Marks as unread.
    MarkUnread,
    /// Opens the snooze dialog; in the view of snoozed items, ends the snooze.
    Snooze,
    /// Pins, or unpins.
    Pin,
    /// Selects, or deselects.
    ToggleSelected,
    /// Opens the dialog that saves the view.
    SaveView,
    /// Goes to the next control of the row, in the direction of the arrow.
    Right,
    /// The same to the left.
    Left,
    /// Clears the selection, or closes the opened item.
    Close,
}

/// The shortcut of a key. Arrow keys count only in the list; elsewhere they scroll.
pub fn shortcut_for(key: &str, shift: bool, in_list: bool) -> Option<Shortcut> {
    match key {
        "j" => Some(Shortcut::Next),
        "k" => Some(Shortcut::Previous),
        "J" => Some(Shortcut::ExtendNext),
        "K" => Some(Shortcut::ExtendPrevious),
        "ArrowDown" if in_list => Some(if shift { Shortcut::ExtendNext } else { Shortcut::Next }),
        "ArrowUp" if in_list => Some(if shift { Shortcut::ExtendPrevious } else { Shortcut::Previous }),
        "ArrowRight" if in_list => Some(Shortcut::Right),
        "ArrowLeft" if in_list => Some(Shortcut::Left),
        "Enter" => Some(Shortcut::Open),
        "e" => Some(Shortcut::Dismiss),
        "r" => Some(Shortcut::MarkRead),
        "u" => Some(Shortcut::MarkUnread),
        "s" => Some(Shortcut::Snooze),
        "p" => Some(Shortcut::Pin),
        "x" => Some(Shortcut::ToggleSelected),
        "v" => Some(Shortcut::SaveView),
        "Escape" => Some(Shortcut::Close),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_scroll_outside_the_list() {
        assert_eq!(shortcut_for("ArrowDown", false, true), Some(Shortcut::Next));
        assert_eq!(shortcut_for("ArrowUp", true, true), Some(Shortcut::ExtendPrevious));
        assert_eq!(shortcut_for("ArrowDown", false, false), None);
        assert_eq!(shortcut_for("J", true, false), Some(Shortcut::ExtendNext));
    }
}
