//! Settings of a tenant, as administrators change them.

use campanile_domain::TenantSettings;
use reqwest::Method;
use serde_json::json;

use super::Acme;

#[tokio::test]
async fn settings_are_stored_and_errors_name_their_fields() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let mut settings = acme.fetch(Method::GET, "/tenant/settings", &ada, None).await;
    assert_eq!((&settings["retention_days"], &settings["unique_events"]), (&json!(90), &json!(false)));
    settings["display_name"] = json!("Acme & Sons");
    settings["retention_days"] = json!(30);
    settings["unique_events"] = json!(true);
    settings["origins"] = json!(["https://Portal.example/"]);
    let kept = acme.fetch(Method::PUT, "/tenant/settings", &ada, Some(settings.clone())).await;
    assert_eq!(kept["origins"], json!(["https://portal.example"]));
    assert_eq!(acme.fetch(Method::GET, "/tenant/settings", &ada, None).await, kept);
    let stored = acme.server.running.store.tenant("acme").await.unwrap().unwrap();
    assert_eq!((stored.display_name(), stored.settings.retention_days, stored.settings.unique_events), ("Acme & Sons", 30, true));

    settings["retention_days"] = json!(36_501);
    settings["origins"] = json!(["https://portal.example/path"]);
    let (status, problem) = acme.try_fetch(Method::PUT, "/tenant/settings", &ada, Some(settings)).await;
    let faults: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
    assert_eq!((status, faults), (422, vec![&json!("/retention_days"), &json!("/origins/0")]));
    assert_eq!(acme.fetch(Method::GET, "/tenant/settings", &ada, None).await, kept);
}

#[tokio::test]
async fn changed_origins_take_effect_at_once() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let allowed = || async {
        let response = acme.call(Method::GET, "/me").header("origin", "https://portal.example").send().await.unwrap();
        response.headers().contains_key("access-control-allow-origin")
    };
    assert!(!allowed().await);
    acme.fetch(Method::PUT, "/tenant/settings", &ada, Some(json!({"origins": ["https://portal.example"]}))).await;
    assert!(allowed().await);
    acme.fetch(Method::PUT, "/tenant/settings", &ada, Some(json!({"origins": []}))).await;
    assert!(!allowed().await);
}

#[tokio::test]
async fn only_administrators_change_settings_of_their_own_tenant() {
    let acme = Acme::start().await;
    let emi = acme.session("emi").await;
    for token in [&emi, &acme.key] {
        assert_eq!(acme.try_fetch(Method::GET, "/tenant/settings", token, None).await.0, 403);
        assert_eq!(acme.try_fetch(Method::PUT, "/tenant/settings", token, Some(json!({}))).await.0, 403);
    }
    let stranger = acme.server.sign_in("other").await;
    acme.fetch(Method::PUT, "/tenant/settings", &stranger, Some(json!({"retention_days": 1}))).await;
    let acmes = acme.server.running.store.tenant("acme").await.unwrap().unwrap();
    assert_eq!(acmes.settings, TenantSettings::default());
}
