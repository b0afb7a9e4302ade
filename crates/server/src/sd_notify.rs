//! Notifies systemd (sd_notify(3)) that the server is ready, is stopping, or is alive. Without
//! `NOTIFY_SOCKET` it sends nothing.
//!
//! The crate `sd-notify` 0.5 was considered. It does not reach sockets in the abstract namespace, and it
//! waits while the socket's queue is full.

use std::{env, ffi::OsStr, io, os::unix::net::UnixDatagram, process, time::Duration};

/// Sends a state, such as `READY=1`. A failure is logged and has no other effect.
pub fn notify(state: &str) {
    let Some(socket) = env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, "cannot notify the service manager (NOTIFY_SOCKET)");
    }
}

/// Sends a datagram to a socket in the file system or, if the address begins with `@`, in the abstract
/// namespace (unix(7)).
fn send(address: &OsStr, state: &str) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    match address.as_encoded_bytes() {
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => {
            use std::os::linux::net::SocketAddrExt;
            socket.send_to_addr(state.as_bytes(), &std::os::unix::net::SocketAddr::from_abstract_name(name)?)?;
        }
        _ => drop(socket.send_to(state.as_bytes(), address)?),
    }
    Ok(())
}

/// The period of watchdog messages: half of the time after which systemd kills the process. `None` when
/// systemd does not watch this process.
pub fn watchdog_period() -> Option<Duration> {
    let number = |name| env::var(name).ok()?.parse::<u64>().ok();
    period(number("WATCHDOG_USEC")?, number("WATCHDOG_PID"), process::id().into())
}

/// Half of `micros`, if `watched` names this process or none.
fn period(micros: u64, watched: Option<u64>, own: u64) -> Option<Duration> {
    let ours = watched.is_none_or(|watched| watched == own);
    (ours && micros > 0).then(|| Duration::from_micros(micros) / 2)
}

/// Sends `WATCHDOG=1` each `period`. Never returns.
pub async fn run_watchdog(period: Duration) {
    let mut ticks = tokio::time::interval(period);
    loop {
        ticks.tick().await;
        notify("WATCHDOG=1");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(socket: &UnixDatagram) -> String {
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut text = [0; 100];
        let length = socket.recv(&mut text).unwrap();
        String::from_utf8_lossy(&text[..length]).into_owned()
    }

    #[test]
    fn states_arrive_at_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str(), "READY=1").unwrap();
        assert_eq!(received(&manager), "READY=1");
        drop(manager);
        assert!(send(path.as_os_str(), "READY=1").is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn states_arrive_at_an_abstract_name() {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("campanile-test-{}", process::id());
        let manager = UnixDatagram::bind_addr(&std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        send(OsStr::new(&format!("@{name}")), "STOPPING=1").unwrap();
        assert_eq!(received(&manager), "STOPPING=1");
    }

    #[test]
    fn the_watchdog_is_for_the_process_it_names() {
        assert_eq!(period(30_000_000, None, 7), Some(Duration::from_secs(15)));
        assert_eq!(period(30_000_000, Some(7), 7), Some(Duration::from_secs(15)));
        assert_eq!(period(30_000_000, Some(8), 7), None);
        assert_eq!(period(0, None, 7), None);
    }
}
