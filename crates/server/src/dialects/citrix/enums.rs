//! The names and codes of severities and priorities (documented by the vendor).

use campanile_shared::{Priority, Severity};

/// The name of a severity (documented by the vendor, with the codes 0 to 3).
pub const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "Information",
        Severity::Success => "Success",
        Severity::Warning => "Warning",
        Severity::Error => "Error",
    }
}

/// The code of a severity (documented by the vendor).
pub fn severity_code(severity: Severity) -> usize {
    SEVERITIES.iter().position(|known| *known == severity).unwrap_or_default()
}

/// The code of a priority (documented by the vendor).
pub fn priority_code(priority: Priority) -> usize {
    PRIORITIES.iter().position(|known| *known == priority).unwrap_or_default()
}

/// The severities in the order of their codes.
pub const SEVERITIES: [Severity; 4] = [Severity::Information, Severity::Success, Severity::Warning, Severity::Error];

/// The name of a priority (documented by the vendor, with the codes 0 to 3).
pub const fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::Normal => "Normal",
        Priority::Low => "Low",
        Priority::High => "High",
        Priority::Urgent => "Urgent",
    }
}

/// The priorities in the order of their codes; `Normal` is 0.
pub const PRIORITIES: [Priority; 4] = [Priority::Normal, Priority::Low, Priority::High, Priority::Urgent];
