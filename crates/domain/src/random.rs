//! The one source of randomness, so that tests can bring their own.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Gives unpredictable bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer with bytes fit for secrets.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::expect_used, reason = "without randomness no secret is safe: nothing sensible is left to do")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system has no randomness");
    }
}

/// A UUIDv7 (RFC 9562 §5.7): ids that sort by the time they were made.
pub fn uuid_v7(random: &dyn Random, now: DateTime<Utc>) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}
