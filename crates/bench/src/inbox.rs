//! Latency of pages and counts in a large tenant, and the number of rows that a notification writes.

use std::time::{Duration, Instant};

use campanile_domain::{AudienceKey, NewNotification, PersonId, Source, model::notification::Message};
use campanile_shared::{Channel, Content, Language, Priority, Recipients, Severity};
use tokio::task::JoinSet;

use crate::{
    load::{self, Connection},
    process::Process,
    report::{Report, percentile},
    seed::Seed,
};

/// The number of people whose inboxes are requested.
const INBOXES_READ: usize = 1_000;

/// Runs the benchmark.
pub async fn run(size: u32) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let seed = Seed::new(folder.path()).await?;
    let begin = Instant::now();
    let people = seed.people(size).await?;
    fill(&seed, &people, size).await?;
    let filled = begin.elapsed();
    let step = people.len() / INBOXES_READ.min(people.len());
    let asked: Vec<PersonId> = people.iter().copied().step_by(step.max(1)).take(INBOXES_READ).collect();
    let sessions = seed.sessions(&asked).await?;
    let key = seed.key.clone();
    // The first notification to an audience also creates the audience key, so it is not measured.
    send_rows(&seed, folder.path(), AudienceKey::Person(people[0])).await?;
    let one = send_rows(&seed, folder.path(), AudienceKey::Person(people[0])).await?;
    let everyone = send_rows(&seed, folder.path(), AudienceKey::Everyone).await?;
    drop(seed);

    let server = Process::server(folder.path()).await?;
    let mut connection = Connection::open(server.address).await?;
    // A request that reads nothing measures the cost of connection and authentication.
    let floor = measure_requests(&mut connection, &sessions, "/api/v1/me/nothing", 404).await?;
    let pages = measure_requests(&mut connection, &sessions, "/api/v1/inbox?limit=50", 200).await?;
    let counts = measure_requests(&mut connection, &sessions, "/api/v1/inbox/counts", 200).await?;
    let body = r#"{"to":[{"kind":"everyone"}],"content":[{"language":"en","title":"To everyone"}]}"#;
    let begin = Instant::now();
    let (status, _) = connection.send(&load::post("/api/v1/notifications", &format!("Bearer {key}"), body)).await?;
    let send = begin.elapsed();

    let mut table = Report::default();
    let show = |time: Option<Duration>| time.map_or_else(String::new, |time| format!("{:.2} ms", time.as_secs_f64() * 1e3));
    let within = |time: Option<Duration>| time.is_some_and(|time| time <= Duration::from_millis(10));
    table.row("filled in", format!("{:.0} s", filled.as_secs_f64()));
    table.row("an answer that reads nothing, p99", show(percentile(&floor, 0.99)));
    table.row("first page of 50, p50", show(percentile(&pages, 0.5)));
    let p99 = percentile(&pages, 0.99);
    table.goal("first page of 50, p99", show(p99), "≤ 10 ms", within(p99));
    let p99 = percentile(&counts, 0.99);
    table.goal("counts, p99", show(p99), "≤ 10 ms", within(p99));
    table.row("rows a send to one person writes", one.to_string());
    table.goal("rows a send to everyone writes", everyone.to_string(), "the same", one == everyone);
    table.goal("a send to everyone", show(Some(send)), "answered 201", status == 201);
    Ok(table.print(&format!("inbox: {size} notifications, {size} people in one tenant"))?)
}

async fn measure_requests(
    connection: &mut Connection,
    sessions: &[String],
    path: &str,
    expected: u16,
) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    let mut times = Vec::with_capacity(sessions.len());
    for session in sessions {
        let request = load::get(path, &format!("Bearer {session}"));
        let begin = Instant::now();
        let (status, body) = connection.send(&request).await?;
        times.push(begin.elapsed());
        if status != expected {
            return Err(format!("{path} was answered {status}: {}", String::from_utf8_lossy(&body)).into());
        }
    }
    times.sort();
    Ok(times)
}

/// Sends half of the notifications to everyone and half to one person each.
async fn fill(seed: &Seed, people: &[PersonId], size: u32) -> Result<(), Box<dyn std::error::Error>> {
    let key = |number: u32| {
        if number.is_multiple_of(2) { AudienceKey::Everyone } else { AudienceKey::Person(people[number as usize % people.len()]) }
    };
    fill_for(seed, key, size).await
}

/// Stores `size` notifications. `key` gives the audience key for each number.
pub async fn fill_for(seed: &Seed, key: impl Fn(u32) -> AudienceKey, size: u32) -> Result<(), Box<dyn std::error::Error>> {
    let all: Vec<u32> = (0..size).collect();
    for some in all.chunks(512) {
        let mut sending = JoinSet::new();
        for number in some {
            let key = key(*number);
            let (store, tenant, new) = (seed.store.clone(), seed.tenant.id, notification(&seed.campanile, key, *number));
            sending.spawn(async move { store.insert_notification(tenant, new, None).await });
        }
        while let Some(sent) = sending.join_next().await {
            sent??;
        }
    }
    Ok(())
}

fn notification(campanile: &campanile_domain::Campanile, key: AudienceKey, number: u32) -> NewNotification {
    let now = campanile.now();
    let severity = Severity::ALL[number as usize % Severity::ALL.len()];
    let message = Message {
        source: Source {
            dialect: "campanile".to_owned(),
            sender: "bench".to_owned(),
            kind: None,
            through: None,
            event_id: None,
            external_id: None,
        },
        severity,
        priority: Priority::Normal,
        component: Some(format!("Component {}", number % 20)),
        categories: Vec::new(),
        content: vec![Content {
            language: Language::english(),
            title: format!("Notification number {number}"),
            description: "Something happened that an administrator should know about, and this says what it was.".to_owned(),
            link: None,
        }],
        buttons: Vec::new(),
        attachments: Vec::new(),
        quiet_for: Vec::new(),
        channel: Channel::Portal,
        created_at: now.fixed_offset(),
        expires_at: None,
        extra: serde_json::Value::Null,
    };
    NewNotification::new(campanile.new_id(), now, vec![Recipients::Everyone], vec![key], message)
}

/// The number of rows that a notification adds, over all tables.
async fn send_rows(seed: &Seed, data: &std::path::Path, key: AudienceKey) -> Result<u64, Box<dyn std::error::Error>> {
    let before = rows(data)?;
    seed.store.insert_notification(seed.tenant.id, notification(&seed.campanile, key, 0), None).await?;
    Ok(rows(data)? - before)
}

/// The number of rows in all tables, without the full-text index, whose rows depend on words and merges and not on readers.
fn rows(data: &std::path::Path) -> Result<u64, Box<dyn std::error::Error>> {
    let database = rusqlite::Connection::open_with_flags(crate::seed::database(data), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%search%' AND name NOT LIKE '%fts%'")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut sum = 0;
    for name in names {
        sum += database.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get::<_, u64>(0))?;
    }
    Ok(sum)
}
