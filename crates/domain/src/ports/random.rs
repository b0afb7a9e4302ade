//! The only source of randomness. Tests use their own.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A source of randomness.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer with unpredictable bytes, fit for secrets.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's random number generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::expect_used, reason = "without randomness no secret is safe, so the process must stop")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system must provide randomness");
    }
}

/// A UUIDv7 (RFC 9562 §5.7). Such ids sort by time.
pub fn uuid_v7(random: &dyn Random, now: DateTime<Utc>) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::Always;

    #[test]
    fn ids_contain_their_time_and_random_bits() {
        let at = |millis| DateTime::from_timestamp_millis(millis).unwrap();
        let id = uuid_v7(&Always(0xFF), at(0x0123_4567_89AB));
        assert_eq!(id.to_string(), "01234567-89ab-7fff-bfff-ffffffffffff");
        assert_eq!(uuid_v7(&Always(0), at(1)).to_string(), "00000000-0001-7000-8000-000000000000");
        assert!(uuid_v7(&Always(0xFF), at(1)) < uuid_v7(&Always(0), at(2)));
        assert_eq!(uuid_v7(&Always(0), at(-1)), uuid_v7(&Always(0), at(0)));
    }

    #[test]
    fn the_system_s_bytes_do_not_repeat() {
        let (mut one, mut other) = ([0; 32], [0; 32]);
        SystemRandom.fill(&mut one);
        SystemRandom.fill(&mut other);
        assert_ne!(one, other);
    }
}
