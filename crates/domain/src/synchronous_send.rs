//! Sending to one destination, such as a URL, while the request waits.

use std::{sync::Arc, time::Instant};

use chrono::TimeDelta;

use crate::{
    Campanile, Notification, Result,
    model::{
        access::{Ability, Actor},
        attempt_result::{AttemptOutcome, AttemptResult},
        delivery::{self, AfterAttempt, AttemptRecord},
        idempotency::Accepted,
        notification::Revised,
        routing::Destination,
    },
    ports::channel::OutgoingMessage,
    send::SendCommand,
};

/// When the outbox takes over a synchronous delivery, if the process died during its request.
const SYNCHRONOUS_LEASE: TimeDelta = TimeDelta::minutes(10);

impl Campanile {
    /// Stores a notification that goes to one destination, and delivers it before this returns.
    ///
    /// The attempt is recorded and not retried. If the process dies during it, a repeat of the request
    /// continues under the same id, or the outbox takes over if there is no repeat. Nothing is sent to a
    /// disabled URL, which [`AttemptOutcome::Gone`] reports. `None` for a repeat of a request that was answered
    /// before.
    pub async fn send_synchronously(&self, by: &Actor, post: SendCommand, to: Destination) -> Result<Option<AttemptResult>> {
        by.require(Ability::Send)?;
        let tenant = by.tenant();
        let _run = post.idempotency_key.as_ref().map(|claim| self.in_flight.begin(tenant, claim)).transpose()?;
        let (id, now) = (post.id.unwrap_or_else(|| self.new_id()), self.now());
        post.to.require_tenant(tenant)?;
        let mut new = self.build_notification(id, now, post.to, post.fingerprint, post.routing, post.message);
        for delivery in &mut new.deliveries {
            // Leased by this request from the start.
            delivery.due_at = now + SYNCHRONOUS_LEASE;
        }
        let (audience, message) = (new.to.clone(), new.message.clone());
        let accepted = self.store.insert_notification(tenant, new, post.idempotency_key).await?;
        // No other request is running: this one holds the idempotency key.
        let (_, counts) = self.store.deliveries(tenant, accepted.id, None, 1).await?;
        if accepted.repeated && counts.pending == 0 {
            return Ok(None);
        }
        // A delivery to a disabled URL is rejected as soon as it is stored.
        let target_disabled = counts.rejected > 0;
        let Accepted { id, accepted_at, sequence, .. } = accepted;
        let notification = Arc::new(Notification { id, sequence, accepted_at, to: audience, message, revised: Revised::default() });
        let letter = OutgoingMessage {
            id: delivery::delivery_id(id, to.channel, &to.target),
            tenant: by.tenant_name().to_owned(),
            target: to.target,
            recipient: None,
            notification: Some(notification),
            request: to.request,
        };
        let began = Instant::now();
        let attempt = match self.channels.get(to.channel) {
            _ if target_disabled => AttemptResult { outcome: AttemptOutcome::Gone, detail: delivery::TARGET_DISABLED.to_owned() },
            Some(channel) => channel.attempt(&letter).await,
            None => AttemptResult::rejected("this channel is not configured"),
        };
        let millis = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        // The result that a repeat of the request gets.
        let next = match attempt.outcome {
            AttemptOutcome::Delivered => AfterAttempt::Delivered,
            AttemptOutcome::Gone if !target_disabled => AfterAttempt::Gone,
            AttemptOutcome::Rejected | AttemptOutcome::Gone => AfterAttempt::Rejected,
            AttemptOutcome::Retry { .. } => AfterAttempt::GivenUp,
        };
        let outcome = AttemptRecord { id: letter.id, next_step: next, at: self.now(), duration_ms: millis, detail: attempt.detail.clone() };
        self.store.record_attempts(vec![outcome]).await?;
        Ok(Some(attempt))
    }
}
