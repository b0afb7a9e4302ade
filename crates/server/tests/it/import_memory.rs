//! The memory of an import by the real binary does not grow with its size.

use reqwest::{Body, StatusCode};
use serde_json::{Value, json};

use crate::{
    binary::{ServerProcess, run_command},
    harness::client,
};

/// How many people are imported.
const PEOPLE: usize = 6_000;
/// How many external ids each person has, of some 200 bytes each. All together need 100 MB or more in memory.
const IDS: usize = 80;
/// How much more memory the server may use for the large import than for the small one, in KiB.
const MORE: u64 = 48 * 1024;

fn line(number: usize) -> String {
    let ids: Vec<String> = (0..IDS).map(|id| format!("{number:08}:{id:0180}")).collect();
    format!("{}\n", json!({"person": {"login": format!("p{number:08}"), "external_ids": ids}}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_runs_memory_does_not_grow_with_the_import() {
    let folder = tempfile::tempdir().unwrap();
    run_command(folder.path(), &["tenant", "add", "acme"]);
    let key = run_command(folder.path(), &["key", "create", "acme", "directory", "--scope", "directory"]);
    let server = ServerProcess::start(folder.path(), &[]);
    let http = client().build().unwrap();
    let import = async |people: usize| {
        // The last relation refers to the first person, who exists only in the dry run.
        let last = json!({"relation": {"object": "group:all", "relation": "MEMBER", "subject": format!("person:{:08}:{:0180}", 0, 7)}});
        let lines = (0..people).map(line).chain([format!("{last}\n")]);
        let request = http.post(format!("{}/api/v1/directory/import?dry_run=true", server.url)).bearer_auth(&key);
        let body = Body::from(lines.collect::<String>());
        let response = request.header("content-type", "application/x-ndjson").body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let text = response.text().await.unwrap();
        let done: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(done["done"]["counts"]["people_added"], people, "{done}");
        assert_eq!(done["done"]["counts"]["relations_added"], 1, "{done}");
    };
    import(100).await;
    let few = server.peak_memory();
    import(PEOPLE).await;
    let more = server.peak_memory() - few;
    println!("{} MiB, {} MiB more for {PEOPLE} people", few / 1024, more / 1024);
    assert!(more < MORE, "{more} KiB");
}
