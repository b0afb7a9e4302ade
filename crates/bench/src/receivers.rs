//! Receivers for deliveries: an SMTP server and an HTTP server that accept everything and only count it. They are fast enough not
//! to limit the measurement.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::process::print_port;

/// The counts of a receiver.
#[derive(Clone, Copy, Debug, Default)]
pub struct Received {
    /// The number of e-mails or POSTs.
    pub count: u64,
    /// Their size in bytes, without protocol overhead.
    pub bytes: u64,
    /// The time from the first to the last.
    pub span: Duration,
}

impl Received {
    /// The number received per second.
    pub fn per_second(&self) -> f64 {
        self.count.saturating_sub(1) as f64 / self.span.as_secs_f64()
    }
}

/// The counts so far.
#[derive(Default)]
struct Counter {
    received: Received,
    first: Option<Instant>,
}

type SharedCounter = Arc<Mutex<Counter>>;

fn record(taken: &SharedCounter, bytes: usize) {
    let now = Instant::now();
    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
    taken.received.count += 1;
    taken.received.bytes += bytes as u64;
    taken.received.span = now - *taken.first.get_or_insert(now);
}

/// The counts as a line of text.
fn counts_line(taken: &SharedCounter) -> String {
    let received = taken.lock().unwrap_or_else(PoisonError::into_inner).received;
    format!("tally {} {} {}\r\n", received.count, received.bytes, received.span.as_micros())
}

/// Asks a receiver for its counts. Both kinds answer a connection that starts with `TALLY`.
pub async fn fetch_counts(sink: SocketAddr) -> std::io::Result<Received> {
    let mut stream = TcpStream::connect(sink).await?;
    stream.write_all(b"TALLY\r\n").await?;
    let mut said = String::new();
    stream.read_to_string(&mut said).await?;
    let numbers = said.split("tally ").nth(1).unwrap_or_default();
    let numbers: Vec<u64> = numbers.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [count, bytes, micros] => Ok(Received { count, bytes, span: Duration::from_micros(micros) }),
        _ => Err(std::io::Error::other("the receiver did not report its counts")),
    }
}

/// Receives e-mail with a minimal part of SMTP (RFC 5321).
pub async fn smtp() -> Result<(), Box<dyn std::error::Error>> {
    serve(smtp_session).await
}

/// Receives POSTs over HTTP/1.1 with a Content-Length.
pub async fn http() -> Result<(), Box<dyn std::error::Error>> {
    serve(http_session).await
}

async fn serve<F>(session: fn(TcpStream, SharedCounter) -> F) -> Result<(), Box<dyn std::error::Error>>
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print_port(listener.local_addr()?)?;
    let taken = SharedCounter::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(session(stream, taken.clone()));
    }
}

async fn smtp_session(mut stream: TcpStream, taken: SharedCounter) -> std::io::Result<()> {
    stream.write_all(b"220 sink\r\n").await?;
    let mut buffer = Vec::with_capacity(16 << 10);
    loop {
        let line = until(&mut stream, &mut buffer, b"\r\n").await?;
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply: &[u8] = match &*word {
            b"EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
            b"MAIL" | b"RCPT" | b"NOOP" | b"RSET" => b"250 OK\r\n",
            b"DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let message = until(&mut stream, &mut buffer, b"\r\n.\r\n").await?;
                record(&taken, message.len());
                b"250 taken\r\n"
            }
            b"TALL" => return stream.write_all(counts_line(&taken).as_bytes()).await,
            b"QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => b"500 what?\r\n",
        };
        stream.write_all(reply).await?;
    }
}

async fn http_session(mut stream: TcpStream, taken: SharedCounter) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(16 << 10);
    loop {
        let first = until(&mut stream, &mut buffer, b"\r\n").await?;
        if first.starts_with(b"TALLY") {
            return stream.write_all(counts_line(&taken).as_bytes()).await;
        }
        let head = until(&mut stream, &mut buffer, b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or_default();
        while buffer.len() < length {
            more(&mut stream, &mut buffer).await?;
        }
        buffer.drain(..length);
        record(&taken, length);
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
    }
}

/// Reads up to and including `end`. The rest stays in the buffer.
async fn until(stream: &mut TcpStream, buffer: &mut Vec<u8>, end: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut seen = 0;
    loop {
        if let Some(at) = buffer[seen..].windows(end.len()).position(|window| window == end) {
            return Ok(buffer.drain(..seen + at + end.len()).collect());
        }
        seen = (buffer.len() + 1).saturating_sub(end.len());
        more(stream, buffer).await?;
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<()> {
    // Acknowledge immediately. A plain client waits for the acknowledgement (Nagle), which most servers delay by 40 ms, and would
    // be too slow as a baseline.
    rustix::net::sockopt::set_tcp_quickack(&*stream, true)?;
    if stream.read_buf(buffer).await? == 0 { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}
