//! The panel's icons, copied from the console's.

use campanile_shared::Severity;
use tachys::{
    prelude::*,
    svg::{path, svg},
};

/// A tick: dismissed.
pub const CHECK: &str = "m3 8.5 3.2 3L13 4.5";
/// Two ticks: all items read.
pub const CHECKS: &str = "m1.500 8.500 3 3 6-7M7.500 11.300l.2.200 6.800-7";

/// The icon of a severity.
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 7.4v3.4M8 5.1v.1",
        Severity::Success => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM5.4 8.3l1.8 1.7 3.4-3.8",
        Severity::Warning => "M8 2.4 14.2 13H1.8zM8 6.6v3M8 11.3v.1",
        Severity::Error => "M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4zM8 5v3.6M8 10.9v.1",
    }
}

/// An icon. It is hidden from screen readers: a text is beside it or names its button.
pub fn icon(shape: &'static str) -> impl RenderHtml {
    svg().attr("viewBox", "0 0 16 16").attr("aria-hidden", "true").child(path().attr("d", shape))
}
