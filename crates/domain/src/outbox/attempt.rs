//! One attempt: builds the message, passes it to the channel, and decides what happens next.

use std::{
    collections::VecDeque,
    future::poll_fn,
    mem::take,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    task::{Context, Poll},
    time::Instant,
};

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use crate::{
    Campanile, Notification, Result, TenantId,
    model::{
        attempt_result::{AttemptOutcome, AttemptResult},
        delivery::{AfterAttempt, AttemptRecord, DueDelivery, SkipReason, TARGET_DISABLED},
    },
    outbox::{queues::LeasedDelivery, shared_state::EndedAttempt},
    ports::channel::{OutgoingMessage, Recipient},
    retry_schedule::next_attempt_at,
};

/// How many notifications the cache holds.
const CACHE_CAPACITY: usize = 64;

/// Makes an attempt.
pub async fn attempt(campanile: &Campanile, memory: &NotificationCache, ready: LeasedDelivery) -> EndedAttempt {
    let began = Instant::now();
    let LeasedDelivery { mut due, tenant, .. } = ready;
    let reader = due.recipient.as_ref().zip(tenant).map(|(reader, tenant)| -> Result<_> {
        Ok(Recipient {
            tenant: tenant.display_name().to_owned(),
            name: reader.name.clone(),
            languages: reader.languages.clone(),
            unsubscribe_token: Campanile::unsubscribe_token_of(&tenant, reader.id)?,
        })
    });
    let letter = match reader.transpose() {
        Ok(reader) => build_message(campanile, memory, &mut due, reader).await,
        Err(error) => Err(error),
    };
    let attempt = match letter {
        Ok(Ok(letter)) => deliver(campanile, &due, letter).await,
        Ok(Err(why)) => AttemptResult::rejected(why),
        Err(error) => {
            tracing::error!(%error, "a message could not be built; the delivery is tried again when its lease ends");
            return EndedAttempt { queue: due.queue, took: began.elapsed(), outcome: None };
        }
    };
    let (took, at) = (began.elapsed(), campanile.now());
    let next = after_attempt(campanile, &due, attempt.outcome, at);
    let millis = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    EndedAttempt {
        queue: due.queue,
        took,
        outcome: Some(AttemptRecord { id: due.id, next_step: next, at, duration_ms: millis, detail: attempt.detail }),
    }
}

async fn deliver(campanile: &Campanile, due: &DueDelivery, letter: OutgoingMessage) -> AttemptResult {
    let Some(channel) = campanile.channels.get(due.channel).cloned() else {
        return AttemptResult::rejected("this channel is not configured");
    };
    let mut attempt = channel.attempt(&letter);
    // A panic in a channel must not block the queue. The attempt is dropped.
    let caught = |context: &mut Context<'_>| match catch_unwind(AssertUnwindSafe(|| attempt.as_mut().poll(context))) {
        Ok(polled) => polled,
        Err(_) => Poll::Ready(AttemptResult::retry("internal server error")),
    };
    poll_fn(caught).await
}

/// Builds the message from the delivery, or returns why nothing is to be delivered. Takes its parts out of
/// `due`.
async fn build_message(
    campanile: &Campanile,
    memory: &NotificationCache,
    due: &mut DueDelivery,
    reader: Option<Recipient>,
) -> Result<std::result::Result<OutgoingMessage, String>> {
    match &due.skip_reason {
        Some(SkipReason::RecipientRemoved) => return Ok(Err("the recipient was removed".to_owned())),
        Some(SkipReason::Unsubscribed) => return Ok(Err("the recipient has ended all mail".to_owned())),
        Some(SkipReason::Gone(answer)) => return Ok(Err(format!("{TARGET_DISABLED} ({answer})"))),
        None => {}
    }
    // A request that the sender specified is complete without the notification.
    let notification = match &due.request {
        Some(_) => None,
        None => match memory.get(campanile, due).await? {
            Some(found) => Some(found),
            None => return Ok(Err("the notification was deleted".to_owned())),
        },
    };
    let post = match (&due.webhook, &notification) {
        (Some(hook), Some(notification)) => campanile.payload_formats.request(&due.tenant_name, notification, hook, campanile.now()),
        _ => due.request.take(),
    };
    Ok(Ok(OutgoingMessage {
        id: due.id,
        tenant: take(&mut due.tenant_name),
        target: take(&mut due.target),
        recipient: reader,
        notification,
        request: post,
    }))
}

fn after_attempt(campanile: &Campanile, due: &DueDelivery, verdict: AttemptOutcome, at: DateTime<Utc>) -> AfterAttempt {
    match verdict {
        AttemptOutcome::Delivered => AfterAttempt::Delivered,
        AttemptOutcome::Rejected => AfterAttempt::Rejected,
        AttemptOutcome::Gone => AfterAttempt::Gone,
        AttemptOutcome::Retry { after } => {
            next_attempt_at(&*campanile.random, at, due.attempts + 1, after).map_or(AfterAttempt::GivenUp, AfterAttempt::RetryAt)
        }
    }
}

/// The tenant, the notification's sequence, and the number of corrections before the look-up. A later
/// correction thus causes another look-up.
type CacheKey = (TenantId, u64, u64);

type CacheEntry = Arc<OnceCell<Option<Arc<Notification>>>>;

/// A cache of the notifications that the latest messages are about: a mailing has the same one for thousands
/// of messages.
#[derive(Default)]
pub struct NotificationCache(Mutex<VecDeque<(CacheKey, CacheEntry)>>);

impl NotificationCache {
    /// The notification of a delivery. Concurrent callers share one look-up.
    async fn get(&self, campanile: &Campanile, due: &DueDelivery) -> Result<Option<Arc<Notification>>> {
        let look_up = || async {
            let found = campanile.store.notifications(due.tenant, Some(due.sequence + 1), 1).await?.into_iter().next();
            Ok(found.filter(|found| found.sequence == due.sequence).map(Arc::new))
        };
        let corrected = campanile.correction_count.load(Ordering::Relaxed);
        self.entry((due.tenant, due.sequence, corrected)).get_or_try_init(look_up).await.cloned()
    }

    fn entry(&self, place: CacheKey) -> CacheEntry {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(known, _)| *known == place) {
            return found.clone();
        }
        if known.len() >= CACHE_CAPACITY {
            known.pop_front();
        }
        let new = CacheEntry::default();
        known.push_back((place, new.clone()));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_cached_until_64_others_were_looked_up() {
        let memory = NotificationCache::default();
        let place = |sequence| (TenantId(1), sequence, 0);
        let first = memory.entry(place(0));
        assert!(Arc::ptr_eq(&first, &memory.entry(place(0))));
        for other in [(TenantId(2), 0, 0), (TenantId(1), 0, 1)] {
            assert!(!Arc::ptr_eq(&first, &memory.entry(other)), "another tenant's, or the same after a correction");
        }
        (3..64).for_each(|sequence| drop(memory.entry(place(sequence))));
        assert!(Arc::ptr_eq(&first, &memory.entry(place(0))));
        memory.entry(place(64));
        assert!(!Arc::ptr_eq(&first, &memory.entry(place(0))));
        assert_eq!(memory.0.lock().unwrap().len(), 64);
    }
}
