//! The operator's proxy is used only if a POST asks for it, and it does not reach reserved addresses either.

use std::sync::Arc;

use campanile_channels::{SsrfGuard, Webhook, WebhookError, WebhookOptions};
use campanile_domain::{model::http_request::HttpRequest, ports::channel::OutgoingMessage};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::{
    receiver::{Receiver, field},
    sample_messages::{fixed_clock, with_post},
};

const EMPTY: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn webhook(allow: &[&str], proxy: &str) -> Webhook {
    let options = WebhookOptions { proxy: Some(proxy.to_owned()), ..WebhookOptions::default() };
    let allow: Vec<String> = allow.iter().map(|entry| (*entry).to_owned()).collect();
    Webhook::new(SsrfGuard::new(&allow).unwrap(), &options, fixed_clock()).unwrap()
}

fn outgoing(url: &str, system_proxy: bool) -> OutgoingMessage {
    with_post(url, HttpRequest { body: "{}".to_owned(), system_proxy, ..HttpRequest::default() })
}

/// A SOCKS5 proxy (RFC 1928) that connects to any target and reports it.
async fn socks5() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, asked_for) = mpsc::unbounded_channel();
    let asked = Arc::new(asked);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let asked = Arc::clone(&asked);
            tokio::spawn(async move {
                let mut greeting = [0; 2];
                client.read_exact(&mut greeting).await.unwrap();
                client.read_exact(&mut vec![0; usize::from(greeting[1])]).await.unwrap();
                client.write_all(&[5, 0]).await.unwrap();
                let mut request = [0; 4];
                client.read_exact(&mut request).await.unwrap();
                let host = match request[3] {
                    1 => {
                        let mut octets = [0; 4];
                        client.read_exact(&mut octets).await.unwrap();
                        std::net::Ipv4Addr::from(octets).to_string()
                    }
                    3 => {
                        let mut name = vec![0; usize::from(client.read_u8().await.unwrap())];
                        client.read_exact(&mut name).await.unwrap();
                        String::from_utf8(name).unwrap()
                    }
                    kind => panic!("an address of kind {kind}"),
                };
                let port = client.read_u16().await.unwrap();
                asked.send(format!("{host}:{port}")).unwrap();
                let mut server = TcpStream::connect((&*host, port)).await.unwrap();
                client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
                copy_bidirectional(&mut client, &mut server).await.ok();
            });
        }
    });
    (address.to_string(), asked_for)
}

/// An HTTP proxy that responds for every target itself.
async fn http_proxy() -> Receiver {
    Receiver::answering(EMPTY).await
}

#[tokio::test]
async fn an_http_proxy_is_used_only_when_asked_for() {
    let (receiver, proxy) = (Receiver::answering(EMPTY).await, http_proxy().await);
    let webhook = webhook(&["127.0.0.1"], &format!("http://me:secret@{}", proxy.address));
    webhook.post(&outgoing(&receiver.url(), false)).await.unwrap();
    assert_eq!((receiver.connections(), proxy.connections()), (1, 0));
    webhook.post(&outgoing(&receiver.url(), true)).await.unwrap();
    assert_eq!((receiver.connections(), proxy.connections()), (1, 1));
    let request = proxy.request();
    assert!(request.starts_with(&format!("POST {} HTTP/1.1\r\n", receiver.url())), "{request}");
    assert_eq!(field(&request, "proxy-authorization"), Some("Basic bWU6c2VjcmV0"));
}

#[tokio::test]
async fn a_socks5_proxy_is_used_only_when_asked_for() {
    let receiver = Receiver::answering(EMPTY).await;
    let (proxy, mut asked_for) = socks5().await;
    let webhook = webhook(&["127.0.0.1"], &format!("socks5://{proxy}"));
    webhook.post(&outgoing(&receiver.url(), false)).await.unwrap();
    assert!(asked_for.try_recv().is_err());
    webhook.post(&outgoing(&receiver.url(), true)).await.unwrap();
    assert_eq!(asked_for.recv().await.unwrap(), receiver.address.to_string());
    assert_eq!(receiver.connections(), 2);
}

#[tokio::test]
async fn reserved_addresses_are_refused_through_a_proxy() {
    let (canary, proxy) = (Receiver::answering(EMPTY).await, http_proxy().await);
    let (socks, mut asked_for) = socks5().await;
    let port = canary.address.port();
    // The proxy has a loopback address that is not on the allow list.
    for proxy in [format!("http://{}", proxy.address), format!("socks5://{socks}"), format!("socks5h://{socks}")] {
        let webhook = webhook(&[], &proxy);
        for host in ["127.0.0.1", "2130706433", "[::1]", "169.254.169.254", "localhost", "a.localhost"] {
            let failure = webhook.post(&outgoing(&format!("http://{host}:{port}/"), true)).await.unwrap_err();
            assert!(matches!(failure, WebhookError::Refused(_)), "{host}: {failure:?}");
        }
    }
    assert_eq!((canary.connections(), proxy.connections()), (0, 0));
    assert!(asked_for.try_recv().is_err());
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let proxy = Receiver::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    let webhook = webhook(&["127.0.0.1"], &format!("http://{}", proxy.address));
    let failure = webhook.post(&outgoing("https://127.0.0.1:1/hook?key=letmein", true)).await.unwrap_err();
    assert!(matches!(failure, WebhookError::Unreachable(_)), "{failure:?}");
    assert!(proxy.request().starts_with("CONNECT 127.0.0.1:1 HTTP/1.1\r\n"), "{}", proxy.request());
    assert!(!proxy.request().contains("letmein"));
}

#[tokio::test]
async fn a_request_for_a_missing_proxy_is_refused() {
    let receiver = Receiver::answering(EMPTY).await;
    let webhook = Webhook::new(SsrfGuard::new(&["127.0.0.1".to_owned()]).unwrap(), &WebhookOptions::default(), fixed_clock()).unwrap();
    let failure = webhook.post(&outgoing(&receiver.url(), true)).await.unwrap_err();
    assert!(matches!(failure, WebhookError::Refused(_)), "{failure:?}");
    assert_eq!(receiver.connections(), 0);
}
