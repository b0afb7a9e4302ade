//! Repeated requests with an `Idempotency-Key`.

use std::sync::{Arc, Mutex};

use axum::{Router, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    time::{Instant, interval},
};
use tower::ServiceExt;

use super::{BASE, Gravitee, portal_message};
use crate::harness::{PATIENCE, serve_routes};

#[tokio::test]
async fn a_repeat_gets_the_first_response() {
    let gravitee = Gravitee::start().await;
    let once = async |path: &str, body: &Value| {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}{path}"))).bearer_auth(&gravitee.key);
        let response = request.header("idempotency-key", "once").json(body).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let body = portal_message("ENVIRONMENT", &["USER"]);
    assert_eq!(once("/messages", &body).await, (200, json!(2)));
    let store = &gravitee.server.running.store;
    let fay = store.find_person(gravitee.tenant.id, "fay").await.unwrap().unwrap();
    store.remove_person(gravitee.tenant.id, fay).await.unwrap();
    assert_eq!(once("/messages", &body).await, (200, json!(2)));
    assert_eq!(gravitee.stored_count().await, 1);
    // The same body to an API is a different request.
    assert_eq!(once("/apis/petstore/messages", &body).await, (200, json!(0)));
    assert_eq!(gravitee.stored_count().await, 2);
}

#[tokio::test]
async fn a_repeated_post_waits_for_the_first_and_is_not_sent() {
    let (arrived, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let posts = Arc::new(Mutex::new(0));
    let receive = {
        let (arrived, answer, posts) = (arrived.clone(), answer.clone(), posts.clone());
        move || async move {
            *posts.lock().unwrap() += 1;
            arrived.notify_one();
            answer.notified().await;
            StatusCode::OK
        }
    };
    let url = format!("{}/", serve_routes(Router::new().route("/", post(receive))).await);
    let gravitee = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
    let body = json!({"channel": "HTTP", "text": "Hello", "recipient": {"url": url}});
    let request = || {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
        request.header("idempotency-key", "once").json(&body).send()
    };
    let first = tokio::spawn(request());
    tokio::time::timeout(PATIENCE, arrived.notified()).await.expect("the first request is sent");
    let early = request().await.unwrap();
    assert_eq!(
        (early.status(), early.json::<Value>().await.unwrap()["technicalCode"].clone()),
        (StatusCode::CONFLICT, json!("idempotencyKey.inUse"))
    );
    answer.notify_one();
    let first = first.await.unwrap().unwrap();
    assert_eq!((first.status(), first.json::<Value>().await.unwrap()), (StatusCode::OK, json!(1)));
    let late = request().await.unwrap();
    assert_eq!((late.status(), late.json::<Value>().await.unwrap()), (StatusCode::OK, json!(1)));
    assert_eq!(*posts.lock().unwrap(), 1);
}

/// A dropped request leaves the same state as a process that died during the request.
#[tokio::test]
async fn a_repeat_resumes_an_interrupted_request() {
    let ids = Arc::new(Mutex::new(Vec::new()));
    let arrived = Arc::new(Notify::new());
    let receive = {
        let (ids, arrived) = (ids.clone(), arrived.clone());
        move |headers: axum::http::HeaderMap| async move {
            let first = {
                let mut ids = ids.lock().unwrap();
                ids.push(headers["webhook-id"].clone());
                ids.len() == 1
            };
            if first {
                arrived.notify_one();
                std::future::pending::<()>().await;
            }
            StatusCode::OK
        }
    };
    let url = format!("{}/", serve_routes(Router::new().route("/", post(receive))).await);
    // The attempt lasts longer than the test.
    let gravitee = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"], "timeout": 60}})).await;
    let body = json!({"channel": "HTTP", "text": "Hello", "recipient": {"url": url}});
    let request = || {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
        request.header("idempotency-key", "once").json(&body).send()
    };
    // Calls the service directly: over a connection, a client that closes its side may still wait for the response.
    let first = axum::http::Request::post(format!("{BASE}/messages"))
        .header("authorization", format!("Bearer {}", gravitee.key))
        .header("content-type", "application/json")
        .header("idempotency-key", "once")
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    let first = tokio::spawn(campanile_server::router::router(gravitee.server.running.app.clone()).oneshot(first));
    tokio::time::timeout(PATIENCE, arrived.notified()).await.expect("the first request is sent");
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(std::time::Duration::from_millis(20)));
    let repeat = loop {
        // Repeats until the server has noticed that the first request was dropped.
        let repeat = request().await.unwrap();
        if repeat.status() != StatusCode::CONFLICT {
            break repeat;
        }
        assert!(Instant::now() < deadline, "the repeat still waits for the dropped request");
        pause.tick().await;
    };
    assert_eq!((repeat.status(), repeat.json::<Value>().await.unwrap()), (StatusCode::OK, json!(1)));
    assert_eq!(request().await.unwrap().status(), StatusCode::OK);
    let ids = ids.lock().unwrap();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert_eq!(ids[0], ids[1]);
}
