//! Replays every recorded exchange of this folder.

use campanile_domain::Operator;

use super::{CLIENT, Customer};
use crate::replay;

#[tokio::test]
async fn recorded_exchanges_are_answered_as_recorded() {
    let customer = Customer::new().await;
    let (_, token) = customer.server.running.campanile.exchange_api_key(CLIENT, &customer.key).await.unwrap();
    let replaced = |text: &str| {
        text.replace("<token-from-call-to-trust>", &token.secret)
            .replace("<key>", &customer.key)
            .replace("<foreign-key>", &customer.foreign_key)
            .replace("<reading-key>", &customer.reading_key)
            .replace("<sending-key>", &customer.sending_key)
            .replace("<id>", CLIENT)
            .replace("<secret>", &customer.key)
    };
    let files = replay::recordings("citrix");
    let mut creates = 0_u64;
    for file in &files {
        file.replay(customer.server.running.address, replaced).await;
        creates += u64::from(file.name.starts_with("create-"));
    }
    assert!(files.len() >= 37, "only {} exchanges were found", files.len());
    assert_eq!(customer.stored_count().await, creates, "only a 200 stores a notification");
}

#[tokio::test]
async fn every_response_has_a_transaction_id() {
    let customer = Customer::new().await;
    for path in ["/citrix/acme/notifications", "/citrix/nothing", "/citrix", "/citrix/"] {
        let given = "6c3db4d6-125f-4ea3-b938-882bc5dc3caf";
        let answer = customer.get(path, &[&format!("x-cws-transactionid: {given}")]).await;
        assert_eq!(answer.header("X-Cws-TransactionId"), Some(given), "{path}");
        let new = customer.get(path, &["X-Cws-TransactionId: no GUID"]).await;
        let other = customer.get(path, &[]).await;
        let id = |answer: &super::RawResponse| uuid::Uuid::parse_str(answer.header("X-Cws-TransactionId").unwrap()).unwrap();
        assert_ne!(id(&new), id(&other), "{path}");
    }
}

#[tokio::test]
async fn cookies_do_not_authenticate() {
    let customer = Customer::new().await;
    let tenant = customer.server.running.store.tenant("acme").await.unwrap().unwrap();
    let link = customer.server.running.campanile.create_sign_in_link(&Operator.on(&tenant), "ada").await.unwrap();
    let session = customer.server.running.campanile.sign_in(&campanile_shared::SignIn::Link { link: link.secret }).await.unwrap();
    let cookie = format!("Cookie: __Host-campanile={}", session.secret);
    let request = format!("GET /citrix/acme/notifications HTTP/1.1\r\nHost: a\r\n{cookie}\r\n\r\n");
    let answer = customer.send(request.as_bytes()).await;
    assert_eq!((answer.status(), answer.suffix().as_str()), (401, "authentication"));
    assert_eq!(answer.json()["parameters"][0]["value"], "missing");
    assert_eq!(answer.header("set-cookie"), None);
    // A session token is not a client's token, either.
    let answer =
        customer.create(&[&format!("Authorization: CwsAuth bearer={}", session.secret)], &super::body(serde_json::json!({}))).await;
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_token_ends_with_its_key() {
    let customer = Customer::new().await;
    let (_, token) = customer.server.running.campanile.exchange_api_key(CLIENT, &customer.key).await.unwrap();
    let header = format!("Authorization: CwsAuth bearer={}", token.secret);
    let body = super::body(serde_json::json!({}));
    assert_eq!(customer.create(&[&header], &body).await.status(), 200);
    let tenant = customer.server.running.store.tenant("acme").await.unwrap().unwrap();
    customer.server.running.campanile.revoke_key(&Operator.on(&tenant), CLIENT).await.unwrap();
    assert_eq!(customer.create(&[&header], &body).await.status(), 401);
    assert_eq!(customer.stored_count().await, 1);
}

#[tokio::test]
async fn too_many_requests_get_retry_after() {
    let customer = Customer::with(serde_json::json!({"server": {"requests_per_second": 1, "request_burst": 2}})).await;
    let body = super::body(serde_json::json!({}));
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(customer.create(&[], &body).await);
    }
    let refused = answers.iter().find(|answer| answer.status() == 429).expect("one of four requests in the same second is refused");
    assert_eq!(refused.suffix(), "rateLimitExceeded");
    let seconds = refused.header("retry-after").unwrap();
    assert_eq!(refused.json()["parameters"], serde_json::json!([{"name": "retryDelay", "value": seconds}]));
    assert_eq!(refused.json()["detail"], format!("Rate limit exceeded; try again in {seconds} seconds"));
    assert_eq!(customer.stored_count().await, answers.iter().filter(|answer| answer.status() == 200).count() as u64);
}

#[tokio::test]
async fn a_full_disk_refuses_creates_and_still_lists() {
    let customer = Customer::with(serde_json::json!({"store": {"max_size": 1}})).await;
    let content = serde_json::json!([{"languageTag": "en", "title": "t", "description": "d".repeat(60_000)}]);
    let body = super::body(serde_json::json!({"content": content}));
    let mut sent = 0;
    let refused = loop {
        let answer = customer.create(&[], &body).await;
        match answer.status() {
            200 => sent += 1,
            _ => break answer,
        }
        assert!(sent < 100, "{sent} notifications exceed a megabyte");
    };
    assert_eq!((refused.status(), refused.suffix().as_str()), (507, "insufficientStorage"), "{refused:?}");
    let items = customer.get("/citrix/acme/notifications", &[]).await.json()["items"].as_array().unwrap().len();
    assert_eq!(items, sent);
}

#[tokio::test]
async fn allowed_origins_may_read_the_response_ids() {
    let customer = Customer::with(serde_json::json!({"console": {"origins": ["https://portal.example"]}})).await;
    for (path, status) in [("/citrix/acme/notifications", 200), ("/citrix/nobody/notifications", 403), ("/citrix/", 404)] {
        let answer = customer.get(path, &["Origin: https://portal.example"]).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://portal.example"), "{answer:?}");
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("x-cws-transactionid") && exposed.contains("x-campanile-notification-id"), "{exposed}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        let other = customer.get(path, &["Origin: https://evil.example"]).await;
        assert_eq!(other.header("access-control-allow-origin"), None, "{other:?}");
    }
}
