//! Import and export of a large directory, compared with SQLite writing the same rows.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpStream, tcp::OwnedWriteHalf},
};

use crate::{
    process::Process,
    report::Report,
    seed::{self, Seed},
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The number of relations per person.
const RELATIONS_PER_PERSON: u32 = 10;
/// The number of records that the server writes per commit.
const RECORDS_PER_COMMIT: u32 = 500;

/// Runs the benchmark.
pub async fn run(tuples: u32) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let seed = Seed::new(folder.path()).await?;
    let key = seed.key.clone();
    drop(seed);
    let server = Process::server(folder.path()).await?;
    let at_rest = server.resident_memory()?;
    let import =
        async |query, named| import(&server, &key, query, tuples / RELATIONS_PER_PERSON, named).await.map_err(|error| error.to_string());
    let first = import("", tuples).await?;
    if first.counts["relations_added"] != tuples {
        return Err(format!("not every relation was imported: {}", first.counts).into());
    }
    let again = import("?whole=true", tuples).await?;
    if again.counts["unchanged"] != tuples + tuples / RELATIONS_PER_PERSON {
        return Err(format!("a repeat changed something: {}", again.counts).into());
    }
    let half = import("?whole=true", tuples / 2).await?;
    if half.counts["relations_ended"] != tuples - tuples / 2 {
        return Err(format!("not every relation was ended: {}", half.counts).into());
    }
    let begin = Instant::now();
    let lines = export(&server, &key).await.map_err(|error| error.to_string())?;
    let export = begin.elapsed();
    let peak = server.peak_memory()?;
    drop(server);
    let bare = tokio::task::spawn_blocking(move || baseline_rows(tuples).map_err(|error| error.to_string())).await??;

    let mut table = Report::default();
    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    table.row("the relations' rows alone, 500 to a commit", seconds(bare));
    table.row("people and relations imported", seconds(first.took));
    table.row("the same again, as a whole", seconds(again.took));
    table.row("half of it as a whole, the rest ended", seconds(half.took));
    table.row(&format!("{lines} records exported"), seconds(export));
    let share = bare.as_secs_f64() / first.took.as_secs_f64();
    table.goal("the import, of the rows alone", format!("{share:.2}"), "≥ 0.2", share >= 0.2);
    let grown = peak.saturating_sub(at_rest) as f64 / 1024.0 / 1024.0;
    table.goal("memory beyond that at rest, at most", format!("{grown:.0} MB"), "≤ 96 MB", grown <= 96.0);
    Ok(table.print(&format!("directory: {tuples} relations of {} people, NDJSON", tuples / RELATIONS_PER_PERSON))?)
}

/// The result of an import.
struct Imported {
    took: Duration,
    counts: Value,
}

/// Imports `people` people and `tuples` relations.
async fn import(server: &Process, key: &str, query: &str, people: u32, tuples: u32) -> Result<Imported, BoxError> {
    let begin = Instant::now();
    let (reading, mut writing) = TcpStream::connect(server.address).await?.into_split();
    let head = format!(
        "POST /api/v1/directory/import{query} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    writing.write_all(head.as_bytes()).await?;
    let sending = tokio::spawn(send(writing, people, tuples));
    let mut lines = BufReader::new(reading).lines();
    let mut counts: Result<Value, BoxError> = Err("the answer has no end".into());
    while let Some(line) = lines.next_line().await? {
        // The lengths of chunks are between the lines.
        let Ok(line @ Value::Object(_)) = serde_json::from_str(&line) else { continue };
        if line.get("done").is_some() {
            counts = Ok(line["done"]["counts"].clone());
            break;
        }
        if line.get("progress").is_none() {
            counts = Err(line.to_string().into());
            break;
        }
    }
    // Closing this side of the connection early would end the response too.
    let sent = sending.await?;
    let counts = counts?;
    drop(sent?);
    Ok(Imported { took: begin.elapsed(), counts })
}

/// Streams people, then relations. Returns the connection, still open.
async fn send(mut to: OwnedWriteHalf, people: u32, tuples: u32) -> Result<OwnedWriteHalf, BoxError> {
    let persons = (0..people)
        .map(|number| json!({"person": {"login": format!("person-{number}"), "name": format!("Person {number}"), "email": format!("person-{number}@bench.example")}}));
    let relations = (0..tuples).map(|number| {
        let (object, relation) = (format!("application:a{}", number / 50), if number % 50 == 0 { "OWNER" } else { "USER" });
        // Spreads the people of an application over the table.
        let person = u64::from(number) * 7_919 % u64::from(people);
        json!({"relation": {"object": object, "relation": relation, "subject": format!("person:person-{person}")}})
    });
    let mut chunk = String::new();
    for record in persons.chain(relations) {
        chunk += &record.to_string();
        chunk.push('\n');
        if chunk.len() > 32 << 10 {
            to.write_all(format!("{:x}\r\n{chunk}\r\n", chunk.len()).as_bytes()).await?;
            chunk.clear();
        }
    }
    if !chunk.is_empty() {
        to.write_all(format!("{:x}\r\n{chunk}\r\n", chunk.len()).as_bytes()).await?;
    }
    to.write_all(b"0\r\n\r\n").await?;
    Ok(to)
}

/// Reads the whole export and returns its number of records.
async fn export(server: &Process, key: &str) -> Result<u64, BoxError> {
    let mut stream = TcpStream::connect(server.address).await?;
    let head = format!("GET /api/v1/directory/export HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let (mut braces, mut buffer) = (0, vec![0; 64 << 10]);
    loop {
        match stream.read(&mut buffer).await? {
            // Each record has two opening braces.
            0 => return Ok(braces / 2),
            length => braces += buffer[..length].iter().filter(|byte| **byte == b'{').count() as u64,
        }
    }
}

/// The baseline: inserts the rows of as many relations, and nothing else.
fn baseline_rows(tuples: u32) -> Result<Duration, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    seed::create_empty_store(folder.path())?;
    let database = seed::raw_connection(folder.path())?;
    database.execute(
        "INSERT INTO tenant (id, name, folded_name, settings, portal_secret, mail_secret) VALUES (1, 'a', 'a', '{}', '', '')",
        [],
    )?;
    let begin = Instant::now();
    for first in (0..tuples).step_by(RECORDS_PER_COMMIT as usize) {
        database.execute_batch("BEGIN IMMEDIATE")?;
        for number in first..tuples.min(first + RECORDS_PER_COMMIT) {
            if number % 50 < 2 {
                let sql = "INSERT INTO audience_key (tenant, kind, object, relation) VALUES (1, 2, ?1, ?2)";
                let relation = if number % 50 == 0 { "OWNER" } else { "USER" };
                database.prepare_cached(sql)?.execute(rusqlite::params![format!("application:a{}", number / 50), relation])?;
            }
            let key = number / 50 * 2 + 1 + u32::from(number % 50 != 0);
            let person = u64::from(number) * 7_919 % u64::from(tuples / RELATIONS_PER_PERSON);
            let sql = "INSERT INTO relation (tenant, key, subject, person, since, since_sequence) VALUES (1, ?1, ?2, ?3, 0, 0)";
            database.prepare_cached(sql)?.execute(rusqlite::params![key, format!("person:{person}"), person])?;
        }
        database.execute_batch("COMMIT")?;
    }
    Ok(begin.elapsed())
}
