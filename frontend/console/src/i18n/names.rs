//! The names of severities, priorities and channels in the active language.

use campanile_shared::{Channel, Priority, Severity};

use super::t;

/// The name of a severity.
pub fn severity_name(severity: Severity) -> String {
    match severity {
        Severity::Information => t::severity_information(),
        Severity::Success => t::severity_success(),
        Severity::Warning => t::severity_warning(),
        Severity::Error => t::severity_error(),
    }
}

/// The name of a priority.
pub fn priority_name(priority: Priority) -> String {
    match priority {
        Priority::Low => t::priority_low(),
        Priority::Normal => t::priority_normal(),
        Priority::High => t::priority_high(),
        Priority::Urgent => t::priority_urgent(),
    }
}

/// The name of a channel.
pub fn channel_name(channel: Channel) -> String {
    match channel {
        Channel::Portal => t::channel_portal(),
        Channel::Email => t::channel_email(),
        Channel::Http => t::channel_http(),
    }
}
