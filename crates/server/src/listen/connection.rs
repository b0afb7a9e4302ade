//! One connection: requests and their responses, one after the other.

use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioTimer;
use tokio::{io::AsyncReadExt, net::TcpStream, sync::watch, time::timeout};
use tower::Service;

use super::{
    event_stream,
    handover::{Handover, Socket},
    timely::Timely,
};

/// How long a connection may idle, and how long a request's head may take. Longer than the sixty
/// seconds for which proxies commonly keep a connection to reuse it: whoever closes first while the
/// other sends loses a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// The largest head of a request: request line and header fields, in bytes.
const MAX_HEAD: usize = 32 * 1024;

/// How long to read on after the last response, so that a client still sending gets to read it
/// instead of a reset.
const LINGER: Duration = Duration::from_secs(2);

/// What all connections share.
pub struct Server {
    router: Router,
    /// Header fields of every response.
    everywhere: HeaderMap,
    http: http1::Builder,
}

impl Server {
    /// A server of these routes, whose responses all have these header fields.
    pub fn new(router: Router, everywhere: HeaderMap) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_header_size(MAX_HEAD);
        Self { router, everywhere, http }
    }
}

/// Serves a connection until it ends.
pub async fn serve(server: Arc<Server>, socket: TcpStream, peer: SocketAddr, mut stopping: watch::Receiver<bool>) {
    // Responses are written whole: waiting for more (Nagle's algorithm) would only delay them.
    drop(socket.set_nodelay(true));
    let handover = Arc::new(Handover::default());
    let service = service_fn(|request| answer(&server, peer, request, &handover));
    let mut connection = Box::new(server.http.serve_connection(Socket::new(socket, handover.clone()), service));
    let mut closing = false;
    let events = loop {
        let progress = poll_fn(|context| match Pin::new(&mut *connection).poll(context) {
            Poll::Ready(end) => Poll::Ready(end.map(|()| None)),
            Poll::Pending => handover.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(Some(response)))),
        });
        tokio::select! {
            biased;
            end = progress => match end {
                Ok(events) => break events,
                Err(error) => return tracing::debug!(%peer, %error, "connection lost"),
            },
            () = super::stopped(&mut stopping), if !closing => closing = true,
        }
        Pin::new(&mut *connection).graceful_shutdown();
    };
    let socket = connection.into_parts().io.into_inner();
    match events {
        // A task of its own, so that what hyper needed is given back.
        Some(response) => drop(tokio::spawn(event_stream::write(socket, response, stopping))),
        None => linger(socket).await,
    }
}

/// The response to a request, unless it is a stream of events: that is handed over, and this never
/// ends.
async fn answer(server: &Server, peer: SocketAddr, request: Request<Incoming>, handover: &Handover) -> Result<Response, Infallible> {
    let get = request.method() == Method::GET;
    let mut request = request.map(|body| Body::new(Timely::new(body)));
    request.extensions_mut().insert(ConnectInfo(peer));
    let mut response = server.router.clone().call(request).await?;
    for (name, value) in &server.everywhere {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    if !(get && is_event_stream(&response)) {
        return Ok(response);
    }
    match handover.offer(response) {
        None => pending().await,
        Some(response) => Ok(response),
    }
}

fn is_event_stream(response: &Response) -> bool {
    response.status() == StatusCode::OK
        && response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// Reads away what the client still sends, for a moment. Closing with unread bytes would reset the
/// connection, and the client might lose the response that tells it to stop, such as a 413.
async fn linger(mut socket: TcpStream) {
    let mut rest = vec![0; 1024];
    let drained = async { while socket.read(&mut rest).await.is_ok_and(|count| count > 0) {} };
    drop(timeout(LINGER, drained).await);
}
