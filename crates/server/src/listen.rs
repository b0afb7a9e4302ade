//! Accepting connections and letting go of them: HTTP/1.1 by hyper, limits on slow clients, and an
//! orderly end.
//!
//! Knows nothing of routes. It sits below axum, not in `axum::serve`, because thousands of open
//! event streams must cost little each: see [`event_stream`].

mod connection;
mod event_stream;
mod handover;
mod held;
mod host;
mod patience;
mod timely;

use std::{sync::Arc, time::Duration};

use axum::{Router, http::HeaderMap};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{net::TcpListener, sync::watch, time::timeout};

pub use self::held::{Kept, Weight};

use crate::supervise;

/// How long requests in flight and streams have to finish once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(8);

/// How long to wait before accepting again when the system has no file descriptor left.
const RESPITE: Duration = Duration::from_millis(250);

/// Serves `router` to whoever connects, until `closing` is over: then it stops accepting, lets
/// requests in flight and event streams end for at most eight seconds, and returns.
///
/// Handlers find the peer's address in the extension `ConnectInfo<SocketAddr>`. Every response gets the
/// header fields of `everywhere`.
pub async fn serve(listener: TcpListener, router: Router, everywhere: HeaderMap, closing: impl Future<Output = ()>) {
    raise_descriptor_limit();
    let listener = Arc::new(listener);
    let server = Arc::new(connection::Server::new(router, everywhere));
    let (stop, stopping) = watch::channel(false);
    tokio::pin!(closing);
    loop {
        tokio::select! {
            biased;
            () = &mut closing => break,
            end = supervise::end_of(accept(listener.clone(), server.clone(), stopping.clone())) => {
                tracing::error!(error = end, "accepting connections failed; it is started again");
                tokio::time::sleep(RESPITE).await;
            }
        }
    }
    drop((listener, stopping));
    stop.send_replace(true);
    if timeout(GRACE, stop.closed()).await.is_err() {
        tracing::warn!(connections = stop.receiver_count(), "some connections did not end in time");
    }
}

/// Accepts connections, for ever.
async fn accept(listener: Arc<TcpListener>, server: Arc<connection::Server>, stopping: watch::Receiver<bool>) {
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => drop(tokio::spawn(connection::serve(server.clone(), socket, peer, stopping.clone()))),
            Err(error) => recover(&error).await,
        }
    }
}

/// Over as soon as the server is asked to stop.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is gone already.
    drop(stopping.wait_for(|stop| *stop).await);
}

/// A client that went away between its handshake and our accept is none of our business; anything
/// else is a shortage (of descriptors, as a rule) that only time mends.
async fn recover(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "cannot accept a connection");
        tokio::time::sleep(RESPITE).await;
    }
}

/// Every connection takes a file descriptor, and the soft limit of many systems is 1,024.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum && setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).is_err() {
        tracing::warn!(limit = ?limit.current, "the limit of open files cannot be raised");
    }
}
