//! E-mails and POSTs per second from the outbox, compared with a plain client that uses the same number of connections to the
//! same kind of receiver.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use campanile_server::config::Config;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::MultiPart,
    transport::smtp::{PoolConfig, client::Tls},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    load::{self, Connection},
    process::Process,
    receivers::{self, Received},
    report::Report,
    seed::Seed,
};

type BoxError = Box<dyn std::error::Error>;

/// The number of concurrent POSTs to one host. It is not configurable in the server.
const POSTS_AT_ONCE: usize = 8;
/// The time limit of a run.
const DEADLINE: Duration = Duration::from_secs(300);
/// The memory of the idle server is measured when it has not changed for this long.
const QUIET: Duration = Duration::from_secs(2);

/// The number of rounds in which Campanile and the plain client alternate, so that other load on the machine affects both.
const ROUNDS: usize = 3;

/// Runs the benchmark.
pub async fn run(count: u32) -> Result<(), BoxError> {
    let (mut mails, mut posted) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let ours = mail(count).await?;
        mails.push((baseline_mail(count, ours.received.bytes / u64::from(count), ours.at_once).await?, ours));
        let ours = posts(count).await?;
        posted.push((baseline_posts(count, ours.received.bytes / u64::from(count)).await?, ours));
    }
    let mut table = Report::default();
    for (what, mut rounds) in [("mails", mails), ("POSTs", posted)] {
        let share = |(bare, ours): &(Received, DeliveryRun)| ours.received.per_second() / bare.per_second();
        let memory = rounds.iter().map(|(_, ours)| ours.memory).max().unwrap_or_default();
        rounds.sort_by(|one, other| share(one).total_cmp(&share(other)));
        let shares = rounds.iter().map(|round| format!("{:.2}", share(round))).collect::<Vec<_>>().join(", ");
        let middle = &rounds[ROUNDS / 2];
        let (bare, ours) = middle;
        let rate = |received: &Received| format!("{:.0}/s of {} B", received.per_second(), received.bytes / received.count.max(1));
        table.row(&format!("{what}, a bare loop with {} connections", ours.at_once), rate(bare));
        table.row(&format!("{what}, campanile"), rate(&ours.received));
        table.row("of the bare loop, in each round", shares);
        table.goal("of the bare loop, the median", format!("{:.2}", share(middle)), "≥ 0.7", share(middle) >= 0.7);
        let grown = memory as f64 / 1024.0 / 1024.0;
        table.goal("memory beyond that at rest, at most", format!("{grown:.1} MB"), "≤ 96 MB", grown <= 96.0);
    }
    Ok(table.print(&format!("deliver: {count} mails of one notification, {count} notifications to a URL, every outcome recorded"))?)
}

/// The result of a server under test.
struct DeliveryRun {
    received: Received,
    /// The number of concurrent attempts.
    at_once: usize,
    /// The most memory used during delivery beyond the idle memory, in bytes.
    memory: u64,
}

/// Delivers one notification to everyone by e-mail.
async fn mail(count: u32) -> Result<DeliveryRun, BoxError> {
    let sink = Process::baseline("smtp-sink").await?;
    let folder = tempfile::tempdir()?;
    let flags = json!({"mail": {"host": "127.0.0.1", "port": sink.address.port(), "encryption": "none"}});
    let at_once = Config::load(None, &flags)?.mail.connections as usize;
    let seed = Seed::new(folder.path()).await?;
    seed.people_with_mail(count).await?;
    let key = seed.key.clone();
    drop(seed);
    let server = Process::server_with(folder.path(), &flags).await?;
    let at_rest = server.settled_memory(QUIET).await?;
    let body = json!({"channel": "email", "to": [{"kind": "everyone"}], "severity": "warning", "content": [content()]});
    let sent = send(&server, &key, &body).await?;
    let (received, most) = wait_until_received(&sink, &server, count).await?;
    wait_until_recorded(&server, &key, &sent, count).await?;
    Ok(DeliveryRun { received, at_once, memory: most.saturating_sub(at_rest) })
}

/// Delivers many notifications to one URL. They are stored before the server starts.
async fn posts(count: u32) -> Result<DeliveryRun, BoxError> {
    let sink = Process::baseline("http-sink").await?;
    let folder = tempfile::tempdir()?;
    let flags = json!({"outgoing": {"allow": ["127.0.0.1"]}});
    let seed = Seed::new(folder.path()).await?;
    let key = seed.key.clone();
    let server = Process::server_with(folder.path(), &flags).await?;
    let at_rest = server.settled_memory(QUIET).await?;
    drop(server);
    seed.posts(&format!("http://{}/hook", sink.address), count).await?;
    drop(seed);
    let server = Process::server_with(folder.path(), &flags).await?;
    let (received, most) = wait_until_received(&sink, &server, count).await?;
    wait_until_all_recorded(folder.path(), count).await?;
    // The server must answer requests while it delivers.
    let (status, _) = Connection::open(server.address).await?.send(&load::get("/api/v1/notifications?limit=1", &bearer(&key))).await?;
    if status != 200 {
        return Err(format!("the server answered {status}").into());
    }
    Ok(DeliveryRun { received, at_once: POSTS_AT_ONCE, memory: most.saturating_sub(at_rest) })
}

