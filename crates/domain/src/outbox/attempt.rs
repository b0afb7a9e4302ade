//! One attempt: builds the message, passes it to the channel, and decides what happens next.

use std::{
    collections::VecDeque,
    future::poll_fn,
    mem::take,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use super::lanes::Ready;
use crate::{
    Campanile, Notification, Result, TenantId,
    channel::{Attempt, Letter, Reader, Verdict},
    delivery::{Due, LEFT_ALONE, Next, Outcome, Void, again_at},
};

/// How many notifications the cache holds.
const MOST_REMEMBERED: usize = 64;

/// An attempt that has ended.
pub struct Ended {
    /// Its queue.
    pub lane: String,
    /// How long it took.
    pub took: Duration,
    /// Its result; `None` if the message could not be built because the store failed. Then the delivery is
    /// due again when its lease ends.
    pub outcome: Option<Outcome>,
}

/// Makes an attempt.
pub async fn attempt(campanile: &Campanile, memory: &Memory, ready: Ready) -> Ended {
    let began = Instant::now();
    let Ready { mut due, tenant, .. } = ready;
    let reader = due.reader.as_ref().zip(tenant).map(|(reader, tenant)| -> Result<_> {
        Ok(Reader {
            tenant: tenant.called().to_owned(),
            name: reader.name.clone(),
            languages: reader.languages.clone(),
            unsubscribe: Campanile::unsubscribe_token_of(&tenant, reader.id)?,
        })
    });
    let letter = match reader.transpose() {
        Ok(reader) => letter(campanile, memory, &mut due, reader).await,
        Err(error) => Err(error),
    };
    let attempt = match letter {
        Ok(Ok(letter)) => make(campanile, &due, letter).await,
        Ok(Err(why)) => Attempt::rejected(why),
        Err(error) => {
            tracing::error!(%error, "a message could not be built; the delivery is tried again when its lease ends");
            return Ended { lane: due.lane, took: began.elapsed(), outcome: None };
        }
    };
    let (took, at) = (began.elapsed(), campanile.now());
    let next = next(campanile, &due, attempt.verdict, at);
    let millis = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    Ended { lane: due.lane, took, outcome: Some(Outcome { id: due.id, next, at, millis, answer: attempt.answer }) }
}

async fn make(campanile: &Campanile, due: &Due, letter: Letter) -> Attempt {
    let Some(channel) = campanile.channels.get(due.channel).cloned() else {
        return Attempt::rejected("this channel is not configured");
    };
    let mut attempt = channel.attempt(&letter);
    // A panic in a channel must not block the queue. The attempt is dropped.
    let caught = |context: &mut Context<'_>| match catch_unwind(AssertUnwindSafe(|| attempt.as_mut().poll(context))) {
        Ok(polled) => polled,
        Err(_) => Poll::Ready(Attempt::retry("internal server error")),
    };
    poll_fn(caught).await
}

/// Builds the message from the delivery, or returns why nothing is to be delivered. Takes its parts out of
/// `due`.
async fn letter(
    campanile: &Campanile,
    memory: &Memory,
    due: &mut Due,
    reader: Option<Reader>,
) -> Result<std::result::Result<Letter, String>> {
    match &due.void {
        Some(Void::Reader) => return Ok(Err("the recipient was removed".to_owned())),
        Some(Void::Unsubscribed) => return Ok(Err("the recipient has ended all mail".to_owned())),
        Some(Void::Gone(answer)) => return Ok(Err(format!("{LEFT_ALONE} ({answer})"))),
        None => {}
    }
    // A request that the sender specified is complete without the notification.
    let notification = match &due.post {
        Some(_) => None,
        None => match memory.about(campanile, due).await? {
            Some(found) => Some(found),
            None => return Ok(Err("the notification was deleted".to_owned())),
        },
    };
    let post = match (&due.hook, &notification) {
        (Some(hook), Some(notification)) => campanile.formats.post(&due.tenant_name, notification, hook, campanile.now()),
        _ => due.post.take(),
    };
    Ok(Ok(Letter { id: due.id, tenant: take(&mut due.tenant_name), target: take(&mut due.target), reader, notification, post }))
}

fn next(campanile: &Campanile, due: &Due, verdict: Verdict, at: DateTime<Utc>) -> Next {
    match verdict {
        Verdict::Delivered => Next::Delivered,
        Verdict::Rejected => Next::Rejected,
        Verdict::Gone => Next::Gone,
        Verdict::Retry { after } => again_at(&*campanile.random, at, due.attempts + 1, after).map_or(Next::GivenUp, Next::Again),
    }
}

/// The tenant, the notification's sequence, and the number of corrections before the look-up. A later
/// correction thus causes another look-up.
type Place = (TenantId, u64, u64);
type Found = Arc<OnceCell<Option<Arc<Notification>>>>;

/// A cache of the notifications that the latest messages are about: a mailing has the same one for thousands
/// of messages.
#[derive(Default)]
pub struct Memory(Mutex<VecDeque<(Place, Found)>>);

impl Memory {
    /// The notification of a delivery. Concurrent callers share one look-up.
    async fn about(&self, campanile: &Campanile, due: &Due) -> Result<Option<Arc<Notification>>> {
        let look_up = || async {
            let found = campanile.store.notifications(due.tenant, Some(due.sequence + 1), 1).await?.into_iter().next();
            Ok(found.filter(|found| found.sequence == due.sequence).map(Arc::new))
        };
        let corrected = campanile.corrections.load(Ordering::Relaxed);
        self.place((due.tenant, due.sequence, corrected)).get_or_try_init(look_up).await.cloned()
    }

    fn place(&self, place: Place) -> Found {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(known, _)| *known == place) {
            return found.clone();
        }
        if known.len() >= MOST_REMEMBERED {
            known.pop_front();
        }
        let new = Found::default();
        known.push_back((place, new.clone()));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_remembered_until_64_others_were_asked_for() {
        let memory = Memory::default();
        let place = |sequence| (TenantId(1), sequence, 0);
        let first = memory.place(place(0));
        assert!(Arc::ptr_eq(&first, &memory.place(place(0))));
        for other in [(TenantId(2), 0, 0), (TenantId(1), 0, 1)] {
            assert!(!Arc::ptr_eq(&first, &memory.place(other)), "another tenant's, or the same after a correction");
        }
        (3..64).for_each(|sequence| drop(memory.place(place(sequence))));
        assert!(Arc::ptr_eq(&first, &memory.place(place(0))));
        memory.place(place(64));
        assert!(!Arc::ptr_eq(&first, &memory.place(place(0))));
        assert_eq!(memory.0.lock().unwrap().len(), 64);
    }
}
