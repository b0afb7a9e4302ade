//! POSTs over HTTPS by the real binary, to receivers with trusted and untrusted certificates.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::Client;
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use crate::{
    binary::{ServerProcess, run_command},
    harness::{PATIENCE, client},
};

/// A TLS receiver that accepts everything.
struct Receiver {
    url: String,
    certificate: String,
    received: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    /// Listens on loopback with a self-signed certificate.
    fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = Arc::new(config.with_single_cert(vec![made.cert.der().clone()], key.into()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}/hook", listener.local_addr().unwrap().port());
        let received = Arc::<Mutex<Vec<String>>>::default();
        let recorder = received.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), socket.unwrap());
                let (mut request, mut buffer) = (String::new(), [0; 4096]);
                // A client that does not trust the certificate sends nothing.
                while let Ok(count) = stream.read(&mut buffer)
                    && count > 0
                {
                    request.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
                    if request.ends_with("the body") {
                        recorder.lock().unwrap().push(request);
                        stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
                        break;
                    }
                }
            }
        });
        Self { url, certificate: made.cert.pem(), received }
    }
}

/// Waits for the first attempt of a notification's only delivery; returns that delivery.
async fn wait_for_attempt(http: &Client, run: &ServerProcess, key: &str, id: &Value) -> Value {
    let url = format!("{}/api/v1/notifications/{}/deliveries", run.url, id.as_str().unwrap());
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(Duration::from_millis(20)));
    loop {
        let page: Value = http.get(&url).bearer_auth(key).send().await.unwrap().json().await.unwrap();
        if !page["items"][0]["attempts"].as_array().unwrap().is_empty() {
            return page["items"][0].clone();
        }
        assert!(Instant::now() < deadline, "{page}");
        pause.tick().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_over_https_needs_a_trusted_certificate() {
    let (trusted, stranger) = (Receiver::start(), Receiver::start());
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, &trusted.certificate).unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    let key = run_command(folder.path(), &["key", "create", "acme", "sender", "--scope", "admin"]);
    let settings = [
        ("CAMPANILE_OUTGOING__ALLOW", "[\"localhost\"]".to_owned()),
        // OpenSSL's variable for trusted roots. The server's TLS library reads it too.
        ("SSL_CERT_FILE", roots.to_str().unwrap().to_owned()),
    ];
    let run = ServerProcess::start(folder.path(), &settings);
    let http = client().build().unwrap();
    let post = async |receiver: &Receiver| {
        let body =
            json!({"channel": "http", "http": {"url": receiver.url, "body": "the body"}, "content": [{"language": "en", "title": "x"}]});
        let sent = http.post(format!("{}/api/v1/notifications", run.url)).bearer_auth(&key).json(&body).send().await.unwrap();
        let receipt: Value = sent.json().await.unwrap();
        wait_for_attempt(&http, &run, &key, &receipt["id"]).await
    };
    let delivered = post(&trusted).await;
    assert_eq!((&delivered["state"], &delivered["attempts"][0]["answer"]), (&json!("delivered"), &json!("204 No Content")), "{delivered}");
    assert!(trusted.received.lock().unwrap()[0].starts_with("POST /hook HTTP/1.1\r\n"));
    let refused = post(&stranger).await;
    assert_eq!(refused["state"], "pending", "{refused}");
    assert!(refused["attempts"][0]["answer"].as_str().unwrap().contains("certificate"), "{refused}");
    assert!(stranger.received.lock().unwrap().is_empty());
}
