//! Mail for created notifications: off by default, chosen by severity, never sent when suppressed.

use campanile_domain::{NewPerson, model::delivery::FirstAttempts};
use campanile_shared::{Preferences, Severity};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, interval};
use uuid::Uuid;

use super::{Customer, body};
use crate::harness::PATIENCE;

/// Creates a notification and returns the mail addresses it goes to.
async fn wait_for_mail(customer: &Customer, changes: Value) -> Vec<String> {
    let store = &customer.server.running.store;
    let tenant = store.tenant("acme").await.unwrap().unwrap().id;
    let answer = customer.create(&[], &body(changes)).await;
    let id: Uuid = answer.header("x-campanile-notification-id").unwrap().parse().unwrap();
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(Duration::from_millis(20)));
    while store.first_attempts(tenant, id).await.unwrap() == FirstAttempts::Pending {
        assert!(Instant::now() < deadline, "the mail was not sent");
        pause.tick().await;
    }
    store.deliveries(tenant, id, None, 10).await.unwrap().0.into_iter().map(|delivery| delivery.target).collect()
}

#[tokio::test]
async fn mail_goes_to_people_who_chose_its_severity() {
    let customer = Customer::new().await;
    let campanile = &customer.server.running.campanile;
    let tenant = customer.server.running.store.tenant("acme").await.unwrap().unwrap().id;
    let mia = NewPerson {
        login: "mia".to_owned(),
        name: "Mia".to_owned(),
        email: Some("mia@acme.example".to_owned()),
        languages: Vec::new(),
        external_ids: Vec::new(),
        administrator: true,
    };
    let mia = customer.server.running.store.create_person(tenant, mia, campanile.now()).await.unwrap();
    let error = || json!({"severity": "Error"});
    // Off by default.
    assert!(wait_for_mail(&customer, error()).await.is_empty());
    let preferences = Preferences { mail: vec![Severity::Error, Severity::Warning], ..Preferences::default() };
    customer.server.running.store.set_preferences(tenant, mia, &preferences).await.unwrap();
    assert_eq!(wait_for_mail(&customer, error()).await, ["mia@acme.example"]);
    assert_eq!(wait_for_mail(&customer, json!({"severity": "Warning"})).await, ["mia@acme.example"]);
    assert!(wait_for_mail(&customer, json!({"severity": "Information"})).await.is_empty());
    assert!(wait_for_mail(&customer, json!({"severity": "Error", "suppressEmail": true})).await.is_empty());
    assert!(wait_for_mail(&customer, json!({"severity": "Error", "destinationAdmin": "ada"})).await.is_empty());
}
