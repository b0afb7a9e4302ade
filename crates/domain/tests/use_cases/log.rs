//! What the security log says, test by test.

use std::{cell::RefCell, io, sync::Once};

thread_local! {
    /// What was logged on this thread, which is that of one test.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Logged;

impl io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.extend(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to keep what is logged. One subscriber serves all tests, and is there before the first line: tracing may never
/// ask one that comes later.
pub fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| tracing_subscriber::fmt().json().with_writer(|| Logged).init());
}

/// The lines of the security log of this test since it last asked.
pub fn lines() -> Vec<String> {
    let logged = String::from_utf8(LOGGED.take()).unwrap();
    logged.lines().filter(|line| line.contains("\"target\":\"security\"")).map(str::to_owned).collect()
}
