//! The retry schedule: when a failed delivery is tried again, and when it is given up.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::Random;

/// The waits between attempts (Standard Webhooks, "Retry schedule"). After the last one, a delivery is given
/// up.
pub const RETRY_SCHEDULE: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// The longest wait that a receiver may ask for.
const MAX_RETRY_AFTER: TimeDelta = TimeDelta::hours(24);

/// When to try again after `attempts` failed attempts; `None` when the schedule is exhausted. The wait varies
/// by ±20 % so that deliveries that failed together are not retried together.
pub fn next_attempt_at(random: &dyn Random, now: DateTime<Utc>, attempts: u32, after: Option<Duration>) -> Option<DateTime<Utc>> {
    let wait = *RETRY_SCHEDULE.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
    let mut byte = [0];
    random.fill(&mut byte);
    // 80 % to 120 %.
    let wait = wait * (204 + i32::from(byte[0]) * 102 / 255) / 255;
    let asked = after.and_then(|after| TimeDelta::from_std(after).ok()).unwrap_or_default().min(MAX_RETRY_AFTER);
    Some(now + wait.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::Always;

    #[test]
    fn waits_follow_the_schedule_and_retry_after() {
        let now = DateTime::UNIX_EPOCH;
        let wait = |byte, attempts, after| next_attempt_at(&Always(byte), now, attempts, after).map(|at| (at - now).num_milliseconds());
        assert_eq!(wait(0, 1, None), Some(4_000));
        assert_eq!(wait(255, 1, None), Some(6_000));
        assert_eq!(wait(255, 9, None), Some(24 * 3_600_000 * 6 / 5));
        assert_eq!(wait(0, 10, None), None);
        assert_eq!(wait(0, 0, None), None);
        assert_eq!(wait(0, 1, Some(Duration::from_secs(120))), Some(120_000));
        assert_eq!(wait(0, 1, Some(Duration::from_secs(1))), Some(4_000));
        assert_eq!(wait(0, 1, Some(Duration::from_secs(u64::MAX))), Some(4_000));
        assert_eq!(wait(0, 1, Some(Duration::from_secs(1_000_000))), Some(24 * 3_600_000));
    }

    #[test]
    fn every_wait_varies_by_a_fifth() {
        let now = DateTime::UNIX_EPOCH;
        let seconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (attempts, seconds) in (1..).zip(seconds) {
            for (byte, millis) in [(0, 800), (255, 1_200)] {
                let again = next_attempt_at(&Always(byte), now, attempts, None).unwrap();
                assert_eq!((again - now).num_milliseconds(), seconds * millis, "attempt {attempts}");
            }
        }
    }
}
