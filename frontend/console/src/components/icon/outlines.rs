//! Icons that the first page does not show. As constants they are loaded with the code that uses them.

use super::Icon;

/// Two lines with ticks: dismisses all items.
pub const DISMISS_ALL: Icon = Icon::Outline("M2 4h12M2 8h4.500M2 12h3M8 11l2.200 2.200L14.500 8", false);
/// A box with a tick: selects items.
pub const SELECT: Icon = Icon::Outline("M3 3h10v10H3zM5.300 8l2 2 3.400-3.800", false);
/// An eye: seen.
pub const EYE: Icon = Icon::Outline(
    "M1.500 8S4 3.800 8 3.800 14.500 8 14.500 8 12 12.200 8 12.200 1.500 8 1.500 8zM9.800 8a1.800 1.800 0 1 1-3.600 0 1.800 1.800 0 0 1 3.600 0z",
    false,
);
/// An eye with a stroke: not seen.
pub const EYE_OFF: Icon =
    Icon::Outline("M1.500 8S4 3.800 8 3.800 14.500 8 14.500 8 12 12.200 8 12.200 1.500 8 1.500 8zM3 13.500l10-11", false);
/// A turning arrow: takes a sent notification back.
pub const RECALL: Icon = Icon::Outline("M6 3 3 6l3 3M3 6h6.500a3.500 3.500 0 0 1 0 7H6", true);
/// A circle with a stroke: stops deliveries.
pub const STOP: Icon = Icon::Outline("M13.800 8a5.800 5.800 0 1 1-11.600 0 5.800 5.800 0 0 1 11.600 0zM4 4l8 8", false);
/// A circular arrow: sends again.
pub const RESEND: Icon = Icon::Outline("M13.300 8a5.300 5.300 0 1 1-1.600-3.800M13.300 2v3.200h-3.200", false);
/// A closed envelope: an email.
pub const MAIL: Icon = Icon::Outline("M2 3.500h12v9H2zM2 4.500 8 9l6-4.500", false);
