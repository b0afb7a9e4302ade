//! Messages that are posted to a URL within the request.

use std::sync::{Arc, Mutex};

use axum::{Router, http::StatusCode, routing::post};
use reqwest::Method;
use serde_json::{Value, json};

use super::{BASE, Gravitee, code};
use crate::harness::serve_routes;

#[tokio::test]
async fn a_post_is_sent_within_the_request() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let recorder = received.clone();
    let answer = move |headers: axum::http::HeaderMap, body: String| {
        recorder.lock().unwrap().push((headers, body));
        async { StatusCode::ACCEPTED }
    };
    let refuse = || async { (StatusCode::IM_A_TEAPOT, "no coffee") };
    let url = serve_routes(Router::new().route("/ok", post(answer)).route("/tea", post(refuse))).await;
    let gravitee = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
    let body = |path: &str, params: Value| json!({"channel": "http", "text": "{\"a\":1}", "recipient": {"url": format!("{url}{path}")}, "params": params});
    assert_eq!(gravitee.post("/messages", body("/ok?x=1", json!({"X-A": "b"}))).await, (200, json!(1)));
    {
        let received = received.lock().unwrap();
        assert_eq!((received.len(), received[0].1.as_str(), received[0].0["x-a"].to_str().unwrap()), (1, "{\"a\":1}", "b"));
        assert_eq!(received[0].0["content-type"], "application/json");
    }
    let mut loose = body("/ok", json!({"X-Num": 5, "X-Flag": true, "X-None": null}));
    loose["useSystemProxy"] = Value::Null;
    assert_eq!(gravitee.post("/messages", loose).await, (200, json!(1)));
    {
        let (headers, _) = received.lock().unwrap().pop().unwrap();
        assert_eq!((&headers["x-num"], &headers["x-flag"], headers.get("x-none")), (&"5".parse().unwrap(), &"true".parse().unwrap(), None));
    }
    let failed = gravitee.post("/messages", body("/tea", json!({}))).await;
    assert_eq!(code(&failed), (500, "unexpected"));
    assert!(failed.1["message"].as_str().unwrap().contains("418"), "{failed:?}");
    for (name, value) in [("X-A", "b\r\nC: d"), ("X-A", "b\n"), ("X-A", "b\u{0}"), ("X-A\r", "b"), ("Host", "b"), ("Connection", "close")] {
        let broken = gravitee.post("/messages", body("/ok", json!({name: value}))).await;
        assert_eq!(code(&broken), (400, "unexpected"), "{name:?} {value:?}");
    }
    for title in ["Hello\r\nBcc: z@example.com", "Hello\n", "Hello\u{0}"] {
        let recipient = json!({"role_scope": "ENVIRONMENT", "role_value": ["ADMIN"]});
        let mail = json!({"channel": "MAIL", "title": title, "text": "T", "recipient": recipient});
        assert_eq!(code(&gravitee.post("/messages", mail).await), (400, "unexpected"), "{title:?}");
    }
    let mut proxied = body("/ok", json!({}));
    proxied["useSystemProxy"] = json!(true);
    let proxied = gravitee.post("/messages", proxied).await;
    assert_eq!(code(&proxied), (500, "unexpected"), "the proxy does not exist");
    assert_eq!(proxied.1["parameters"], json!({"url": format!("{url}/ok"), "message": "no system proxy is configured"}));
    assert_eq!(received.lock().unwrap().len(), 1);

    let strict = Gravitee::start().await;
    assert_eq!(code(&strict.post("/messages", body("/ok", json!({}))).await), (400, "messageUrl.forbidden"));
    let listed = Gravitee::with(json!({"gravitee": {"allow_urls": ["https://hooks.example/a/"]}})).await;
    assert_eq!(code(&listed.post("/messages", body("/ok", json!({}))).await), (400, "messageUrl.forbidden"));
    let off = Gravitee::with(json!({"gravitee": {"http": false}})).await;
    assert_eq!(code(&off.post("/messages", body("/ok", json!({}))).await), (400, "notifier.disabled"));
    assert_eq!(received.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_gone_url_is_disabled_until_it_is_retried() {
    let posts = Arc::new(Mutex::new(0));
    let receive = {
        let posts = posts.clone();
        move || async move {
            let mut posts = posts.lock().unwrap();
            *posts += 1;
            if *posts == 1 { StatusCode::GONE } else { StatusCode::OK }
        }
    };
    let url = format!("{}/", serve_routes(Router::new().route("/", post(receive))).await);
    let gravitee = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
    let body = json!({"channel": "HTTP", "text": "Hello", "recipient": {"url": url}});
    let send = async |key: &'static str| {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
        let response = request.header("idempotency-key", key).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let first = send("first").await;
    assert_eq!(code(&first), (500, "unexpected"));
    assert!(first.1["message"].as_str().unwrap().contains("410"), "{first:?}");
    let second = send("second").await;
    assert_eq!(code(&second), (500, "unexpected"));
    assert_eq!((send("first").await, send("second").await), (first, second), "repeats get the same response");
    assert_eq!(*posts.lock().unwrap(), 1);
    // An explicit redelivery makes a new attempt.
    let store = &gravitee.server.running.store;
    let newest = store.notifications(gravitee.tenant.id, None, 1).await.unwrap().items.remove(0);
    let again = format!("/api/v1/notifications/{}/redeliver", newest.id);
    assert!(gravitee.fetch(Method::POST, &again, &gravitee.key, None).await.0 < 300);
    assert_eq!(send("third").await, (200, json!(1)));
}