fn content() -> Value {
    json!({"language": "en", "title": "Maintenance on Saturday, 22:00 UTC",
        "description": "The console stays readable; messages sent during the window are delivered afterwards."})
}

fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

/// Sends a notification and returns its id.
async fn send(server: &Process, key: &str, body: &Value) -> Result<String, BoxError> {
    let request = load::post("/api/v1/notifications", &bearer(key), &body.to_string());
    let (status, answer) = Connection::open(server.address).await?.send(&request).await?;
    let receipt: Value = serde_json::from_slice(&answer)?;
    let id = receipt["id"].as_str().filter(|_| status == 201).ok_or_else(|| format!("the send was answered {status}: {receipt}"))?;
    Ok(id.to_owned())
}

/// Waits until a receiver has received everything. Returns its counts and the server's peak memory in bytes.
async fn wait_until_received(sink: &Process, server: &Process, count: u32) -> Result<(Received, u64), BoxError> {
    let begin = Instant::now();
    loop {
        let received = receivers::fetch_counts(sink.address).await?;
        if received.count >= u64::from(count) {
            return if received.count == u64::from(count) {
                Ok((received, server.peak_memory()?))
            } else {
                Err("a message was delivered twice".into())
            };
        }
        if begin.elapsed() > DEADLINE {
            return Err(format!("after {} s only {} of {count} had arrived", DEADLINE.as_secs(), received.count).into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until all deliveries of a notification are recorded as delivered.
async fn wait_until_recorded(server: &Process, key: &str, id: &str, count: u32) -> Result<(), BoxError> {
    let request = load::get(&format!("/api/v1/notifications/{id}/deliveries?limit=1"), &bearer(key));
    let mut connection = Connection::open(server.address).await?;
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(10) {
        let (_, answer) = connection.send(&request).await?;
        if serde_json::from_slice::<Value>(&answer)?["counts"]["delivered"] == count {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("not every delivery was recorded".into())
}

/// Waits until all deliveries in a database are recorded as delivered.
async fn wait_until_all_recorded(data: &Path, count: u32) -> Result<(), BoxError> {
    let database = rusqlite::Connection::open_with_flags(crate::seed::database(data), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(10) {
        let delivered: u32 = database.query_row("SELECT count(*) FROM delivery WHERE state = 1", [], |row| row.get(0))?;
        if delivered == count {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("not every delivery was recorded".into())
}

/// The baseline: sends e-mails of this size with lettre and its connection pool.
async fn baseline_mail(count: u32, size: u64, connections: usize) -> Result<Received, BoxError> {
    let sink = Process::baseline("smtp-sink").await?;
    let pool = PoolConfig::new().max_size(u32::try_from(connections)?);
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1");
    let transport = transport.port(sink.address.port()).tls(Tls::None).pool_config(pool).build();
    // A short text part and a long HTML part with long lines, as in Campanile's e-mails. About 700 bytes of an e-mail are
    // header fields and boundaries.
    let size = usize::try_from(size.saturating_sub(700))?;
    let text = Arc::<str>::from("A line of a mail that is as long as most lines are.\r\n".repeat(size / 53 / 5));
    let html = Arc::<str>::from(format!("{}\r\n", "<p style=\"margin:0\">A part of a page</p>".repeat(5)).repeat(size / 217 * 4 / 5));
    let next = Arc::new(AtomicU32::new(0));
    let mut loops = JoinSet::new();
    for _ in 0..connections {
        let (transport, text, html, next) = (transport.clone(), text.clone(), html.clone(), next.clone());
        loops.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(());
                }
                let message = Message::builder()
                    .from("Campanile <campanile@localhost>".parse()?)
                    .to(format!("Person {number} <person-{number}@bench.example>").parse()?)
                    .subject("Warning: Maintenance on Saturday, 22:00 UTC")
                    .message_id(Some(format!("<{number}@bench.example>")))
                    .multipart(MultiPart::alternative_plain_html(text.to_string(), html.to_string()))?;
                transport.send(message).await?;
            }
        });
    }
    while let Some(ended) = loops.join_next().await {
        ended?.map_err(|error| error.to_string())?;
    }
    Ok(receivers::fetch_counts(sink.address).await?)
}

/// The baseline: sends POSTs of this size with reqwest.
async fn baseline_posts(count: u32, size: u64) -> Result<Received, BoxError> {
    let sink = Process::baseline("http-sink").await?;
    // It fails if a provider is already installed.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (url, body) = (format!("http://{}/hook", sink.address), "x".repeat(usize::try_from(size)?));
    let next = Arc::new(AtomicU32::new(0));
    let mut loops = JoinSet::new();
    for _ in 0..POSTS_AT_ONCE {
        let (client, url, body, next) = (client.clone(), url.clone(), body.clone(), next.clone());
        loops.spawn(async move {
            while next.fetch_add(1, Ordering::Relaxed) < count {
                client.post(&url).body(body.clone()).send().await?.error_for_status()?.bytes().await?;
            }
            Ok::<_, reqwest::Error>(())
        });
    }
    while let Some(ended) = loops.join_next().await {
        ended??;
    }
    Ok(receivers::fetch_counts(sink.address).await?)
}
