//! Accepts connections and serves HTTP/1.1 with hyper, with limits on slow clients and a graceful
//! shutdown. This module knows nothing of routes.
//!
//! It replaces `axum::serve`, because thousands of open event streams must use little memory each: see
//! `event_stream`.

mod body_timeout;
mod connection;
mod connection_state;
mod descriptor_limit;
mod event_stream;
mod host_header;
mod limits;
mod response_memory;
mod shutdown;
mod socket;
mod wait_budget;

use std::sync::Arc;

use axum::{Router, http::HeaderMap};
use tokio::{net::TcpListener, sync::watch, time::timeout};

pub use self::response_memory::{BufferedBytes, HeldUntilSent};
use self::{limits::ACCEPT_RETRY_DELAY, shutdown::SHUTDOWN_GRACE};
use crate::supervisor;

/// Serves `router` until `shutdown` completes. Then it stops accepting, waits at most eight seconds for
/// open requests and event streams to end, and returns.
///
/// Handlers find the peer's address in the extension `ConnectInfo<SocketAddr>`. Every response gets the
/// header fields in `common_headers`.
pub async fn serve(listener: TcpListener, router: Router, common_headers: HeaderMap, shutdown: impl Future<Output = ()>) {
    descriptor_limit::raise_descriptor_limit();
    let listener = Arc::new(listener);
    let server = Arc::new(connection::HttpServer::new(router, common_headers));
    let (stop, stopping) = watch::channel(false);
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            end = supervisor::run_to_end(accept(listener.clone(), server.clone(), stopping.clone())) => {
                tracing::error!(error = end, "accepting connections failed; restarting it");
                tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
            }
        }
    }
    drop((listener, stopping));
    stop.send_replace(true);
    if timeout(SHUTDOWN_GRACE, stop.closed()).await.is_err() {
        tracing::warn!(connections = stop.receiver_count(), "some connections did not close in time");
    }
}

/// Accepts connections. Never returns.
async fn accept(listener: Arc<TcpListener>, server: Arc<connection::HttpServer>, stopping: watch::Receiver<bool>) {
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => drop(tokio::spawn(connection::serve(server.clone(), socket, peer, stopping.clone()))),
            Err(error) => handle_accept_error(&error).await,
        }
    }
}

/// Handles an error of `accept`. A client that closed its connection before it was accepted is ignored.
/// Any other error is a shortage, mostly of file descriptors: log it and wait.
async fn handle_accept_error(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "cannot accept a connection");
        tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
    }
}
