//! Writes log lines on a separate thread. If the stream is slow, blocked or broken, lines are lost, but
//! no request waits.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

/// The most lines that wait for the stream. Further lines are dropped and counted.
const MAX_QUEUED_LINES: usize = 8_192;

/// The handle of the thread. It is cloned for each line.
#[derive(Clone)]
pub struct LogWriter {
    commands: SyncSender<Command>,
    lost_lines: Arc<AtomicU64>,
}

enum Command {
    Write(Vec<u8>),
    /// Answers on this channel when all earlier lines are written.
    Finish(SyncSender<()>),
}

impl LogWriter {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system cannot create a thread.
    pub fn start(stream: impl Write + Send + 'static) -> io::Result<Self> {
        let (orders, received) = sync_channel(MAX_QUEUED_LINES);
        let lost = Arc::<AtomicU64>::default();
        let counted = lost.clone();
        thread::Builder::new().name("log".into()).spawn(move || run(stream, &received, &counted))?;
        Ok(Self { commands: orders, lost_lines: lost })
    }

    /// Waits until all lines so far are written, for at most this long.
    pub fn flush_within(&self, timeout: Duration) {
        let (answer, answered) = sync_channel(1);
        if self.commands.try_send(Command::Finish(answer)).is_ok() {
            // Lines that are not written in time are lost.
            answered.recv_timeout(timeout).unwrap_or_default();
        }
    }
}

fn run(mut stream: impl Write, orders: &Receiver<Command>, lost: &AtomicU64) {
    while let Ok(order) = orders.recv() {
        match order {
            Command::Write(line) => {
                // The number of lost lines is reported as soon as the stream works again.
                let before = lost.swap(0, Ordering::Relaxed);
                let reported = if before > 0 { writeln!(stream, "{{\"lost_log_lines\":{before}}}") } else { Ok(()) };
                if reported.is_err() {
                    lost.fetch_add(before, Ordering::Relaxed);
                }
                if stream.write_all(&line).is_err() {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
            }
            Command::Finish(answer) => {
                // Sending fails when the caller has stopped waiting.
                drop((stream.flush(), answer.try_send(())));
            }
        }
    }
}

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.commands.try_send(Command::Write(line.to_vec())).is_err() {
            self.lost_lines.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A stream that can be made to fail.
    #[derive(Clone, Default)]
    struct Stream(Arc<Mutex<(bool, Vec<u8>)>>);

    impl Stream {
        fn fail(&self, fails: bool) {
            self.0.lock().unwrap().0 = fails;
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().1.clone()).unwrap()
        }
    }

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut state = self.0.lock().unwrap();
            if state.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            state.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const TIMEOUT: Duration = Duration::from_secs(10);

    #[test]
    fn a_stream_that_fails_costs_lines_and_nothing_else() {
        let stream = Stream::default();
        let mut lines = LogWriter::start(stream.clone()).unwrap();
        lines.write_all(b"one\n").unwrap();
        lines.flush_within(TIMEOUT);
        stream.fail(true);
        lines.write_all(b"two\n").unwrap();
        lines.write_all(b"three\n").unwrap();
        lines.flush_within(TIMEOUT);
        stream.fail(false);
        lines.write_all(b"four\n").unwrap();
        lines.flush_within(TIMEOUT);
        assert_eq!(stream.text(), "one\n{\"lost_log_lines\":2}\nfour\n");
    }

    /// A stream that blocks for ever, like a pipe that no one reads.
    struct Blocked(Receiver<()>);

    impl Write for Blocked {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().unwrap_or_default();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stream_that_blocks_keeps_nobody_waiting() {
        let (release, blocked) = sync_channel(0);
        let mut lines = LogWriter::start(Blocked(blocked)).unwrap();
        for _ in 0..MAX_QUEUED_LINES + 100 {
            lines.write_all(b"line\n").unwrap();
        }
        assert!(lines.lost_lines.load(Ordering::Relaxed) >= 99);
        lines.flush_within(Duration::from_millis(1));
        drop(release);
    }
}
