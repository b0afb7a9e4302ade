//! Logs a repeated failure once a minute, with the number of repetitions.
//!
//! Two warnings or errors are the same failure when they come from the same log statement and have the
//! same message and cause. Lines at `info` and below and the security log are never throttled.
//!
//! The crate `tracing-throttle` 0.4 was considered. It has 11,000 lines, with policies, a circuit breaker and
//! storage in Redis, and takes every field of a line into account unless it is excluded by name.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt::{Debug, Write},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tracing::{
    Event, Level, Subscriber,
    callsite::Identifier,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context};

/// For this long after a failure was logged, its repetitions are only counted.
const REPEAT_WINDOW: Duration = Duration::from_secs(60);

/// How often summaries are logged.
const SUMMARY_INTERVAL: Duration = Duration::from_secs(10);

/// The most failures that are distinguished by their cause. Further ones are distinguished by their log
/// statement alone.
const MAX_CAUSES: usize = 256;

/// The target of summaries. Summaries are never throttled.
const SUMMARY_TARGET: &str = "campanile::repeated";

/// Targets with this ending are never throttled.
const SECURITY_TARGET_SUFFIX: &str = "security";

/// The failures that were logged in the last minute.
#[derive(Default)]
pub struct Throttle {
    logged: Mutex<HashMap<Failure, LoggedFailure>>,
}

/// A failure: its log statement and the hash of its cause.
type Failure = (Identifier, u64);

struct LoggedFailure {
    at: Instant,
    text: String,
    /// How often it happened since `at`.
    repeated: u64,
}

impl Throttle {
    /// The tracing layer that drops repetitions.
    pub const fn layer(self: Arc<Self>) -> ThrottleLayer {
        ThrottleLayer(self)
    }

    /// Whether to log this event.
    fn should_log(&self, event: &Event<'_>, now: Instant) -> bool {
        let metadata = event.metadata();
        let target = metadata.target();
        // Levels are ordered by verbosity: `ERROR` is the smallest.
        if *metadata.level() > Level::WARN || target == SUMMARY_TARGET || target.ends_with(SECURITY_TARGET_SUFFIX) {
            return true;
        }
        let mut cause = Cause::default();
        event.record(&mut cause);
        let mut logged = self.lock();
        let mut failure = (metadata.callsite(), cause.hash());
        if logged.len() >= MAX_CAUSES && !logged.contains_key(&failure) {
            failure.1 = 0;
        }
        match logged.entry(failure) {
            Entry::Occupied(mut known) if now.duration_since(known.get().at) < REPEAT_WINDOW => {
                known.get_mut().repeated += 1;
                false
            }
            // Its minute is over, but its summary is not logged yet: count on, so that no repetition is lost.
            Entry::Occupied(mut known) if known.get().repeated > 0 => {
                known.get_mut().repeated += 1;
                false
            }
            Entry::Occupied(mut known) => {
                known.get_mut().at = now;
                true
            }
            Entry::Vacant(new) => {
                new.insert(LoggedFailure { at: now, text: cause.text(), repeated: 0 });
                true
            }
        }
    }

    /// Logs the summary of each repeated failure when its minute is over. Never returns.
    pub async fn run_summaries(self: Arc<Self>) {
        loop {
            tokio::time::sleep(SUMMARY_INTERVAL).await;
            self.log_summaries(false);
        }
    }

    /// Logs how often failures were repeated: those whose minute is over, or all of them.
    pub fn log_summaries(&self, all: bool) {
        for (text, repeated, over) in self.take_summaries(Instant::now(), all) {
            tracing::warn!(target: SUMMARY_TARGET, repeated, seconds = over.as_secs(), "it happened again: {text}");
        }
    }

    fn take_summaries(&self, now: Instant, all: bool) -> Vec<(String, u64, Duration)> {
        let mut logged = self.lock();
        let mut summaries = Vec::new();
        logged.retain(|_, known| {
            let over = now.duration_since(known.at);
            if over < REPEAT_WINDOW && !all {
                return true;
            }
            if known.repeated == 0 {
                return false;
            }
            summaries.push((known.text.clone(), known.repeated, over));
            // The summary counts as its log line for the next minute.
            (known.at, known.repeated) = (now, 0);
            true
        });
        summaries
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Failure, LoggedFailure>> {
        self.logged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tracing layer that asks the [`Throttle`] about each event.
pub struct ThrottleLayer(Arc<Throttle>);

impl<S: Subscriber> Layer<S> for ThrottleLayer {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        self.0.should_log(event, Instant::now())
    }
}

/// The message of an event and its cause. Other fields, such as ids and addresses, are ignored.
#[derive(Default)]
struct Cause {
    message: String,
    cause: String,
}

impl Cause {
    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.message, &self.cause).hash(&mut hasher);
        hasher.finish()
    }

    fn text(self) -> String {
        if self.cause.is_empty() { self.message } else { format!("{}: {}", self.message, self.cause) }
    }
}

impl Visit for Cause {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = match field.name() {
            "message" => &mut self.message,
            "error" | "cause" => &mut self.cause,
            _ => return,
        };
        // Writing to a `String` never fails.
        write!(text, "{value:?}").unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::{layer::SubscriberExt, registry};

    use super::*;

    /// Counts the events that are logged.
    #[derive(Clone, Default)]
    struct Passed(Arc<Mutex<u32>>);

    impl<S: Subscriber> Layer<S> for Passed {
        fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
            *self.0.lock().unwrap() += 1;
        }
    }

    fn count(log: impl FnOnce()) -> (u32, Arc<Throttle>) {
        let (passed, throttle) = (Passed::default(), Arc::<Throttle>::default());
        let subscriber = registry().with(passed.clone()).with(throttle.clone().layer());
        tracing::subscriber::with_default(subscriber, log);
        let count = *passed.0.lock().unwrap();
        (count, throttle)
    }

    #[test]
    fn a_failure_that_repeats_is_one_line_and_a_sum() {
        let (lines, throttle) = count(|| (0..53_900).for_each(|_| tracing::error!("the disk is full")));
        assert_eq!(lines, 1);
        let now = Instant::now();
        assert!(throttle.take_summaries(now, false).is_empty(), "its minute is not over");
        let later = now + REPEAT_WINDOW;
        let [(text, 53_899, _)] = &throttle.take_summaries(later, false)[..] else { panic!("one sum") };
        assert_eq!(text, "the disk is full");
        assert!(throttle.take_summaries(later + REPEAT_WINDOW, false).is_empty());
        assert!(throttle.lock().is_empty(), "an old failure is removed");
    }

    #[test]
    fn other_causes_are_other_failures_and_other_fields_are_not() {
        let fails = |cause: &str, id: u32| tracing::warn!(%cause, id, "not delivered");
        let (lines, _) = count(|| {
            (0..10).for_each(|id| fails("refused", id));
            (0..10).for_each(|id| fails("timed out", id));
        });
        assert_eq!(lines, 2);
    }

    #[test]
    fn causes_without_end_take_no_memory_without_end() {
        let (lines, throttle) = count(|| (0..10_000).for_each(|number| tracing::error!(error = number, "odd")));
        assert_eq!(lines as usize, MAX_CAUSES + 1);
        assert_eq!(throttle.lock().len(), MAX_CAUSES + 1);
    }

    #[test]
    fn news_and_the_security_log_pass() {
        let (lines, _) = count(|| {
            for _ in 0..5 {
                tracing::info!("listening");
                tracing::warn!(target: "campanile::security", "sign-in refused");
            }
        });
        assert_eq!(lines, 10);
    }
}
