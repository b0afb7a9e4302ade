//! Captures the security log of each test.

use std::{cell::RefCell, io, sync::Once};

thread_local! {
    /// What was logged on this thread. Each test has its own thread.
    static CAPTURED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct LogWriter;

impl io::Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        CAPTURED.with_borrow_mut(|logged| logged.extend(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts to capture the log. One subscriber serves all tests and is installed before the first line, because tracing
/// caches that a line has no subscriber.
pub fn capture() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| tracing_subscriber::fmt().json().with_writer(|| LogWriter).init());
}

/// Returns the security log's lines of this test since the last call.
pub fn lines() -> Vec<String> {
    let logged = String::from_utf8(CAPTURED.take()).unwrap();
    logged.lines().filter(|line| line.contains("\"target\":\"security\"")).map(str::to_owned).collect()
}
