//! API keys, as administrators manage them.

use campanile_domain::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::Acme;

fn find_key<'a>(keys: &'a Value, name: &str) -> &'a Value {
    keys["items"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap()
}

#[tokio::test]
async fn a_key_is_shown_once_used_and_revoked() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let made = acme.fetch(Method::POST, "/keys", &ada, Some(json!({"name": "deploys", "scopes": ["send", "read"]}))).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("cmp_"));

    let keys = acme.fetch(Method::GET, "/keys", &ada, None).await;
    assert!(!keys.to_string().contains(&secret));
    let fresh = find_key(&keys, "deploys");
    assert_eq!((&fresh["scopes"], &fresh["last_used_at"]), (&json!(["send", "read"]), &Value::Null));

    let before = acme.server.running.campanile.now();
    acme.fetch(Method::GET, "/notifications", &secret, None).await;
    let keys = acme.fetch(Method::GET, "/keys", &ada, None).await;
    let used: chrono::DateTime<chrono::Utc> = find_key(&keys, "deploys")["last_used_at"].as_str().unwrap().parse().unwrap();
    assert!(used >= before);
    // Housekeeping writes the time to the store, where other processes see it.
    acme.server.running.campanile.housekeeping_step().await.unwrap();
    let stored = acme.server.running.store.keys(acme.tenant.id, None, 9).await.unwrap();
    let stored = stored.into_iter().find(|key| key.name == "deploys").unwrap();
    assert_eq!(stored.last_used_at.unwrap().timestamp_millis(), used.timestamp_millis());

    let taken = acme.try_fetch(Method::POST, "/keys", &ada, Some(json!({"name": "deploys", "scopes": ["send"]}))).await;
    assert_eq!(taken.0, 409);
    acme.fetch(Method::DELETE, "/keys/deploys", &ada, None).await;
    assert_eq!(acme.try_fetch(Method::GET, "/notifications", &secret, None).await.0, 401);
    let keys = acme.fetch(Method::GET, "/keys", &ada, None).await;
    assert!(find_key(&keys, "deploys")["revoked_at"].is_string());
    assert_eq!(acme.try_fetch(Method::DELETE, "/keys/nobody", &ada, None).await.0, 404);
}

#[tokio::test]
async fn keys_are_listed_page_by_page() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    for name in ["b", "a", "d", "c"] {
        acme.fetch(Method::POST, "/keys", &ada, Some(json!({"name": name, "scopes": ["send"]}))).await;
    }
    let (mut path, mut pages) = ("/keys?limit=2".to_owned(), Vec::new());
    loop {
        let page = acme.fetch(Method::GET, &path, &ada, None).await;
        let names: Vec<_> = page["items"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect();
        pages.push(names.join(" "));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/keys?limit=2&cursor={next}");
    }
    assert_eq!(pages.join(" | "), "a b | c d | monitoring");
    for cursor in ["x", "1.5", "99999999999999999999"] {
        assert_eq!(acme.try_fetch(Method::GET, &format!("/keys?cursor={cursor}"), &ada, None).await.0, 400, "{cursor}");
    }
}

#[tokio::test]
async fn invalid_keys_are_refused_by_field() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let (status, problem) = acme.try_fetch(Method::POST, "/keys", &ada, Some(json!({"name": " ", "scopes": []}))).await;
    let faults: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|fault| (&fault["pointer"], &fault["code"])).collect();
    assert_eq!(status, 422);
    assert_eq!(faults, [(&json!("/name"), &json!("missing")), (&json!("/scopes"), &json!("missing"))]);
}

#[tokio::test]
async fn only_administrators_manage_keys_of_their_own_tenant() {
    let acme = Acme::start().await;
    let emi = acme.session("emi").await;
    for token in [&emi, &acme.key] {
        assert_eq!(acme.try_fetch(Method::GET, "/keys", token, None).await.0, 403);
        assert_eq!(acme.try_fetch(Method::POST, "/keys", token, Some(json!({"name": "x", "scopes": ["send"]}))).await.0, 403);
        assert_eq!(acme.try_fetch(Method::DELETE, "/keys/monitoring", token, None).await.0, 403);
    }
    let all = acme.server.create_key(&acme.tenant, "operations", &[Scope::Admin]).await;
    assert_eq!(acme.try_fetch(Method::GET, "/keys", &all, None).await.0, 200);
    let stranger = acme.server.sign_in("other").await;
    let keys = acme.fetch(Method::GET, "/keys", &stranger, None).await;
    assert_eq!(keys["items"], json!([]));
    assert_eq!(acme.try_fetch(Method::DELETE, "/keys/monitoring", &stranger, None).await.0, 404);
}
