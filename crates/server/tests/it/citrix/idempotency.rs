//! At most one send per `Idempotency-Key`, or per equal event if the tenant turns that on.

use std::time::{Duration, Instant};

use campanile_domain::TenantSettings;
use serde_json::json;

use super::{Customer, body};

const ID: &str = "X-Campanile-Notification-Id";

#[tokio::test]
async fn a_repeated_request_gets_the_first_response_and_sends_once() {
    let customer = Customer::new().await;
    let first = customer.create(&["Idempotency-Key: one"], &body(json!({}))).await;
    let again = customer.create(&["Idempotency-Key: one"], &body(json!({}))).await;
    assert_eq!((first.status(), again.status()), (200, 200));
    assert_eq!(first.body, again.body);
    assert_eq!(first.header(ID), again.header(ID));
    // The newer path is the same call.
    let newer =
        customer.post("/citrix/notifications/", &["Idempotency-Key: one", "Citrix-CustomerId: acme"], body(json!({})).as_bytes()).await;
    assert_eq!((newer.status(), newer.header(ID)), (200, first.header(ID)));
    assert_eq!(customer.stored_count().await, 1);
    let other = customer.create(&["Idempotency-Key: two"], &body(json!({}))).await;
    assert_ne!(other.header(ID), first.header(ID));
    assert_eq!(customer.stored_count().await, 2);
}

#[tokio::test]
async fn a_repeat_gets_the_first_response_after_its_administrator_left() {
    let customer = Customer::new().await;
    let to_bo = || body(json!({"destinationAdmin": "bo"}));
    let first = customer.create(&["Idempotency-Key: one"], &to_bo()).await;
    let store = &customer.server.running.store;
    let tenant = store.tenant("acme").await.unwrap().unwrap().id;
    let bo = store.find_person(tenant, "bo").await.unwrap().unwrap();
    store.remove_person(tenant, bo).await.unwrap();
    let again = customer.create(&["Idempotency-Key: one"], &to_bo()).await;
    assert_eq!((again.status(), &again.body, again.header(ID)), (200, &first.body, first.header(ID)));
    assert_eq!(customer.create(&["Idempotency-Key: two"], &to_bo()).await.status(), 400);
}

#[tokio::test]
async fn an_idempotency_key_covers_one_body() {
    let customer = Customer::new().await;
    assert_eq!(customer.create(&["Idempotency-Key: one"], &body(json!({}))).await.status(), 200);
    let other = customer.create(&["Idempotency-Key: one"], &body(json!({"severity": "Error"}))).await;
    assert_eq!((other.status(), other.suffix().as_str()), (422, "idempotencyKeyReused"));
    assert_eq!(customer.stored_count().await, 1);
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_its_sender() {
    let customer = Customer::new().await;
    let own = customer.create(&["Idempotency-Key: one"], &body(json!({}))).await;
    let other = customer
        .create(
            &["Idempotency-Key: one", &format!("Authorization: CwsAuth bearer={}", customer.sending_key)],
            &body(json!({"severity": "Error"})),
        )
        .await;
    assert_eq!((own.status(), other.status()), (200, 200));
    assert_eq!(customer.stored_count().await, 2);
}

#[tokio::test]
async fn a_refused_request_does_not_use_its_idempotency_key() {
    let customer = Customer::new().await;
    assert_eq!(customer.create(&["Idempotency-Key: one"], &body(json!({"severity": "Critical"}))).await.status(), 400);
    assert_eq!(customer.create(&["Idempotency-Key: one"], &body(json!({}))).await.status(), 200);
    assert_eq!(customer.stored_count().await, 1);
}

#[tokio::test]
async fn concurrent_repeats_store_one_notification() {
    let customer = Customer::new().await;
    for round in 0..20 {
        let headers = [format!("Idempotency-Key: round-{round}")];
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let text = body(json!({}));
        let answers = tokio::join!(customer.create(&headers, &text), customer.create(&headers, &text), customer.create(&headers, &text));
        let mut ids = Vec::new();
        for answer in [answers.0, answers.1, answers.2] {
            match answer.status() {
                200 => ids.push(answer.header(ID).unwrap().to_owned()),
                409 => assert_eq!(answer.suffix(), "idempotencyKeyInUse"),
                _ => panic!("{answer:?}"),
            }
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "round {round}");
        assert_eq!(customer.stored_count().await, round + 1);
    }
}

#[tokio::test]
async fn equal_events_are_two_notifications_unless_the_tenant_chose_otherwise() {
    let customer = Customer::new().await;
    let send = async |changes| customer.create(&[], &body(changes)).await;
    assert_ne!(send(json!({})).await.header(ID), send(json!({})).await.header(ID));
    assert_eq!(customer.stored_count().await, 2);

    let store = &customer.server.running.store;
    let tenant = store.tenant("acme").await.unwrap().unwrap();
    store.set_tenant_settings(tenant.id, TenantSettings { unique_events: true, ..tenant.settings }).await.unwrap();
    // The tenant's settings are cached briefly.
    let deadline = Instant::now() + Duration::from_secs(10);
    let event = json!({"eventId": "again"});
    let first = loop {
        let one = send(event.clone()).await;
        if one.header(ID) == send(event.clone()).await.header(ID) {
            break one;
        }
        assert!(Instant::now() < deadline, "the setting did not take effect");
    };
    let before = customer.stored_count().await;
    // Letter case and order of properties and white space do not change the body.
    let spelled = r#"{"Content":[{"Description":"This is a description","title":"This is a title","languageTag":"en-US"}],
        "eventId":"again","priority":"normal","severity":0,"createdDate":"2018-04-22T21:11:25.006Z","component":"Citrix Cloud","destinationAdmin":"*"}"#;
    assert_eq!(customer.create(&[], spelled).await.header(ID), first.header(ID));
    assert_eq!(customer.stored_count().await, before);
    // Another body, another event and no event are all sent.
    for changes in
        [json!({"eventId": "again", "component": "Other"}), json!({"eventId": "other"}), json!({"eventId": null}), json!({"eventId": null})]
    {
        assert_ne!(send(changes).await.header(ID), first.header(ID));
    }
    assert_eq!(customer.stored_count().await, before + 4);
}
