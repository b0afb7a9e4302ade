//! How much is sent: by day, severity, component and sender.

use std::ops::AddAssign;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Severity;

/// How many days are told of, today among them.
pub const DAYS: u32 = 30;

/// Notifications by severity.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = VolumeBySeverity))]
pub struct BySeverity {
    /// Of severity information.
    pub information: u64,
    /// Of severity success.
    pub success: u64,
    /// Of severity warning.
    pub warning: u64,
    /// Of severity error.
    pub error: u64,
}

impl BySeverity {
    /// How many of one severity.
    pub const fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Information => self.information,
            Severity::Success => self.success,
            Severity::Warning => self.warning,
            Severity::Error => self.error,
        }
    }

    /// Counts some more.
    pub const fn add(&mut self, severity: Severity, count: u64) {
        match severity {
            Severity::Information => self.information += count,
            Severity::Success => self.success += count,
            Severity::Warning => self.warning += count,
            Severity::Error => self.error += count,
        }
    }

    /// How many of all.
    pub const fn total(&self) -> u64 {
        self.information + self.success + self.warning + self.error
    }
}

impl AddAssign for BySeverity {
    fn add_assign(&mut self, other: Self) {
        for severity in Severity::ALL {
            self.add(severity, other.of(severity));
        }
    }
}

/// What was sent on one day.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayVolume {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// How much.
    pub counts: BySeverity,
}

/// What a component sent in all the days.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComponentVolume {
    /// The component; absent for what names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Whether these are all further components together.
    #[serde(default)]
    pub others: bool,
    /// How much.
    pub counts: BySeverity,
}

/// What a sender sent in all the days.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SenderVolume {
    /// A person's name or the name of an API key.
    pub sender: String,
    /// How much.
    pub count: u64,
}

/// What was sent in the last [`DAYS`] days.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Volume {
    /// Every day, the oldest first; of the component that was asked for, if one was.
    pub days: Vec<DayVolume>,
    /// The components that sent most, the loudest first, and the rest together.
    pub components: Vec<ComponentVolume>,
    /// The senders that sent most, the loudest first.
    pub senders: Vec<SenderVolume>,
    /// Whether everything is counted; what was sent in the last moments may be missing otherwise.
    pub complete: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: BySeverity = BySeverity { information: 1, success: 20, warning: 300, error: 4_000 };

    #[test]
    fn each_severity_is_counted_by_itself() {
        assert_eq!(Severity::ALL.map(|severity| COUNTS.of(severity)), [1, 20, 300, 4_000]);
        assert_eq!(COUNTS.total(), 4_321);
        for severity in Severity::ALL {
            let mut counts = COUNTS;
            counts.add(severity, 5);
            assert_eq!((counts.of(severity), counts.total()), (COUNTS.of(severity) + 5, 4_326), "{severity:?}");
        }
    }

    #[test]
    fn counts_of_several_days_are_added() {
        let mut counts = COUNTS;
        counts += COUNTS;
        counts += BySeverity::default();
        assert_eq!(counts, BySeverity { information: 2, success: 40, warning: 600, error: 8_000 });
    }
}
