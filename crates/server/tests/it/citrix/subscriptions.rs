//! Webhooks that are called for every notification of a customer.

use std::sync::{Arc, Mutex};

use axum::{Router, http::HeaderMap, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, interval};

use super::{Customer, body};
use crate::harness::{PATIENCE, serve_routes};

#[tokio::test]
async fn a_subscription_is_called_with_created_notifications() {
    let received = Arc::new(Mutex::new(Vec::<(HeaderMap, Value)>::new()));
    let recorder = received.clone();
    let answer = move |headers: HeaderMap, body: String| {
        recorder.lock().unwrap().push((headers, serde_json::from_str(&body).unwrap()));
        async { StatusCode::OK }
    };
    let url = format!("{}/hook", serve_routes(Router::new().route("/hook", post(answer))).await);
    let customer = Customer::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
    let subscription_body = |url: &str| json!({"customerId": "acme", "description": "Ours", "url": url, "authHeaders": "Bearer x", "changeType": "Create", "eventType": "Notifications"});
    let added = customer.post("/citrix/acme/subscriptions", &[], subscription_body(&url).to_string().as_bytes()).await;
    assert_eq!(added.status(), 200, "{added:?}");
    let subscription = added.json();
    assert_eq!(
        (&subscription["subscriptionType"], &subscription["createdBy"], &subscription["url"]),
        (&json!("Webhook"), &json!("integration"), &json!(url))
    );
    assert!(subscription["authHeaders"].is_null() && subscription["eTag"].is_string(), "{subscription}");
    let changes = json!({"severity": "Error", "priority": "High", "data": {"a": [1]}, "externalId": "x", "createdDate": "2018-04-22T21:11:25.0061230+02:00"});
    let id = customer.create(&[], &body(changes)).await.header("x-campanile-notification-id").unwrap().to_owned();
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(Duration::from_millis(20)));
    while received.lock().unwrap().is_empty() {
        assert!(Instant::now() < deadline, "the webhook was not called");
        pause.tick().await;
    }
    let (headers, call) = received.lock().unwrap()[0].clone();
    assert_eq!(headers["authorization"], "Bearer x");
    assert_eq!((&call["CustomerId"], &call["Type"], &call["ChangeType"]), (&json!("acme"), &json!("Notifications"), &json!("Create")));
    assert!(call["BeforeChange"].is_null());
    let after: Value = serde_json::from_str(call["AfterChange"].as_str().unwrap()).unwrap();
    assert_eq!(
        after,
        json!({
            "PublishNotificationId": id, "Destination": "acme;*", "Component": "Citrix Cloud", "CreatedDate": "2018-04-22T21:11:25.0061230+02:00",
            "Categories": [], "Severity": 3, "EventId": "768e5756-08bf-47ce-9566-e286887ba734", "Priority": 2,
            "Content": [{"LanguageTag": "en-US", "Title": "This is a title", "Description": "This is a description", "DetailUri": null}],
            "Data": {"a": [1]}, "ExternalId": "x",
        })
    );
    let listed = customer.get("/citrix/acme/subscriptions", &[]).await.json();
    assert_eq!(listed["items"], json!([subscription]));
    let path = format!("/citrix/acme/subscriptions/{}", subscription["id"].as_str().unwrap());
    let remove = format!("DELETE {path} HTTP/1.1\r\nHost: a\r\nAuthorization: CwsAuth bearer={}\r\n\r\n", customer.key);
    assert_eq!(customer.send(remove.as_bytes()).await.status(), 204);
    assert_eq!(customer.send(remove.as_bytes()).await.status(), 404);
    // A repeat gets the first response and adds nothing.
    let once = async |description: &str| {
        let mut subscription_body = subscription_body(&url);
        subscription_body["description"] = json!(description);
        customer.post("/citrix/acme/subscriptions", &["Idempotency-Key: once"], subscription_body.to_string().as_bytes()).await
    };
    let (first, again, other) = (once("Ours").await, once("Ours").await, once("Theirs").await);
    assert_eq!((first.status(), &first.body), (200, &again.body));
    assert_eq!((other.status(), other.suffix()), (422, "idempotencyKeyReused".to_owned()));
    let listed = customer.get("/citrix/acme/subscriptions", &[]).await.json();
    assert_eq!(listed["items"], json!([first.json()]));
    let pascal = json!({"CustomerId": "acme", "Url": url, "ChangeType": "Create", "EventType": "Notifications"});
    let added = customer.post("/citrix/acme/subscriptions", &[], pascal.to_string().as_bytes()).await;
    assert_eq!((added.status(), &added.json()["url"]), (200, &json!(url)), "names are case-insensitive");
    for (name, value, suffix) in [
        ("url", Value::Null, "missing"),
        ("url", json!("ftp://a"), "invalidString"),
        ("url", json!("http://u:p@host/"), "invalidString"),
        ("url", json!("http://host:99999/"), "invalidString"),
        ("changeType", json!(""), "missing"),
        ("changeType", json!(7), "invalidJson"),
        ("changeType", json!("x".repeat(300)), "tooLong"),
        ("eventType", Value::Null, "missing"),
        ("authHeaders", json!("a\r\nb"), "invalidString"),
        ("authHeaders", json!({"Authorization": "Bearer x"}), "invalidJson"),
    ] {
        let mut wrong = subscription_body(&url);
        wrong[name] = value.clone();
        let answer = customer.post("/citrix/acme/subscriptions", &[], wrong.to_string().as_bytes()).await;
        assert_eq!((answer.status(), answer.suffix()), (400, suffix.to_owned()), "{name} {value}");
    }
}

#[tokio::test]
async fn the_documented_request_is_accepted_and_its_enums_are_extensible() {
    let customer = Customer::with(json!({})).await;
    let printed = r#"{"customerId":"acme","description":"my webhook","url":"https://mycallback.myserver.com/myapi","authHeaders":"Basic ...","changeType":"*","eventType":"*"}"#;
    let added = customer.post("/citrix/acme/subscriptions", &[], printed.as_bytes()).await;
    assert_eq!(added.status(), 200, "{added:?}");
    let given: Value = serde_json::from_str(printed).unwrap();
    for name in ["customerId", "description", "url", "changeType", "eventType"] {
        assert_eq!(added.json()[name], given[name], "{name}");
    }
    let with = |name: &str, value: Value| {
        let mut body = given.clone();
        body[name] = value;
        body.to_string()
    };
    for (name, value, status) in [
        ("customerId", json!("ACME"), 200),
        ("customerId", Value::Null, 200),
        ("customerId", json!("other"), 403),
        ("customerId", json!(""), 403),
        ("changeType", json!("Update"), 200),
        ("eventType", json!("Administrators"), 200),
        ("authHeaders", Value::Null, 200),
        ("authHeaders", json!(""), 200),
    ] {
        let answer = customer.post("/citrix/acme/subscriptions", &[], with(name, value.clone()).as_bytes()).await;
        assert_eq!(answer.status(), status, "{name} {value} {answer:?}");
    }
    let store = &customer.server.running.store;
    let tenant = store.tenant("acme").await.unwrap().unwrap().id;
    let received = store.webhooks(tenant).await.unwrap().into_iter().filter(|hook| hook.hears_creates).count();
    assert_eq!(received, 5, "only subscriptions to creates are active");
}
