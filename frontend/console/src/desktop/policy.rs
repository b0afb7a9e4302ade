//! The rules that decide whether an item raises a desktop notification.

use campanile_shared::{Item, Preferences, Priority};

/// Whether `item` raises a desktop notification.
///
/// `minute` is the local minute after midnight (0 to 1439). `on_screen` says that the person already sees the
/// item. An urgent item ignores quiet hours, but no other rule: muted components and the minimum severity are
/// explicit choices.
pub fn should_notify(item: &Item, preferences: &Preferences, minute: u16, on_screen: bool) -> bool {
    let Preferences { desktop_from, muted_components, quiet_hours, .. } = preferences;
    let done = item.state.read || item.state.dismissed;
    let muted = item.component.as_ref().is_some_and(|component| muted_components.contains(component));
    let quiet = quiet_hours.is_some_and(|hours| hours.covers(minute)) && item.priority != Priority::Urgent;
    !on_screen && !done && !muted && !quiet && !item.quiet && item.severity >= *desktop_from
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::item_list::tests::item;
    use campanile_shared::{ItemState, Severity, quiet_hours::QuietHours};

    const NOON: u16 = 720;
    const NIGHT: u16 = 30;

    fn check(change: impl FnOnce(&mut Item, &mut Preferences), minute: u16, on_screen: bool) -> bool {
        let mut item = item(1, Severity::Warning);
        let quiet_hours = Some(QuietHours { from: 1320, to: 420 });
        let mut preferences = Preferences { desktop_from: Severity::Warning, quiet_hours, ..Preferences::default() };
        change(&mut item, &mut preferences);
        should_notify(&item, &preferences, minute, on_screen)
    }

    #[test]
    fn each_rule_suppresses_the_notification() {
        assert!(check(|_, _| {}, NOON, false));
        assert!(!check(|_, _| {}, NOON, true), "visible on the screen");
        assert!(!check(|_, _| {}, NIGHT, false), "quiet hours");
        assert!(!check(|item, _| item.severity = Severity::Success, NOON, false), "severity too low");
        assert!(!check(|item, _| item.quiet = true, NOON, false), "quiet: the sender wants it in the list only");
        assert!(!check(|_, preferences| preferences.muted_components = vec!["Gateway".into()], NOON, false), "muted");
        assert!(!check(|item, _| item.state = ItemState { read: true, ..ItemState::default() }, NOON, false), "read elsewhere");
        assert!(!check(|item, _| item.state = ItemState { dismissed: true, ..ItemState::default() }, NOON, false), "dismissed elsewhere");
    }

    #[test]
    fn urgent_items_ignore_quiet_hours_only() {
        let urgent = |item: &mut Item| item.priority = Priority::Urgent;
        assert!(check(|item, _| urgent(item), NIGHT, false));
        assert!(!check(|item, _| urgent(item), NIGHT, true));
        let muted = |preferences: &mut Preferences| preferences.muted_components = vec!["Gateway".into()];
        assert!(!check(|item, preferences| (urgent(item), muted(preferences)).0, NIGHT, false));
        assert!(!check(|item, _| (urgent(item), item.severity = Severity::Success).0, NIGHT, false));
        assert!(!check(|item, _| item.priority = Priority::High, NIGHT, false));
    }

    #[test]
    fn default_preferences_notify_about_everything() {
        let mut silent = item(1, Severity::Information);
        silent.component = None;
        assert!(should_notify(&silent, &Preferences::default(), NIGHT, false));
    }
}
