//! Waiting times and costs in the browser, measured in Chromium by `frontend/e2e/measure`.

use std::{net::TcpListener, path::Path, process::Stdio};

use campanile_domain::{AudienceKey, NewPerson, Operator};
use serde::Deserialize;
use tokio::process::Command;

use crate::{
    inbox,
    process::Process,
    report::{Report, percentile},
    seed::{Seed, TENANT},
};

/// The results that the browser script prints.
#[derive(Deserialize)]
struct Measured {
    before: Before,
    openings: Vec<f64>,
    hurried: Vec<f64>,
    arrivals: Vec<f64>,
    idle: Idle,
    scrolling: Scrolling,
}

#[derive(Deserialize)]
struct Before {
    bytes: u64,
    asked: u64,
}

#[derive(Deserialize)]
struct Idle {
    bytes: f64,
    requests: u64,
    timers: Vec<f64>,
}

#[derive(Deserialize)]
struct Scrolling {
    frames: Vec<f64>,
    rows: u64,
    items: u64,
    filled: f64,
    script: f64,
    look: f64,
    heap: f64,
}

/// Runs the benchmark. `items`: the size of the inbox. `quiet`: how long an idle console is observed, in seconds.
pub async fn run(items: u32, quiet: u64) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let seed = Seed::new(folder.path()).await?;
    person(&seed, "ada").await?;
    inbox::fill_for(&seed, |_| AudienceKey::Everyone, items).await?;
    // A person who is added later has an empty inbox, whose counts are exact.
    person(&seed, "bo").await?;
    let link = seed.campanile.create_sign_in_link(&Operator.on(&seed.tenant), "ada").await?.secret;
    let (key, secret) = (seed.key.clone(), seed.tenant.portal_secret.clone());
    drop(seed);

    // A free port for the portal. The server must know it before the portal starts.
    let portal = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let settings = serde_json::json!({"console": {"origins": [format!("http://localhost:{portal}")]}});
    let server = Process::server_with(folder.path(), &settings).await?;
    let server_url = format!("http://{}", server.address);
    let setting = serde_json::json!({
        "server": server_url, "portal": portal, "tenant": TENANT, "secret": secret, "key": key,
        "link": format!("{server_url}/sign-in#link={link}"), "items": items, "quiet": quiet,
    });
    let measure = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../frontend/e2e/measure/browser.mjs");
    // `output` would capture the error messages.
    let mut node = Command::new("node");
    node.arg(measure).arg(setting.to_string()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    let answer = node.spawn()?.wait_with_output().await?;
    if !answer.status.success() {
        return Err("the browser measured nothing; its packages are installed by: cargo xtask test".into());
    }
    let mut measured: Measured = serde_json::from_slice(&answer.stdout)?;
    drop(server);

    let mut table = Report::default();
    let show = |time: Option<f64>| time.map_or_else(String::new, |time| format!("{time:.1} ms"));
    let sorted = |times: &mut Vec<f64>| times.sort_by(f64::total_cmp);
    let Before { bytes, asked } = measured.before;
    table.goal("a portal's page before the first open", format!("{bytes} B"), "≤ 5,000 B", (1..=5_000).contains(&bytes));
    table.goal("requests to the first number", asked.to_string(), "1", asked == 1);
    sorted(&mut measured.openings);
    let median = percentile(&measured.openings, 0.5);
    table.goal("click to rows, cache warm, CPU slowed 4 ×, median", show(median), "≤ 150 ms", median.is_some_and(|time| time <= 150.0));
    sorted(&mut measured.hurried);
    table.row("the same, pressed without pointing 100 ms first", show(percentile(&measured.hurried, 0.5)));
    sorted(&mut measured.arrivals);
    let p99 = percentile(&measured.arrivals, 0.99);
    table.row("send answered to number changed, p50", show(percentile(&measured.arrivals, 0.5)));
    table.goal("send answered to number changed, p99", show(p99), "≤ 100 ms", p99.is_some_and(|time| time <= 100.0));
    let Scrolling { frames, rows, items: listed, filled, script, look, heap } = &mut measured.scrolling;
    sorted(frames);
    let p95 = percentile(frames, 0.95);
    let enough = *listed >= u64::from(items);
    table.goal("items in the list", listed.to_string(), &format!("≥ {items}"), enough);
    table.row("fetched in", format!("{filled:.0} s"));
    // At 60 frames per second a frame takes 16.7 ms, with some clock jitter. A missed frame makes it 33 ms.
    table.goal("a frame while scrolling, p95", show(p95), "≤ 16.7 ms", enough && p95.is_some_and(|time| time < 17.0));
    table.row("of it script, style and layout, mean", format!("{script:.1} ms, {look:.1} ms"));
    table.goal("rows in the document", rows.to_string(), "≤ 100", (1..=100).contains(rows));
    let heap = *heap / 1e6;
    table.goal("heap", format!("{heap:.1} MB"), "≤ 60 MB", enough && heap <= 60.0);
    let Idle { bytes, requests, timers } = measured.idle;
    table.goal("an idle console hears, a minute", format!("{bytes:.0} B"), "≤ 200 B", bytes <= 200.0);
    table.goal("requests of an idle console", requests.to_string(), "0", requests == 0);
    let fastest = timers.into_iter().fold(f64::INFINITY, f64::min);
    table.goal("its fastest timer", format!("{:.0} s", fastest / 1e3), "≥ 25 s", fastest >= 25_000.0);
    Ok(table.print(&format!("browser: Chromium, an inbox of {items}"))?)
}

async fn person(seed: &Seed, login: &str) -> Result<(), Box<dyn std::error::Error>> {
    let person = NewPerson {
        login: login.to_owned(),
        name: login.to_owned(),
        email: None,
        languages: Vec::new(),
        external_ids: Vec::new(),
        administrator: true,
    };
    seed.store.create_person(seed.tenant.id, person, seed.campanile.now()).await?;
    Ok(())
}
