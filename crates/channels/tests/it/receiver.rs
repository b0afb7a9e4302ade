//! Receivers of POSTs over plain TCP, so that a test sees every byte and can violate the protocol.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server that runs until the test ends.
pub struct Receiver {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

/// How a receiver handles a connection after it has read the request.
pub trait Behaviour: Fn(TcpStream, String) -> Self::Done + Send + Sync + 'static {
    type Done: Future<Output = ()> + Send;
}

impl<F, D> Behaviour for F
where
    F: Fn(TcpStream, String) -> D + Send + Sync + 'static,
    D: Future<Output = ()> + Send,
{
    type Done = D;
}

impl Receiver {
    /// A receiver that sends the same bytes for every request and closes the connection.
    pub async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::behaving(move |mut stream: TcpStream, _| {
            let answer = Arc::clone(&answer);
            async move {
                stream.write_all(&answer).await.ok();
                stream.shutdown().await.ok();
            }
        })
        .await
    }

    pub async fn behaving(behaviour: impl Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self { address: listener.local_addr().unwrap(), connections: Arc::default(), requests: Arc::default() };
        let (connections, requests, behaviour) = (Arc::clone(&receiver.connections), Arc::clone(&receiver.requests), Arc::new(behaviour));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (requests, behaviour) = (Arc::clone(&requests), Arc::clone(&behaviour));
                tokio::spawn(async move {
                    if let Some(request) = read_request(&mut stream).await {
                        requests.lock().unwrap().push(request.clone());
                        behaviour(stream, request).await;
                    }
                });
            }
        });
        receiver
    }

    /// The URL of this receiver.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// The number of connections so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Every request so far, head and body.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The only request.
    pub fn request(&self) -> String {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

/// Reads the head and body of a request with a Content-Length. Returns `None` if the connection ends early.
pub async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")).map_or(0, |value| value.trim().parse().unwrap());
            if request.len() >= end + 4 + length {
                return Some(String::from_utf8(request).unwrap());
            }
        }
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
}

/// The value of a header field of a request.
pub fn field<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let head = request.split("\r\n\r\n").next()?;
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
