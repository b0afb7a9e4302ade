//! The segments of a segmented control that chooses a severity.

use campanile_shared::Severity;

use super::{icon::Icon, segmented::Segment};
use crate::i18n::names::severity_name;

/// A segment for each severity, the lowest first.
pub fn severity_segments() -> Vec<Segment<Severity>> {
    let segment = |value: Severity| Segment { value, label: severity_name(value), icon: Some((Icon::Severity(value), value.name())) };
    Severity::ALL.map(segment).into()
}
