//! Counts of sent notifications, as administrators see them.

use reqwest::Method;
use serde_json::json;

use super::Acme;

#[tokio::test]
async fn sent_notifications_are_counted() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let draft = |component: Option<&str>, severity: &str| json!({"to": [{"kind": "everyone"}], "severity": severity, "component": component, "content": [{"language": "en", "title": "x"}]});
    for (component, severity) in [(Some("Backup"), "error"), (Some("Backup"), "warning"), (None, "error")] {
        acme.fetch(Method::POST, "/notifications", &acme.key, Some(draft(component, severity))).await;
    }
    let volume = acme.fetch(Method::GET, "/volume", &ada, None).await;
    let days = volume["days"].as_array().unwrap();
    assert_eq!((days.len(), &volume["complete"]), (30, &json!(true)));
    assert_eq!(days[29]["counts"], json!({"information": 0, "success": 0, "warning": 1, "error": 2}));
    assert_eq!(volume["components"][0]["component"], "Backup");
    assert_eq!(volume["senders"], json!([{"sender": "monitoring", "count": 3}]));
    let none = acme.fetch(Method::GET, "/volume?component=", &ada, None).await;
    assert_eq!(none["days"][29]["counts"]["error"], 1);
    let backup = acme.fetch(Method::GET, "/volume?component=Backup", &ada, None).await;
    assert_eq!(backup["days"][29]["counts"]["error"], 1);
    for token in [&acme.session("emi").await, &acme.key] {
        assert_eq!(acme.try_fetch(Method::GET, "/volume", token, None).await.0, 403);
    }
    let stranger = acme.server.sign_in("other").await;
    assert_eq!(acme.fetch(Method::GET, "/volume", &stranger, None).await["senders"], json!([]));
}
