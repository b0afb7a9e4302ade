use reqwest::Method;
use serde_json::{Value, json};

use super::{Acme, everyone};

#[tokio::test]
async fn what_one_person_does_is_not_done_for_another() {
    let acme = Acme::start().await;
    let (ada, bo) = (acme.session("ada").await, acme.session("bo").await);
    let first = acme.send(everyone(), "First").await["id"].clone();
    acme.send(everyone(), "Second").await;
    let changed = acme.ask(Method::POST, "/inbox/changes", &ada, Some(json!({"action": "dismiss", "ids": [first]}))).await;
    assert_eq!(changed["counts"]["total"], 1);
    assert_eq!(acme.ask(Method::GET, "/inbox/counts", &bo, None).await["counts"]["total"], 2);
    let dismissed = acme.ask(Method::GET, "/inbox?view=dismissed", &ada, None).await;
    assert_eq!(dismissed["items"][0]["id"], first);
    let back = acme.ask(Method::POST, "/inbox/undo", &ada, Some(json!({"undo": changed["undo"]}))).await;
    assert_eq!(back["counts"]["total"], 2);
    let again = acme.try_ask(Method::POST, "/inbox/undo", &ada, Some(json!({"undo": changed["undo"]}))).await;
    assert_eq!(again.0, 404);
}

#[tokio::test]
async fn all_that_match_are_changed_and_what_came_later_is_not() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    for severity in ["error", "warning", "error"] {
        let body =
            json!({"to": everyone(), "severity": severity, "component": "Backup", "content": [{"language": "en", "title": severity}]});
        acme.ask(Method::POST, "/notifications", &acme.key, Some(body)).await;
    }
    acme.ask(
        Method::POST,
        "/notifications",
        &acme.key,
        Some(json!({"to": everyone(), "severity": "error", "content": [{"language": "en", "title": "Later"}]})),
    )
    .await;
    let change = json!({"action": "read", "matching": {"filter": {"severity": ["error"]}, "up_to": 3}});
    let changed = acme.ask(Method::POST, "/inbox/changes", &ada, Some(change)).await;
    assert_eq!(changed["counts"]["by_severity"], json!({"information": 0, "success": 0, "warning": 1, "error": 1}));
    let page = acme.ask(Method::GET, "/inbox?view=unread&severity=error", &ada, None).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["title"], "Later");
    assert_eq!(acme.ask(Method::GET, "/inbox?component=Backup&text=WARN", &ada, None).await["items"].as_array().unwrap().len(), 1);
    assert_eq!(acme.ask(Method::GET, "/inbox/components", &ada, None).await, json!({"items": ["Backup"]}));
    let seen = acme.ask(Method::POST, "/inbox/seen", &ada, Some(json!({"up_to": 4}))).await;
    assert_eq!(seen["counts"]["unseen"], 0);
    assert_eq!(seen["counts"]["unread"], 2);
}

#[tokio::test]
async fn an_item_is_shown_in_the_readers_language_and_without_disruptive_characters() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let body = json!({"to": everyone(), "content": [
        {"language": "en", "title": "Plain", "description": "x".repeat(1_000)},
        {"language": "de-AT", "title": "<img src=x onerror=alert(1)> \u{202E}umgedreht", "link": "https://example.com/"},
    ]});
    let id = acme.ask(Method::POST, "/notifications", &acme.key, Some(body)).await["id"].as_str().unwrap().to_owned();
    let listed = acme.ask(Method::GET, "/inbox", &ada, None).await["items"][0].clone();
    assert_eq!((&listed["language"], &listed["title"]), (&json!("de-AT"), &json!("<img src=x onerror=alert(1)> umgedreht")));
    assert_eq!(listed.get("content"), None);
    let shown = acme.ask(Method::GET, &format!("/inbox/{id}"), &ada, None).await;
    assert_eq!(shown["content"].as_array().unwrap().len(), 2);
    assert_eq!(shown["content"][0]["description"].as_str().unwrap().len(), 1_000);
}

#[tokio::test]
async fn tenants_never_see_each_other() {
    let acme = Acme::start().await;
    let stranger = acme.server.sign_in("elsewhere").await;
    let id = acme.send(everyone(), "Ours").await["id"].as_str().unwrap().to_owned();
    for path in ["/inbox", "/notifications", "/people?q=ada"] {
        let answer = acme.ask(Method::GET, path, &stranger, None).await;
        let others: Vec<&Value> = answer["items"].as_array().unwrap().iter().filter(|item| item["login"] != "ada").collect();
        assert!(others.is_empty(), "{path}: {others:?}");
    }
    for path in [format!("/inbox/{id}"), format!("/notifications/{id}")] {
        assert_eq!(acme.try_ask(Method::GET, &path, &stranger, None).await.0, 404, "{path}");
    }
    let change = json!({"action": "dismiss", "ids": [id]});
    acme.ask(Method::POST, "/inbox/changes", &stranger, Some(change)).await;
    let ada = acme.session("ada").await;
    assert_eq!(acme.ask(Method::GET, "/inbox/counts", &ada, None).await["counts"]["total"], 1);
    let unknown = json!({"to": [{"kind": "person", "person": "emi"}]});
    assert_eq!(acme.try_ask(Method::POST, "/audience", &stranger, Some(unknown)).await.0, 422);
}

#[tokio::test]
async fn preferences_are_kept() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let chosen = json!({"theme": "dark", "language": "de", "desktop_from": "warning", "muted_components": ["Backup"], "quiet_hours": {"from": 1320, "to": 420}});
    acme.ask(Method::PUT, "/me/preferences", &ada, Some(chosen.clone())).await;
    assert_eq!(acme.ask(Method::GET, "/me", &ada, None).await["preferences"], chosen);
    let wrong = json!({"quiet_hours": {"from": 1440, "to": 0}});
    assert_eq!(acme.try_ask(Method::PUT, "/me/preferences", &ada, Some(wrong)).await.0, 422);
}
