use reqwest::Method;
use serde_json::json;

use super::{Acme, everyone, send_request};
use crate::harness::Server;

#[tokio::test]
async fn a_full_database_refuses_only_writes_and_recovers() {
    let acme = Acme::on(Server::with(json!({"store": {"max_size": 2}})).await).await;
    let ada = acme.session("ada").await;
    let body = json!({"to": everyone(), "content": [{"language": "en", "title": "Filler", "description": "x".repeat(60_000)}]});
    let mut stored = 0;
    let problem = loop {
        let (status, answer) = acme.try_fetch(Method::POST, "/notifications", &acme.key, Some(body.clone())).await;
        match status {
            201 => stored += 1,
            _ => break (status, answer),
        }
        assert!(stored < 1_000, "the size limit has no effect");
    };
    assert_eq!((problem.0, &problem.1["type"]), (507, &json!("/problems/full")));
    // Refused notifications are not stored, and reads still work.
    assert_eq!(acme.fetch(Method::GET, "/inbox/counts", &ada, None).await["counts"]["total"], stored);
    // Deleting old notifications frees space.
    let campanile = &acme.server.running.campanile;
    let settings = campanile_domain::TenantSettings { retention_days: 1, ..acme.tenant.settings.clone() };
    acme.server.running.store.set_tenant_settings(acme.tenant.id, settings).await.unwrap();
    let later = campanile.now() + chrono::TimeDelta::days(2);
    while acme.server.running.store.purge(later, 10).await.unwrap() > 0 {}
    let (status, answer) = acme.try_fetch(Method::POST, "/notifications", &acme.key, Some(send_request(everyone(), "Room again"))).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(acme.fetch(Method::GET, "/inbox/counts", &ada, None).await["counts"]["total"], 1);
}
