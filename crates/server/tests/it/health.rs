//! Probes and metrics.

use serde_json::Value;

use crate::harness::Server;

#[tokio::test]
async fn a_server_is_alive_and_ready() {
    let server = Server::start().await;
    for path in ["/livez", "/readyz"] {
        let response = server.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.json::<Value>().await.unwrap()["status"], "ok");
    }
}

#[tokio::test]
async fn a_task_that_is_down_is_reported_and_restarts() {
    let server = Server::start().await;
    let ready = async || {
        let response = server.get("/readyz").send().await.unwrap();
        (response.status(), response.json::<Value>().await.unwrap())
    };
    let (status, body) = ready().await;
    let names: Vec<_> = body["tasks"].as_array().unwrap().iter().map(|task| task["name"].as_str().unwrap()).collect();
    assert_eq!((status.as_u16(), &names[..]), (200, &["hub", "heartbeat", "elsewhere", "housekeeping", "outbox"][..]));
    let (mend, mended) = tokio::sync::watch::channel(false);
    let stop = server.running.app.supervisor.spawn("fragile", move |_| {
        let mended = mended.clone();
        async move {
            assert!(*mended.borrow(), "not yet");
            std::future::pending().await
        }
    });
    server.wait_for_metric("campanile_task_up{task=\"fragile\"} 0").await;
    let (status, body) = ready().await;
    assert_eq!((status.as_u16(), &body["status"]), (503, &"task-down".into()));
    assert!(body["tasks"][5]["failed_at"].is_string(), "{body}");
    assert!(!body.to_string().contains("not yet"), "the public response hides the cause");
    mend.send_replace(true);
    server.wait_for_metric("campanile_task_up{task=\"fragile\"} 1").await;
    assert_eq!(ready().await.0, 200);
    let page = server.get("/metrics").send().await.unwrap().text().await.unwrap();
    let restarts = page.lines().find_map(|line| line.strip_prefix("campanile_task_restarts_total{task=\"fragile\"} ")).unwrap();
    assert!(restarts.parse::<u64>().unwrap() > 0, "{restarts}");
    stop.abort();
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let server = Server::start().await;
    server.get("/livez").send().await.unwrap();
    server.get("/api/v1/inbox/0190a1b2-0000-7000-8000-000000000000").send().await.unwrap();
    server.get("/nothing/here").send().await.unwrap();
    let count = |route: &str, status: &str| {
        format!("campanile_http_request_duration_seconds_count{{route=\"{route}\",method=\"GET\",status=\"{status}\"}} 1")
    };
    server.wait_for_metric(&count("/livez", "2xx")).await;
    server.wait_for_metric(&count("/api/v1/inbox/{id}", "4xx")).await;
    server.wait_for_metric(&count("", "4xx")).await;
}

#[tokio::test]
async fn metrics_are_in_openmetrics_format() {
    let server = Server::start().await;
    let response = server.get("/metrics").send().await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let page = response.text().await.unwrap();
    assert!(page.ends_with("# EOF\n"));
    let resident = page.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes ")).unwrap();
    assert!(resident.parse::<u64>().unwrap() > 1_000_000, "{resident}");
}
