//! Only public hosts are reached, in every spelling of an address.

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use campanile_channels::{Resolver, SsrfGuard, Webhook, WebhookError, WebhookOptions};
use campanile_domain::{model::attempt_result::AttemptOutcome, ports::channel::Channel};

use crate::{
    receiver::Receiver,
    sample_messages::{fixed_clock, to_url},
};

const EMPTY: &str = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";

fn webhook(guard: SsrfGuard) -> Webhook {
    Webhook::new(guard, &WebhookOptions::default(), fixed_clock()).unwrap()
}

/// A resolver that returns the next of these answers for each query.
struct Answers {
    answers: Vec<Vec<IpAddr>>,
    asked: Arc<AtomicUsize>,
}

impl Answers {
    fn new(answers: &[&[&str]]) -> Self {
        let read = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        Self { answers: answers.iter().map(read).collect(), asked: Arc::default() }
    }
}

#[async_trait]
impl Resolver for Answers {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.answers[turn.min(self.answers.len() - 1)].clone())
    }
}

/// Spellings of hosts that lead to this machine or to other reserved addresses.
const RESERVED_HOSTS: &[&str] = &[
    // Loopback, in all its spellings.
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7F.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "0177.1",
    "00000177.0.0.1",
    "127.0x0.0.1",
    "0x7f.0.1",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "１２７.0.0.1",
    "①②⑦.⓪.⓪.①",
    "127\u{AD}.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "ｌｏｃａｌｈｏｓｔ",
    "local\u{200B}host",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::0001]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    // "This network" and the unspecified address, which Linux treats as loopback.
    "0.0.0.0",
    "0",
    "0x0",
    "0.1.2.3",
    "[::]",
    "[::0]",
    // Private.
    "10.0.0.1",
    "10.255.255.255",
    "0xa.0.0.1",
    "012.0.0.1",
    "167772161",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "192.168.1",
    "3232235777",
    "[fc00::1]",
    "[fd12:3456:789a::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:192.168.0.1]",
    "[64:ff9b::10.0.0.1]",
    // Link-local; cloud providers serve credentials there.
    "169.254.169.254",
    "169.254.0.1",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[fe80::1]",
    "[febf::1]",
    "[::ffff:169.254.169.254]",
    "[fec0::1]",
    "[2002:a9fe:a9fe::1]",
    // The remaining ranges of IANA's registries.
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "[ff02::1]",
    "[ff0e::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[2001::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[100::1]",
    "[5f00::1]",
    "[::ffff:8.8.8.8]",
    "[4000::1]",
];

