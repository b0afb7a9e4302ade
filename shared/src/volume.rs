//! The number of notifications sent by day, severity, component and sender.

use std::ops::AddAssign;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Severity;

/// The number of days that are reported, today included.
pub const VOLUME_DAYS: u32 = 30;

/// Notifications by severity.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = VolumeBySeverity))]
pub struct VolumeBySeverity {
    /// Number with severity `information`.
    pub information: u64,
    /// Number with severity `success`.
    pub success: u64,
    /// Number with severity `warning`.
    pub warning: u64,
    /// Number with severity `error`.
    pub error: u64,
}

impl VolumeBySeverity {
    /// The number with this severity.
    pub const fn count(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Information => self.information,
            Severity::Success => self.success,
            Severity::Warning => self.warning,
            Severity::Error => self.error,
        }
    }

    /// Adds `count` notifications of this severity.
    pub const fn add(&mut self, severity: Severity, count: u64) {
        match severity {
            Severity::Information => self.information += count,
            Severity::Success => self.success += count,
            Severity::Warning => self.warning += count,
            Severity::Error => self.error += count,
        }
    }

    /// The sum over all severities.
    pub const fn total(&self) -> u64 {
        self.information + self.success + self.warning + self.error
    }
}

impl AddAssign for VolumeBySeverity {
    fn add_assign(&mut self, other: Self) {
        for severity in Severity::ALL {
            self.add(severity, other.count(severity));
        }
    }
}

/// The notifications sent on one day.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayVolume {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// The number of notifications.
    pub counts: VolumeBySeverity,
}

/// The notifications of one component over all days.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComponentVolume {
    /// The component; absent for notifications that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Whether this entry sums up all remaining components.
    #[serde(default)]
    pub others: bool,
    /// The number of notifications.
    pub counts: VolumeBySeverity,
}

/// The notifications of one sender over all days.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SenderVolume {
    /// The name of a person or an API key.
    pub sender: String,
    /// The number of notifications.
    pub count: u64,
}

/// The notifications sent in the last 30 days.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Volume {
    /// Every day, the oldest first. When the request names a component, only its notifications.
    pub days: Vec<DayVolume>,
    /// The components that sent most, the largest number first, then one entry for the rest.
    pub components: Vec<ComponentVolume>,
    /// The senders that sent most, the largest number first.
    pub senders: Vec<SenderVolume>,
    /// Whether every notification is counted. If false, the most recent ones may be missing.
    pub complete: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: VolumeBySeverity = VolumeBySeverity { information: 1, success: 20, warning: 300, error: 4_000 };

    #[test]
    fn each_severity_is_counted_by_itself() {
        assert_eq!(Severity::ALL.map(|severity| COUNTS.count(severity)), [1, 20, 300, 4_000]);
        assert_eq!(COUNTS.total(), 4_321);
        for severity in Severity::ALL {
            let mut counts = COUNTS;
            counts.add(severity, 5);
            assert_eq!((counts.count(severity), counts.total()), (COUNTS.count(severity) + 5, 4_326), "{severity:?}");
        }
    }

    #[test]
    fn counts_of_several_days_are_added() {
        let mut counts = COUNTS;
        counts += COUNTS;
        counts += VolumeBySeverity::default();
        assert_eq!(counts, VolumeBySeverity { information: 2, success: 40, warning: 600, error: 8_000 });
    }
}
