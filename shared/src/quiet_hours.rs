//! Quiet hours, during which only urgent notifications raise a desktop notification.

use serde::{Deserialize, Serialize};

/// A daily period in the browser's local time, in minutes after midnight (0 to 1439). It may extend past midnight: 22:00 to
/// 07:00 is `{from: 1320, to: 420}`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first quiet minute.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Minute))]
    pub from: u16,
    /// The first minute after the quiet hours.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Minute))]
    pub to: u16,
}

impl QuietHours {
    /// Whether this minute of the day is quiet.
    pub fn covers(self, minute: u16) -> bool {
        if self.from <= self.to { (self.from..self.to).contains(&minute) } else { minute >= self.from || minute < self.to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_pass_midnight() {
        let night = QuietHours { from: 1320, to: 420 };
        assert!(night.covers(1320) && night.covers(0) && night.covers(419));
        assert!(!night.covers(420) && !night.covers(1319));
        assert!(!QuietHours { from: 60, to: 60 }.covers(60));
    }

    #[test]
    fn quiet_hours_of_one_day_end_before_their_last_minute() {
        let noon = QuietHours { from: 720, to: 780 };
        assert!(noon.covers(720) && noon.covers(779));
        assert!(!noon.covers(719) && !noon.covers(780) && !noon.covers(0));
        let minutes = |hours: QuietHours| (0..1_440).filter(|minute| hours.covers(*minute)).count();
        assert_eq!((minutes(noon), minutes(QuietHours { from: 1_320, to: 420 }), minutes(QuietHours { from: 0, to: 0 })), (60, 540, 0));
    }
}
