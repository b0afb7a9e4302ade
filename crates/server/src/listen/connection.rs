//! Serves one connection: its requests and responses, one after the other.

use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioTimer;
use tokio::{io::AsyncReadExt, net::TcpStream, sync::watch, time::timeout};
use tower::Service;

use super::{
    body_timeout::BodyTimeout,
    connection_state::{ConnectionState, RequestGuard},
    event_stream, host_header,
    limits::{CLIENT_TIMEOUTS, ClientTimeouts, IDLE_TIMEOUT, LINGER_TIMEOUT, MAX_HEAD_BYTES},
    response_memory::{ResponseMemory, TrackedBody},
    shutdown,
    socket::TimedSocket,
};
use crate::problem::ApiError;

/// The parts that all connections share.
pub struct HttpServer {
    router: Router,
    /// Header fields of every response.
    common_headers: HeaderMap,
    http: http1::Builder,
    timeouts: ClientTimeouts,
    response_memory: Arc<ResponseMemory>,
}

impl HttpServer {
    /// A server of these routes. Every response gets these header fields.
    pub fn new(router: Router, everywhere: HeaderMap) -> Self {
        Self::with_timeouts(router, everywhere, CLIENT_TIMEOUTS)
    }

    fn with_timeouts(router: Router, common_headers: HeaderMap, timeouts: ClientTimeouts) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(IDLE_TIMEOUT).max_header_size(MAX_HEAD_BYTES);
        // A client may close its sending side after the request and still read the response.
        http.half_close(true);
        Self { router, common_headers, http, timeouts, response_memory: Arc::default() }
    }
}

/// Serves a connection until it closes.
pub async fn serve(server: Arc<HttpServer>, socket: TcpStream, peer: SocketAddr, mut stopping: watch::Receiver<bool>) {
    // Responses are written in one piece, so Nagle's algorithm would only delay them.
    drop(socket.set_nodelay(true));
    let state = Arc::new(ConnectionState::default());
    let service = service_fn(|request| respond(&server, peer, request, &state));
    let mut connection = Box::new(server.http.serve_connection(TimedSocket::new(socket, state.clone(), server.timeouts), service));
    let mut closing = false;
    let event_stream_response = loop {
        let progress = poll_fn(|context| match Pin::new(&mut *connection).poll(context) {
            Poll::Ready(end) => Poll::Ready(end.map(|()| None)),
            Poll::Pending => state.take_stream_response().map_or(Poll::Pending, |response| Poll::Ready(Ok(Some(response)))),
        });
        tokio::select! {
            biased;
            end = progress => match end {
                Ok(events) => break events,
                Err(error) => return tracing::debug!(%peer, %error, "connection lost"),
            },
            () = shutdown::stopped(&mut stopping), if !closing => closing = true,
        }
        Pin::new(&mut *connection).graceful_shutdown();
    };
    let socket = connection.into_parts().io.into_inner();
    match event_stream_response {
        // A separate task, so that hyper's memory is freed.
        Some(response) => drop(tokio::spawn(event_stream::write(socket, response, stopping))),
        None => linger(socket).await,
    }
}

/// The response to a request. An event stream is passed to the connection's task instead, and this function never
/// returns.
async fn respond(
    server: &HttpServer,
    peer: SocketAddr,
    request: Request<Incoming>,
    state: &Arc<ConnectionState>,
) -> Result<Response<TrackedBody>, Infallible> {
    let (guard, get) = (RequestGuard::new(state), request.method() == Method::GET);
    let mut request = request.map(|body| Body::new(BodyTimeout::new(body, RequestGuard::new(state))));
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = match host_header::error(request.version(), request.uri(), request.headers()) {
        Some(fault) => ApiError::malformed(fault).into_response(),
        None => server.router.clone().call(request).await?,
    };
    let add =
        |headers: &mut HeaderMap| server.common_headers.iter().for_each(|(name, value)| drop(headers.insert(name.clone(), value.clone())));
    let mut response = if get && is_event_stream(&response) {
        let mut response = response;
        add(response.headers_mut());
        match state.take_over(response) {
            None => pending().await,
            Some(response) => server.response_memory.track(response, guard),
        }
    } else {
        server.response_memory.track(response, guard)
    };
    add(response.headers_mut());
    Ok(response)
}

