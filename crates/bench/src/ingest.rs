//! Durable notifications per second through the Citrix dialect, compared with an empty HTTP handler and with plain SQLite
//! commits.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    load,
    process::Process,
    report::{Report, percentile},
    seed::{self, Seed, TENANT},
};

/// The vendor's example of a create request.
pub const BODY: &str = r#"{
  "destinationAdmin": "*",
  "component": "Citrix Cloud",
  "createdDate": "2018-04-22T21:11:25.006Z",
  "eventId": "768e5756-08bf-47ce-9566-e286887ba734",
  "severity": "Information",
  "priority": "Normal",
  "content": [{
    "languageTag": "en-US",
    "title": "This is a title",
    "description": "This is a description"
  }]
}"#;

/// The number of notifications that the store adds to its search index at once.
const INDEXED_AT_ONCE: usize = 500;
/// The number of search index pages that the store merges at once.
const MERGED_AT_ONCE: u32 = 8;
/// The number of notifications between two merges.
const MERGED_EVERY: u64 = 64;

/// The number of concurrent connections.
const CONNECTIONS: usize = 64;

/// Runs the benchmark.
pub async fn run(span: Duration) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let seed = Seed::new(folder.path()).await?;
    seed.people(5).await?;
    let key = seed.key.clone();
    drop(seed);

    let server = Process::server(folder.path()).await?;
    let request = load::post(&format!("/citrix/{TENANT}/notifications/items"), &format!("CwsAuth bearer={key}"), BODY);
    // A warm-up run, then the measured run.
    load::closed_loop(server.address, request.clone(), CONNECTIONS, Duration::from_secs(1), 200).await?;
    let ours = load::closed_loop(server.address, request, CONNECTIONS, span, 200).await?;
    drop(server);

    let peer = Process::baseline("empty").await?;
    let empty = load::closed_loop(peer.address, load::post("/", "CwsAuth bearer=x", BODY), CONNECTIONS, span, 200).await?;
    drop(peer);

    let rows = Rows::of(folder.path())?;
    let grouped = tokio::task::spawn_blocking({
        let rows = rows.clone();
        move || baseline_commits(&rows, CONNECTIONS, span).map_err(|error| error.to_string())
    });
    let grouped = grouped.await??;
    let single = tokio::task::spawn_blocking(move || baseline_commits(&rows, 1, span).map_err(|error| error.to_string())).await??;

    let floor = empty.per_second.min(grouped);
    let mut table = Report::default();
    let rate = |rate: f64| format!("{rate:.0}/s");
    table.row("an empty axum handler", rate(empty.per_second));
    table.row(&format!("the same rows, {CONNECTIONS} to a commit"), rate(grouped));
    table.row("the same rows, one to a commit", rate(single));
    table.row("campanile", rate(ours.per_second));
    let millis = percentile(&ours.latencies, 0.99).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
    table.row("campanile, p99 of an answer", format!("{millis:.1} ms"));
    let share = ours.per_second / floor;
    table.goal("of the lower of the first two", format!("{share:.2}"), "≥ 0.5", share >= 0.5);
    let times = ours.per_second / single;
    table.goal("of one commit a request", format!("{times:.2}"), "≥ 1.5", times >= 1.5);
    Ok(table.print(&format!("ingest: {CONNECTIONS} connections, {} s, every answer durable", span.as_secs()))?)
}

/// The column values of one stored notification, to be written again.
#[derive(Clone)]
struct Rows {
    keys: String,
    audience: String,
    message: String,
    words: String,
    component: i64,
    key: i64,
}

impl Rows {
    /// Reads the values of the newest notification.
    fn of(data: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let database = rusqlite::Connection::open(seed::database(data))?;
        let sql = "SELECT keys, audience, message, component FROM notification ORDER BY row DESC LIMIT 1";
        let (keys, audience, message, component): (String, String, String, i64) =
            database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let key = database.query_row("SELECT key FROM audience LIMIT 1", [], |row| row.get(0))?;
        // The search index does not return its text.
        let words = "This is a title\nThis is a description\nCitrix Cloud\n".to_owned();
        Ok(Self { keys, audience, message, words, component, key })
    }
}

/// The baseline: writes the rows of a notification into an empty database of the same schema, `batch` notifications per durable
/// commit. Returns notifications per second.
fn baseline_commits(rows: &Rows, batch: usize, span: Duration) -> Result<f64, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    seed::create_empty_store(folder.path())?;
    let database = seed::raw_connection(folder.path())?;
    database.execute(
        "INSERT INTO tenant (id, name, folded_name, settings, portal_secret, mail_secret) VALUES (1, 'a', 'a', '{}', '', '')",
        [],
    )?;
    let begin = Instant::now();
    let (mut written, mut unmerged, mut unindexed) = (0_u64, 0, Vec::new());
    while begin.elapsed() < span {
        database.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..batch {
            written += 1;
            database.prepare_cached("UPDATE tenant SET last_sequence = last_sequence + 1 WHERE id = 1")?.execute([])?;
            let mut id = [0_u8; 16];
            id[8..].copy_from_slice(&written.to_be_bytes());
            let sql = "INSERT INTO notification (tenant, sequence, id, accepted_at, severity, component, keys, audience, message) VALUES (1, ?1, ?2, ?3, 0, ?4, ?5, ?6, ?7)";
            let values = rusqlite::params![written, id, written, rows.component, rows.keys, rows.audience, rows.message];
            unindexed.push(database.prepare_cached(sql)?.insert(values)?);
            let sql = "INSERT INTO audience (key, sequence, severity, component) VALUES (?1, ?2, 0, ?3)";
            database.prepare_cached(sql)?.execute(rusqlite::params![rows.key, written, rows.component])?;
        }
        unmerged += batch as u64;
        // The search index is written in batches and merged in small steps, as in the store.
        if unindexed.len() >= INDEXED_AT_ONCE {
            for row in unindexed.drain(..) {
                let sql = "INSERT INTO search_index (rowid, tenant, text) VALUES (?1, 't1', ?2)";
                database.prepare_cached(sql)?.execute(rusqlite::params![row, rows.words])?;
            }
        } else if unmerged >= MERGED_EVERY {
            unmerged = 0;
            database.prepare_cached("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?1)")?.execute([MERGED_AT_ONCE])?;
        }
        database.execute_batch("COMMIT")?;
    }
    Ok(written as f64 / begin.elapsed().as_secs_f64())
}
