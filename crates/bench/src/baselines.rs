//! Baselines: minimal servers that do only a part of Campanile's work.

use std::sync::Arc;

use axum::{Json, Router, body::Bytes, routing::post};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::broadcast,
};

use crate::process::print_port;

/// An axum handler that reads a body and responds with an empty JSON object.
pub async fn empty_handler() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print_port(listener.local_addr()?)?;
    let router: Router = Router::new().route("/", post(async |_: Bytes| Json(serde_json::json!({}))));
    Ok(axum::serve(listener, router).await?)
}

/// Keeps connections that send `stream` open. What another connection sends after `send` is written to all of them. There is no
/// HTTP, no inbox and no count.
pub async fn baseline_streams() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print_port(listener.local_addr()?)?;
    let (sender, _) = broadcast::channel::<Arc<[u8]>>(64);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(baseline_stream(stream, sender.clone()));
    }
}

async fn baseline_stream(mut stream: TcpStream, news: broadcast::Sender<Arc<[u8]>>) -> std::io::Result<()> {
    let mut first = [0; 1024];
    let length = stream.read(&mut first).await?;
    if first.starts_with(b"send") {
        // It is not an error if no connection is open.
        drop(news.send(first[4..length].into()));
        return Ok(());
    }
    let mut news = news.subscribe();
    stream.write_all(b"hello\n\n").await?;
    while let Ok(text) = news.recv().await {
        stream.write_all(&text).await?;
    }
    Ok(())
}
