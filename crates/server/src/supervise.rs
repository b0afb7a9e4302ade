//! Tasks that run as long as the server does: each is started again when it fails, and everybody can see how it is.
//!
//! A task fails when it panics, or when it ends although nobody asked the server to stop. It is started again
//! after a pause that grows with each failure. While it is down `/readyz` says so; `/metrics` counts.

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

pub use self::report::{Collected, TaskReport};
use crate::log;

/// The pause before a task is started again for the first time.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A task that ran so long has recovered: its next pause is short again.
const RECOVERED: Duration = Duration::from_secs(60);

/// Starts tasks and keeps them running.
pub struct Supervisor {
    tasks: Mutex<Vec<Arc<Task>>>,
    clock: Arc<dyn Clock>,
    stop: watch::Receiver<bool>,
}

/// A task as it is known to the supervisor.
struct Task {
    name: &'static str,
    state: Mutex<State>,
}

#[derive(Clone, Debug)]
struct State {
    running: bool,
    /// Since when it runs, or is down.
    since: DateTime<Utc>,
    restarts: u64,
    last_failure: Option<(DateTime<Utc>, String)>,
}

impl Supervisor {
    /// A supervisor whose tasks may end once `stop` holds true.
    pub fn new(clock: Arc<dyn Clock>, stop: watch::Receiver<bool>) -> Arc<Self> {
        Arc::new(Self { tasks: Mutex::default(), clock, stop })
    }

    /// Runs the task that `make` makes, and makes it anew whenever it fails. The number of starts before is
    /// handed to `make`. The handle ends with the task, once the server was asked to stop.
    pub fn spawn<F>(self: &Arc<Self>, name: &'static str, mut make: impl FnMut(u64) -> F + Send + 'static) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let state = State { running: true, since: self.clock.now(), restarts: 0, last_failure: None };
        let task = Arc::new(Task { name, state: Mutex::new(state) });
        self.lock().push(task.clone());
        let supervisor = self.clone();
        tokio::spawn(async move {
            let mut stop = supervisor.stop.clone();
            let mut pause = Duration::ZERO;
            for start in 0.. {
                let began = Instant::now();
                task.starts(supervisor.clock.now(), start);
                let end = end_of(make(start)).await;
                if *stop.borrow() {
                    return;
                }
                task.fails(supervisor.clock.now(), &end);
                tracing::error!(error = end, task = name, "a task failed; it is started again");
                pause = next_pause(pause, began.elapsed());
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    // Stopped: what must be done at the end is done by a last run.
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
    fn starts(&self, now: DateTime<Utc>, start: u64) {
        let mut state = self.lock();
        (state.running, state.since, state.restarts) = (true, now, start);
    }

    fn fails(&self, now: DateTime<Utc>, why: &str) {
        let mut state = self.lock();
        (state.running, state.since, state.last_failure) = (false, now, Some((now, why.to_owned())));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause after a run of this length: twice the last one, or a short one after a good run.
fn next_pause(last: Duration, ran: Duration) -> Duration {
    if ran >= RECOVERED { SHORTEST_PAUSE } else { (last * 2).clamp(SHORTEST_PAUSE, LONGEST_PAUSE) }
}

/// Runs a future to its end on a task of its own, which ends with this one; how it ended.
pub async fn end_of(future: impl Future<Output = ()> + Send + 'static) -> String {
    let mut alone = JoinSet::new();
    alone.spawn(future);
    match alone.join_next().await {
        Some(Err(error)) => match error.try_into_panic() {
            Ok(panic) => format!("it panicked: {}", log::message(&*panic)),
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

    /// The state of the only task, once it is like this.
    async fn until(supervisor: &Supervisor, like_this: impl Fn(&State) -> bool) -> State {
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

    fn only(supervisor: &Supervisor) -> State {
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
                pause = next_pause(pause, Duration::from_millis(1));
                pause.as_millis()
            })
            .collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
        assert_eq!(next_pause(pause, RECOVERED), SHORTEST_PAUSE);
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
