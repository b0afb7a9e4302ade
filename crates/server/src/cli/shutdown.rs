//! Stops a server in an orderly way when the process gets a signal.
//!
//! The signals are caught before the server reports that it listens, so that an early signal also stops
//! it in an orderly way.

use std::{io, time::Duration};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::output::CliError;
use crate::{sd_notify, serve::RunningServer};

/// The longest time for a shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// The signals that ask the process to stop.
pub struct ShutdownSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl ShutdownSignals {
    /// Catches the signals from now on. SIGHUP is ignored: the process keeps running when its terminal closes, and
    /// it reads its settings only at the start.
    pub fn install() -> io::Result<Self> {
        let mut hangup = signal(SignalKind::hangup())?;
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                tracing::info!("SIGHUP is ignored; restart the server to apply changed settings");
            }
        });
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for Ctrl-C or SIGTERM.
    pub async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Exits at once with exit code 1. Nothing is lost: all acknowledged requests are stored, and the next server
/// repeats deliveries in progress.
fn exit_now(why: &str) -> ! {
    tracing::warn!(why, "exiting at once");
    std::process::exit(1)
}

/// Serves until Ctrl-C or SIGTERM. Then it finishes open requests, for at most ten seconds or until a second
/// signal.
pub async fn serve_until_signal(running: RunningServer, mut signals: ShutdownSignals) -> Result<(), CliError> {
    sd_notify::notify(&format!("READY=1\nSTATUS=Listening on {}", running.address));
    if let Some(period) = sd_notify::watchdog_period() {
        running.app.supervisor.spawn("watchdog", move |_| sd_notify::run_watchdog(period));
    }
    signals.received().await;
    tracing::info!("stopping");
    sd_notify::notify("STOPPING=1");
    // A separate thread ends the process even if the runtime hangs.
    std::thread::spawn(|| {
        std::thread::sleep(SHUTDOWN_TIMEOUT);
        exit_now("the server did not stop in time");
    });
    tokio::select! {
        () = running.stop() => Ok(()),
        () = signals.received() => exit_now("a second signal"),
    }
}
