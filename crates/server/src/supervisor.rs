//! Runs the background tasks and restarts those that fail.
//!
//! A task fails when it panics, or when it ends before the server is asked to stop. It is restarted
//! after a pause that grows with each failure. `/readyz` and `/metrics` report the state of each task.

mod report;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use campanile_domain::Clock;
use chrono::{DateTime, Utc};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::Instant,
};

pub use self::report::TaskReport;
use crate::panic_message::panic_message;

/// The pause before the first restart of a task.
const MIN_RESTART_DELAY: Duration = Duration::from_millis(100);
/// The longest pause before a restart.
const MAX_RESTART_DELAY: Duration = Duration::from_secs(30);
/// After a run of this length a task counts as recovered: its next pause is the shortest again.
const STABLE_AFTER: Duration = Duration::from_secs(60);

/// Starts tasks and restarts them when they fail.
pub struct Supervisor {
    tasks: Mutex<Vec<Arc<Task>>>,
    clock: Arc<dyn Clock>,
    stop: watch::Receiver<bool>,
}

/// A supervised task.
struct Task {
    name: &'static str,
    state: Mutex<TaskState>,
}

#[derive(Clone, Debug)]
struct TaskState {
    running: bool,
    /// When `running` last changed.
    since: DateTime<Utc>,
    restarts: u64,
    last_failure: Option<(DateTime<Utc>, String)>,
}

impl Supervisor {
    /// A supervisor whose tasks may end once `stop` is true.
    pub fn new(clock: Arc<dyn Clock>, stop: watch::Receiver<bool>) -> Arc<Self> {
        Arc::new(Self { tasks: Mutex::default(), clock, stop })
    }

    /// Runs the task that `make` returns, and calls `make` again whenever the task fails. `make` gets the
    /// number of earlier starts. The handle ends when the task ends after the server was asked to stop.
    pub fn spawn<F>(self: &Arc<Self>, name: &'static str, mut make: impl FnMut(u64) -> F + Send + 'static) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let state = TaskState { running: true, since: self.clock.now(), restarts: 0, last_failure: None };
        let task = Arc::new(Task { name, state: Mutex::new(state) });
        self.lock().push(task.clone());
        let supervisor = self.clone();
        tokio::spawn(async move {
            let mut stop = supervisor.stop.clone();
            let mut pause = Duration::ZERO;
            for start in 0.. {
                let began = Instant::now();
                task.mark_started(supervisor.clock.now(), start);
                let end = run_to_end(make(start)).await;
                if *stop.borrow() {
                    return;
                }
                task.mark_failed(supervisor.clock.now(), &end);
                tracing::error!(error = end, task = name, "a task failed; restarting it");
                pause = next_restart_delay(pause, began.elapsed());
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    // The server stops: run the task once more, so that it can finish its work.
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Task>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    fn mark_started(&self, now: DateTime<Utc>, start: u64) {
        let mut state = self.lock();
        (state.running, state.since, state.restarts) = (true, now, start);
    }

    fn mark_failed(&self, now: DateTime<Utc>, why: &str) {
        let mut state = self.lock();
        (state.running, state.since, state.last_failure) = (false, now, Some((now, why.to_owned())));
    }

    fn lock(&self) -> MutexGuard<'_, TaskState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause after a run that took `ran`: twice the last one, or the shortest after a long run.
fn next_restart_delay(last: Duration, ran: Duration) -> Duration {
    if ran >= STABLE_AFTER { MIN_RESTART_DELAY } else { (last * 2).clamp(MIN_RESTART_DELAY, MAX_RESTART_DELAY) }
}

/// Runs a future on its own task and returns how it ended, as text. Dropping this aborts the task.
pub async fn run_to_end(future: impl Future<Output = ()> + Send + 'static) -> String {
    let mut tasks = JoinSet::new();
    tasks.spawn(future);
    match tasks.join_next().await {
        Some(Err(error)) => match error.try_into_panic() {
            Ok(panic) => format!("it panicked: {}", panic_message(&*panic)),
            Err(error) => error.to_string(),
        },
        Some(Ok(())) | None => "it ended by itself".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use campanile_domain::SystemClock;

    use super::*;

    fn supervisor() -> (watch::Sender<bool>, Arc<Supervisor>) {
        let (sender, stop) = watch::channel(false);
        (sender, Supervisor::new(Arc::new(SystemClock), stop))
    }

    /// Waits until the state of the only task matches, and returns it.
    async fn until(supervisor: &Supervisor, like_this: impl Fn(&TaskState) -> bool) -> TaskState {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let state = only(supervisor);
            if like_this(&state) {
                return state;
            }
            assert!(Instant::now() < deadline, "{state:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn only(supervisor: &Supervisor) -> TaskState {
        supervisor.lock()[0].lock().clone()
    }

    #[tokio::test]
    async fn a_task_that_panics_or_ends_is_started_again() {
        let (stop, supervisor) = supervisor();
        let task = supervisor.spawn("fragile", |start| async move {
            match start {
                0 => panic!("out of luck"),
                1 => {}
                _ => std::future::pending().await,
            }
        });
        let first = until(&supervisor, |state| !state.running).await;
        assert_eq!(first.last_failure.unwrap().1, "it panicked: out of luck");
        let last = until(&supervisor, |state| state.running && state.restarts == 2).await;
        assert_eq!(last.last_failure.unwrap().1, "it ended by itself");
        drop(stop);
        task.abort();
    }

    #[test]
    fn pauses_grow_and_are_short_again_after_a_good_run() {
        let mut pause = Duration::ZERO;
        let pauses: Vec<_> = (0..11)
            .map(|_| {
                pause = next_restart_delay(pause, Duration::from_millis(1));
                pause.as_millis()
            })
            .collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
        assert_eq!(next_restart_delay(pause, STABLE_AFTER), MIN_RESTART_DELAY);
    }

    #[tokio::test]
    async fn a_task_may_end_when_the_server_stops() {
        let (stop, supervisor) = supervisor();
        let stopped = supervisor.stop.clone();
        let task = supervisor.spawn("orderly", move |_| {
            let mut stopped = stopped.clone();
            async move { drop(stopped.wait_for(|stop| *stop).await) }
        });
        stop.send_replace(true);
        task.await.unwrap();
        assert!(only(&supervisor).last_failure.is_none());
    }
}