#[tokio::test]
async fn reserved_addresses_are_refused_in_every_spelling() {
    let canary = Receiver::answering(EMPTY).await;
    let port = canary.address.port();
    let webhook = webhook(SsrfGuard::new(&[]).unwrap());
    assert!(RESERVED_HOSTS.len() >= 80, "{}", RESERVED_HOSTS.len());
    for host in RESERVED_HOSTS {
        for url in [format!("http://{host}:{port}/"), format!("https://{host}:{port}/"), format!(" HTTP:\\\\{host}:{port}\\ ")] {
            let failure = webhook.post(&to_url(&url)).await.expect_err(&url);
            assert!(matches!(failure, WebhookError::Refused(_)), "{url}: {failure:?}");
            assert_eq!(webhook.attempt(&to_url(&url)).await.outcome, AttemptOutcome::Rejected, "{url}");
        }
    }
    for url in [
        format!("http://user@127.0.0.1:{port}/"),
        format!("http://user:password@one.one.one.one:{port}/"),
        format!("http://one.one.one.one@127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}@one.one.one.one/"),
        format!("http://127.0.0.1:{port}\\@one.one.one.one/"),
        format!("http:127.0.0.1:{port}/"),
        format!("http:///127.0.0.1:{port}/"),
        format!("ht\ntp://127.0.0.1:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("//127.0.0.1:{port}/"),
        format!("127.0.0.1:{port}"),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1:70/".to_owned(),
        "http://".to_owned(),
        String::new(),
    ] {
        let failure = webhook.post(&to_url(&url)).await.expect_err(&url);
        assert!(matches!(failure, WebhookError::Refused(_)), "{url}: {failure:?}");
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn a_name_is_refused_when_any_of_its_addresses_is_reserved() {
    let canary = Receiver::answering(EMPTY).await;
    let url = format!("http://name.example:{}/", canary.address.port());
    for answer in [
        &["127.0.0.1"][..],
        &["1.1.1.1", "127.0.0.1"],
        &["2606:4700:4700::1111", "1.1.1.1", "::1"],
        &["::ffff:127.0.0.1"],
        &["169.254.169.254"],
        &["100.64.0.1"],
        &["0.0.0.0"],
    ] {
        let failure = webhook(SsrfGuard::new(&[]).unwrap().with_resolver(Answers::new(&[answer]))).post(&to_url(&url)).await.unwrap_err();
        let WebhookError::Refused(why) = failure else { panic!("{answer:?}: {failure:?}") };
        assert!(!answer.iter().any(|address| why.contains(address)), "the error contains the address: {why}");
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn dns_rebinding_reaches_nothing() {
    let canary = Receiver::answering(EMPTY).await;
    let url = format!("http://rebinding.example:{}/", canary.address.port());
    // The first answer is public; all later ones are loopback.
    let answers = Answers::new(&[&["192.31.196.1"], &["127.0.0.1"]]);
    let asked = Arc::clone(&answers.asked);
    let options = WebhookOptions { timeout: std::time::Duration::from_millis(500), ..WebhookOptions::default() };
    let webhook = Webhook::new(SsrfGuard::new(&[]).unwrap().with_resolver(answers), &options, fixed_clock()).unwrap();
    let first = webhook.post(&to_url(&url)).await.unwrap_err();
    assert!(matches!(first, WebhookError::Unreachable(_)), "{first:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "a call asks once");
    for _ in 0..3 {
        let later = webhook.post(&to_url(&url)).await.unwrap_err();
        assert!(matches!(later, WebhookError::Refused(_)), "{later:?}");
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn only_allow_listed_hosts_are_reached() {
    let canary = Receiver::answering(EMPTY).await;
    let port = canary.address.port();
    let check = async |allow: &str, host: &str, reached: bool| {
        let guard = SsrfGuard::new(&[allow.replace("PORT", &port.to_string())]).unwrap().with_resolver(Answers::new(&[&["127.0.0.1"]]));
        let before = canary.connections();
        let answer = webhook(guard).post(&to_url(&format!("http://{host}:{port}/"))).await;
        assert_eq!(answer.is_ok(), reached, "{allow} {host}: {answer:?}");
        assert_eq!(canary.connections() - before, usize::from(reached), "{allow} {host}");
    };
    check("127.0.0.1", "127.0.0.1", true).await;
    check("127.0.0.0/8", "127.0.0.1", true).await;
    check("127.0.0.1:PORT", "127.0.0.1", true).await;
    check("127.0.0.1:1", "127.0.0.1", false).await;
    check("127.0.0.2", "127.0.0.1", false).await;
    check("127.0.0.1", "name.example", true).await;
    check("name.example", "name.example", true).await;
    check("name.example:PORT", "NAME.example.", true).await;
    check("name.example:1", "name.example", false).await;
    check("example", "name.example", false).await;
    check("name.example", "127.0.0.1", false).await;
    check("localhost", "localhost", true).await;
    check("127.0.0.1", "localhost", false).await;
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let canary = Receiver::answering(EMPTY).await;
    for status in [301, 302, 303, 307, 308] {
        let answer = format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", canary.url());
        let receiver = Receiver::answering(answer).await;
        // Not even if the target of the redirect is on the allow list.
        let webhook = webhook(SsrfGuard::new(&["127.0.0.1".to_owned()]).unwrap());
        let attempt = webhook.attempt(&to_url(&receiver.url())).await;
        assert_eq!(attempt.outcome, AttemptOutcome::Retry { after: None }, "{status}");
        assert!(attempt.detail.starts_with(&status.to_string()), "{}", attempt.detail);
        assert_eq!(receiver.connections(), 1);
    }
    assert_eq!(canary.connections(), 0);
}
