//! The log: lines on standard error. Logging must never slow down or stop the server.
//!
//! Standard error may be a closed pipe, a file on a full disk, or a pipe that no one reads. So a
//! separate thread writes the lines (`writer`), and repeated failures are logged once a minute
//! (`throttle`).

mod throttle;
mod writer;

use std::{
    io::{self, IsTerminal},
    panic::{self, PanicHookInfo},
    sync::Arc,
    time::Duration,
};

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

pub use self::throttle::Throttle;
use self::writer::LogWriter;
use crate::{
    config::{self, LogFormat},
    panic_message::panic_message,
};

/// The longest wait for the last lines when the process ends.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The log of this process. Dropping it writes the remaining lines, for at most a second.
pub struct Log {
    writer: LogWriter,
    throttle: Arc<Throttle>,
}

impl Log {
    /// Starts logging, panics included.
    ///
    /// # Errors
    /// The filter is invalid, or this process already logs.
    pub fn start(settings: &config::LogConfig) -> Result<Self, Box<dyn std::error::Error>> {
        let filter = EnvFilter::try_new(&settings.filter)?;
        let lines = LogWriter::start(io::stderr())?;
        let throttle = Arc::<Throttle>::default();
        // An error of the writer must not produce another line: the stream cannot be written.
        let text = fmt::layer().log_internal_errors(false).with_ansi(io::stderr().is_terminal()).with_writer(lines.clone());
        let text = match settings.format {
            LogFormat::Text => text.boxed(),
            LogFormat::Json => text.json().boxed(),
        };
        tracing_subscriber::registry().with(text).with(throttle.clone().layer()).with(filter).try_init()?;
        panic::set_hook(Box::new(log_panic));
        Ok(Self { writer: lines, throttle })
    }

    /// The throttle of repeated failures.
    pub fn throttle(&self) -> Arc<Throttle> {
        self.throttle.clone()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.throttle.log_summaries(true);
        self.writer.flush_within(FLUSH_TIMEOUT);
    }
}

/// Logs a panic. The standard hook would write to standard error itself and could block.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(error = panic_message(panic.payload()), place, "a thread panicked");
}