fn is_event_stream(response: &Response) -> bool {
    response.status() == StatusCode::OK
        && response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// Reads and drops what the client still sends, for at most [`LINGER_TIMEOUT`]. Closing a connection with unread
/// bytes resets it, and the client might lose the response, such as a 413.
async fn linger(mut socket: TcpStream) {
    let mut rest = vec![0; 1024];
    let drained = async { while socket.read(&mut rest).await.is_ok_and(|count| count > 0) {} };
    drop(timeout(LINGER_TIMEOUT, drained).await);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::routing::get;
    use tokio::{
        io::AsyncWriteExt,
        net::TcpListener,
        time::{Instant, sleep},
    };

    use super::*;

    const SHORT: Duration = Duration::from_millis(300);
    /// The timeout for things that must happen.
    const DEADLINE: Duration = Duration::from_secs(20);

    /// A connection to a server with short timeouts.
    async fn connect() -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let large = || async { vec![b'x'; 32 << 20] };
        let echo = |body: String| async move { body };
        let router = Router::new().route("/", get(|| async { "ok" })).route("/large", get(large)).route("/echo", axum::routing::post(echo));
        let server = Arc::new(HttpServer::with_timeouts(router, HeaderMap::new(), ClientTimeouts { head: SHORT, response: SHORT }));
        tokio::spawn(async move {
            let (socket, peer) = listener.accept().await.unwrap();
            let (_stop, stopping) = watch::channel(false);
            serve(server, socket, peer, stopping).await;
        });
        TcpStream::connect(address).await.unwrap()
    }

    /// Waits until the server closes the connection, and returns how long it took.
    async fn closed(connection: &mut TcpStream) -> Duration {
        let (begun, mut rest) = (Instant::now(), Vec::new());
        drop(timeout(DEADLINE, connection.read_to_end(&mut rest)).await.expect("the server closes the connection"));
        begun.elapsed()
    }

    async fn until(connection: &mut TcpStream, text: &str) {
        let mut said = Vec::new();
        while !String::from_utf8_lossy(&said).contains(text) {
            assert!(timeout(DEADLINE, connection.read_buf(&mut said)).await.unwrap().unwrap() > 0);
        }
    }

    #[tokio::test]
    async fn a_request_head_has_one_timeout_for_all_its_pieces() {
        // No head, a part of a head, and a part of a head after a complete request.
        let (mut none, mut piece, mut second) = (connect().await, connect().await, connect().await);
        piece.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
        second.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        until(&mut second, "ok").await;
        second.write_all(b"GET / HT").await.unwrap();
        for connection in [&mut none, &mut piece, &mut second] {
            assert!(closed(connection).await < DEADLINE);
        }
        // A single byte from time to time does not extend the timeout.
        let (begun, mut drip) = (Instant::now(), connect().await);
        drip.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
        let (mut reading, mut writing) = drip.split();
        let dripping = async {
            while writing.write_all(b"x").await.is_ok() {
                sleep(SHORT / 10).await;
            }
        };
        let mut rest = Vec::new();
        let ended = async { drop(reading.read_to_end(&mut rest).await) };
        let both = async {
            tokio::select! { () = dripping => {}, () = ended => {} }
        };
        timeout(DEADLINE, both).await.expect("the server closes the connection");
        assert!(begun.elapsed() >= SHORT);
    }

    #[tokio::test]
    async fn an_idle_connection_is_kept_longer_than_a_head_may_take() {
        let mut connection = connect().await;
        for body in ["", "12345"] {
            let request = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
            connection.write_all(request.as_bytes()).await.unwrap();
            connection.flush().await.unwrap();
            tokio::task::yield_now().await;
            connection.write_all(body.as_bytes()).await.unwrap();
            until(&mut connection, "\r\n\r\n").await;
            // Wait longer than the timeout: the connection must stay open.
            sleep(SHORT * 3).await;
        }
        connection.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        until(&mut connection, "ok").await;
    }

    #[tokio::test]
    async fn a_client_that_reads_no_response_is_disconnected() {
        let mut connection = connect().await;
        connection.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        // The response is larger than the system's buffers, and the client does not read it.
        sleep(SHORT * 5).await;
        let mut rest = Vec::new();
        drop(timeout(DEADLINE, connection.read_to_end(&mut rest)).await.expect("the server closed the connection"));
        assert!(rest.len() < 32 << 20, "only buffered bytes arrive");
    }

    #[tokio::test]
    async fn a_client_that_reads_gets_the_whole_response() {
        let mut connection = connect().await;
        connection.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut rest = Vec::new();
        timeout(DEADLINE, connection.read_to_end(&mut rest)).await.unwrap().unwrap();
        assert!(rest.len() > 32 << 20);
    }
}
