//! How long somebody is waited for.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A time that all waits together may take. It costs something only once there is something to wait for.
pub struct Patience {
    limit: Duration,
    /// How many bytes give a second of it back; none do when it is zero.
    bytes_a_second: u32,
    left: Duration,
    waiting: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// A patience of this time. So many bytes that come give a second of it back: whoever is as fast as
    /// that is waited for as long as it takes.
    pub const fn new(limit: Duration, bytes_a_second: u32) -> Self {
        Self { limit, bytes_a_second, left: limit, waiting: None, alarm: None }
    }

    /// A wait is over, and so many bytes have come.
    pub fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.waiting.take() {
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            let gained = (Duration::from_secs(1) * bytes).checked_div(self.bytes_a_second).unwrap_or_default();
            self.left = (self.left.saturating_sub(since.elapsed()) + gained).min(self.limit);
        }
    }

    /// Nothing comes for now. Ready when the patience is at its end.
    pub fn waits(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let begins = self.waiting.is_none();
        let deadline = *self.waiting.get_or_insert_with(Instant::now) + self.left;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if begins {
            alarm.as_mut().reset(deadline);
        }
        alarm.as_mut().poll(context)
    }

    /// Begins anew with all of it.
    pub fn renew(&mut self) {
        (self.left, self.waiting, self.alarm) = (self.limit, None, None);
    }
}
