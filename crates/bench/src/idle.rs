//! Memory of an idle server with 5 people and 20 notifications.

use std::time::Duration;

use crate::{
    load::{self, Connection},
    process::Process,
    report::Report,
    seed::{Seed, TENANT},
};

/// The memory is measured when it has not changed for this long: the write-ahead log is emptied two seconds after the last write.
const QUIET: Duration = Duration::from_secs(3);

/// Runs the benchmark.
pub async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let seed = Seed::new(folder.path()).await?;
    let people = seed.people(5).await?;
    let sessions = seed.sessions(&people).await?;
    let key = seed.key.clone();
    drop(seed);
    let server = Process::server(folder.path()).await?;
    let mut connection = Connection::open(server.address).await?;
    for _ in 0..20 {
        let request = load::post(&format!("/citrix/{TENANT}/notifications/items"), &format!("CwsAuth bearer={key}"), crate::ingest::BODY);
        connection.send(&request).await?;
        connection.send(&load::get("/api/v1/inbox", &format!("Bearer {}", sessions[0]))).await?;
    }
    let resident = server.settled_memory(QUIET).await?;
    let mut table = Report::default();
    let limit = 40 * 1024 * 1024;
    table.goal("resident memory", format!("{:.1} MB", resident as f64 / 1024.0 / 1024.0), "≤ 40 MB", resident <= limit);
    Ok(table.print("idle: 5 people, 20 notifications, no open connections")?)
}
