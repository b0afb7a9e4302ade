//! A notification to everyone with many open event streams, each of another person: the time until the last stream has
//! received it, and the memory per stream.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use crate::{
    load::{self, Connection},
    process::Process,
    report::{Report, percentile},
    seed::Seed,
};

/// The number of measured notifications.
const SENDS: usize = 10;
/// The memory is measured when it has not changed for this long.
const QUIET: Duration = Duration::from_secs(1);
/// The time limit for a notification to reach every stream.
const DEADLINE: Duration = Duration::from_secs(30);

/// Runs the benchmark.
pub async fn run(streams: usize) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let seed = Seed::new(folder.path()).await?;
    let people = seed.people(u32::try_from(streams)?).await?;
    let sessions = seed.sessions(&people).await?;
    let key = seed.key.clone();
    drop(seed);

    let server = Process::server(folder.path()).await?;
    let open = |session: &String| load::get("/api/v1/events", &format!("Bearer {session}"));
    // A few streams are opened and closed first, so that one-time allocations are not counted.
    drop(connect(server.address, sessions.iter().take(64).map(open), b"event: hello").await?);
    let idle = server.settled_memory(QUIET).await?;
    let mut campanile = connect(server.address, sessions.iter().map(open), b"event: hello").await?;
    let each = server.settled_memory(QUIET).await?.saturating_sub(idle) / streams as u64;

    let body = r#"{"to":[{"kind":"everyone"}],"severity":"warning","content":[{"language":"en","title":"Maintenance on Saturday, 22:00 UTC","description":"The console stays readable; messages sent during the window are delivered afterwards."}]}"#;
    let request = load::post("/api/v1/notifications", &format!("Bearer {key}"), body);
    let mut sender = Connection::open(server.address).await?;
    let mut ours = Vec::new();
    for _ in 0..SENDS {
        let begin = Instant::now();
        let (status, _) = sender.send(&request).await?;
        if status != 201 {
            return Err(format!("the send was answered {status}").into());
        }
        ours.extend(campanile.wait_for_all(begin).await?);
    }
    drop(campanile);
    drop(server);

    let peer = Process::baseline("bare-streams").await?;
    let mut bare = connect(peer.address, (0..streams).map(|_| b"stream".to_vec()), b"hello").await?;
    // As many bytes as one of Campanile's events.
    let text = format!("send{}event: arrived{}\n\n", "x".repeat(300), "x".repeat(400));
    let mut theirs = Vec::new();
    for _ in 0..SENDS {
        let begin = Instant::now();
        TcpStream::connect(peer.address).await?.write_all(text.as_bytes()).await?;
        theirs.extend(bare.wait_for_all(begin).await?);
    }

    ours.sort();
    theirs.sort();
    let milliseconds = |times: &[Duration], share| percentile(times, share).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
    let mut table = Report::default();
    table.row("streams reached by every send", format!("{streams}"));
    table.row("bare sockets, p99", format!("{:.0} ms", milliseconds(&theirs, 0.99)));
    table.row("campanile, p50", format!("{:.0} ms", milliseconds(&ours, 0.5)));
    let p99 = milliseconds(&ours, 0.99);
    table.goal("campanile, p99", format!("{p99:.0} ms"), "≤ 300 ms", p99 <= 300.0);
    table.goal("server memory a stream", format!("{:.1} KiB", each as f64 / 1024.0), "≤ 8 KiB", each <= 8 * 1024);
    Ok(table.print(&format!("fanout: {SENDS} sends to everyone, {streams} open event streams"))?)
}

/// Open streams, and the channel on which they report events.
struct Listeners {
    count: usize,
    reports: mpsc::UnboundedReceiver<Instant>,
    _tasks: JoinSet<()>,
}

impl Listeners {
    /// Waits until every stream has received one event. Returns the time from `begin` for each.
    async fn wait_for_all(&mut self, begin: Instant) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
        let mut times = Vec::with_capacity(self.count);
        while times.len() < self.count {
            let at = tokio::time::timeout(DEADLINE, self.reports.recv()).await?.ok_or("every stream has ended")?;
            times.push(at.saturating_duration_since(begin));
        }
        Ok(times)
    }
}

/// Opens a stream for each request and waits until each has received `ready`.
async fn connect(
    address: SocketAddr,
    requests: impl Iterator<Item = Vec<u8>>,
    ready: &'static [u8],
) -> Result<Listeners, Box<dyn std::error::Error>> {
    let (report, heard) = mpsc::unbounded_channel();
    let (opened, mut open) = mpsc::unbounded_channel();
    let some = Arc::new(Semaphore::new(128));
    let mut tasks = JoinSet::new();
    let mut count = 0;
    for (number, request) in requests.enumerate() {
        count += 1;
        let (report, opened, turn) = (report.clone(), opened.clone(), some.clone());
        tasks.spawn(async move {
            // A failed stream reports nothing, so the deadline passes.
            drop(listen(address, number, request, ready, turn, opened, report).await);
        });
    }
    for _ in 0..count {
        tokio::time::timeout(DEADLINE, open.recv()).await?.ok_or("no stream could be opened")?;
    }
    Ok(Listeners { count, reports: heard, _tasks: tasks })
}

async fn listen(
    address: SocketAddr,
    number: usize,
    request: Vec<u8>,
    ready: &[u8],
    turn: Arc<Semaphore>,
    opened: mpsc::UnboundedSender<()>,
    report: mpsc::UnboundedSender<Instant>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let permit = turn.acquire_owned().await?;
    let socket = TcpSocket::new_v4()?;
    // Several local addresses, because one has too few ports.
    let local = Ipv4Addr::new(127, 0, 1, u8::try_from(number / 20_000)? + 1);
    socket.bind((local, 0).into())?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(&request).await?;
    let mut buffer = Vec::with_capacity(2048);
    let mut greeted = Some(permit);
    loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
        let at = Instant::now();
        if !buffer.ends_with(b"\n\n") && !buffer.ends_with(b"\n\n\r\n") {
            continue;
        }
        if greeted.is_some() && contains(&buffer, ready) {
            greeted = None;
            opened.send(())?;
        }
        if contains(&buffer, b"event: arrived") {
            report.send(at)?;
        }
        buffer.clear();
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
