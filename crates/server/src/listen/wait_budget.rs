//! A timeout for the sum of several waits. A client that sends or receives fast enough never reaches it.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A limit on the sum of all waits. It sets a timer only when there is something to wait for.
pub struct WaitBudget {
    limit: Duration,
    /// How many bytes give a second back. If it is 0, bytes give nothing back.
    bytes_per_second: u32,
    remaining: Duration,
    waiting_since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl WaitBudget {
    /// A limit of this length. Each `bytes_per_second` bytes give a second back, so a client of this speed never
    /// reaches the limit.
    pub const fn new(limit: Duration, bytes_per_second: u32) -> Self {
        Self { limit, bytes_per_second, remaining: limit, waiting_since: None, timer: None }
    }

    /// Ends a wait, after which this many bytes have arrived.
    pub fn progress(&mut self, bytes: usize) {
        if let Some(since) = self.waiting_since.take() {
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            let gained = (Duration::from_secs(1) * bytes).checked_div(self.bytes_per_second).unwrap_or_default();
            self.remaining = (self.remaining.saturating_sub(since.elapsed()) + gained).min(self.limit);
        }
    }

    /// Begins or continues a wait. Ready when the limit is reached.
    pub fn poll_exhausted(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let begins = self.waiting_since.is_none();
        let deadline = *self.waiting_since.get_or_insert_with(Instant::now) + self.remaining;
        let alarm = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if begins {
            alarm.as_mut().reset(deadline);
        }
        alarm.as_mut().poll(context)
    }

    /// Starts again with the full limit.
    pub fn reset(&mut self) {
        (self.remaining, self.waiting_since, self.timer) = (self.limit, None, None);
    }
}
