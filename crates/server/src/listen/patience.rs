//! A timeout for the sum of several waits. A client that sends or receives fast enough never reaches it.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A limit on the sum of all waits. It sets a timer only when there is something to wait for.
pub struct Patience {
    limit: Duration,
    /// How many bytes give a second back. If it is 0, bytes give nothing back.
    bytes_a_second: u32,
    left: Duration,
    waiting: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// A limit of this length. Each `bytes_a_second` bytes give a second back, so a client of this speed never
    /// reaches the limit.
    pub const fn new(limit: Duration, bytes_a_second: u32) -> Self {
        Self { limit, bytes_a_second, left: limit, waiting: None, alarm: None }
    }

    /// Ends a wait, after which this many bytes have arrived.
    pub fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.waiting.take() {
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            let gained = (Duration::from_secs(1) * bytes).checked_div(self.bytes_a_second).unwrap_or_default();
            self.left = (self.left.saturating_sub(since.elapsed()) + gained).min(self.limit);
        }
    }

    /// Begins or continues a wait. Ready when the limit is reached.
    pub fn waits(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let begins = self.waiting.is_none();
        let deadline = *self.waiting.get_or_insert_with(Instant::now) + self.left;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if begins {
            alarm.as_mut().reset(deadline);
        }
        alarm.as_mut().poll(context)
    }

    /// Starts again with the full limit.
    pub fn renew(&mut self) {
        (self.left, self.waiting, self.alarm) = (self.limit, None, None);
    }
}
