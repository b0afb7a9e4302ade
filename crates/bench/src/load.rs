//! A load generator with little overhead: prepared requests, keep-alive connections, and minimal parsing of responses.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// One keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Opens a connection to a server.
    pub async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request unchanged and waits for the whole response. Returns status and body.
    pub async fn send(&mut self, request: &[u8]) -> std::io::Result<(u16, Vec<u8>)> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::Error::other("the server closed the connection"));
            }
            let Some(head) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let (status, length) = parse_head(&self.buffer[..head])?;
            let body = head + 4;
            if self.buffer.len() >= body + length {
                return Ok((status, self.buffer[body..body + length].to_vec()));
            }
        }
    }
}

fn parse_head(head: &[u8]) -> std::io::Result<(u16, usize)> {
    let bad = || std::io::Error::other("not an HTTP response with a content length");
    let head = std::str::from_utf8(head).map_err(|_| bad())?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(bad)?;
    let length = head.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    // A 204 response has no length.
    Ok((status, length.map_or(Ok(0), |(_, length)| length.trim().parse().map_err(|_| bad()))?))
}

/// The result of a load test.
pub struct LoadResult {
    /// Responses with the expected status per second.
    pub per_second: f64,
    /// The duration of each request, sorted.
    pub latencies: Vec<Duration>,
}

/// Sends requests over `connections` connections for `span`, each as soon as the previous response has arrived. Fails if a status
/// is not `expected`.
pub async fn closed_loop(
    address: SocketAddr,
    request: Vec<u8>,
    connections: usize,
    span: Duration,
    expected: u16,
) -> Result<LoadResult, Box<dyn std::error::Error>> {
    let mut clients = JoinSet::new();
    let begin = Instant::now();
    let end = begin + span;
    for _ in 0..connections {
        let request = request.clone();
        clients.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut latencies = Vec::new();
            while Instant::now() < end {
                let asked = Instant::now();
                let (status, body) = connection.send(&request).await?;
                if status != expected {
                    return Err(std::io::Error::other(format!("{status}: {}", String::from_utf8_lossy(&body))));
                }
                latencies.push(asked.elapsed());
            }
            Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(client) = clients.join_next().await {
        latencies.extend(client??);
    }
    let per_second = latencies.len() as f64 / begin.elapsed().as_secs_f64();
    latencies.sort();
    Ok(LoadResult { per_second, latencies })
}

/// A request with a JSON body.
pub fn post(path: &str, authorization: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\nContent-Type: application/json\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A request without a body.
pub fn get(path: &str, authorization: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: {authorization}\r\n\r\n").into_bytes()
}
