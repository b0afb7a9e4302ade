//! The threads of a store. Each goes on after a panic, and its state can be monitored.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{Builder, JoinHandle},
};

use campanile_domain::ports::health::ThreadReport;

/// A thread that runs until its work ends. Dropping this waits for the end.
pub struct Thread {
    handle: Option<JoinHandle<()>>,
    watch: ThreadMonitor,
}

/// Monitors a thread.
#[derive(Clone)]
pub struct ThreadMonitor {
    name: &'static str,
    state: Arc<ThreadState>,
}

#[derive(Default)]
struct ThreadState {
    ended: AtomicBool,
    panics: AtomicU64,
}

impl Thread {
    /// Starts a thread with this name. After a panic it runs the work again.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(name: &'static str, mut work: impl FnMut() + Send + 'static) -> io::Result<Self> {
        let state = Arc::<ThreadState>::default();
        let shown = state.clone();
        let handle = Builder::new().name(name.into()).spawn(move || {
            while catch_unwind(AssertUnwindSafe(&mut work)).is_err() {
                tracing::error!(thread = name, "a thread of the store panicked; it continues with the next job");
                shown.panics.fetch_add(1, Ordering::Relaxed);
            }
            shown.ended.store(true, Ordering::Relaxed);
        })?;
        Ok(Self { handle: Some(handle), watch: ThreadMonitor { name, state } })
    }

    /// A monitor of the thread.
    pub fn monitor(&self) -> ThreadMonitor {
        self.watch.clone()
    }

    /// The state of the thread.
    pub fn report(&self) -> ThreadReport {
        self.watch.report()
    }
}

impl ThreadMonitor {
    /// The state of the thread.
    pub fn report(&self) -> ThreadReport {
        let (running, panics) = (!self.state.ended.load(Ordering::Relaxed), self.state.panics.load(Ordering::Relaxed));
        ThreadReport { name: self.name, running, panics }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            // The thread itself has counted a panic.
            handle.join().unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{channel, sync_channel};

    use super::*;

    #[test]
    fn a_panic_does_not_end_a_thread() {
        let (orders, received) = channel::<u32>();
        let (answers, answered) = sync_channel(10);
        let work = move || {
            while let Ok(number) = received.recv() {
                assert_ne!(number, 13, "bad luck");
                answers.send(number).unwrap();
            }
        };
        let thread = Thread::start("test", work).unwrap();
        for number in [1, 13, 2] {
            orders.send(number).unwrap();
        }
        assert_eq!((answered.recv().unwrap(), answered.recv().unwrap()), (1, 2));
        let report = thread.report();
        assert_eq!((report.name, report.running, report.panics), ("test", true, 1));
        drop(orders);
        assert!(answered.recv().is_err());
    }
}
