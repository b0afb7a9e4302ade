use std::time::Duration;

use campanile_shared::text::percent_encoded;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Acme, everyone};
use crate::harness::PATIENCE;

#[tokio::test]
async fn one_persons_actions_do_not_affect_another() {
    let acme = Acme::start().await;
    let (ada, bo) = (acme.session("ada").await, acme.session("bo").await);
    let first = acme.send(everyone(), "First").await["id"].clone();
    acme.send(everyone(), "Second").await;
    let changed = acme.fetch(Method::POST, "/inbox/changes", &ada, Some(json!({"action": "dismiss", "ids": [first]}))).await;
    assert_eq!(changed["counts"]["total"], 1);
    assert_eq!(acme.fetch(Method::GET, "/inbox/counts", &bo, None).await["counts"]["total"], 2);
    let dismissed = acme.fetch(Method::GET, "/inbox?view=dismissed", &ada, None).await;
    assert_eq!(dismissed["items"][0]["id"], first);
    let back = acme.fetch(Method::POST, "/inbox/undo", &ada, Some(json!({"undo": changed["undo"]}))).await;
    assert_eq!(back["counts"]["total"], 2);
    let again = acme.try_fetch(Method::POST, "/inbox/undo", &ada, Some(json!({"undo": changed["undo"]}))).await;
    assert_eq!(again.0, 404);
}

#[tokio::test]
async fn a_bulk_change_leaves_later_items_unchanged() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    for severity in ["error", "warning", "error"] {
        let body =
            json!({"to": everyone(), "severity": severity, "component": "Backup", "content": [{"language": "en", "title": severity}]});
        acme.fetch(Method::POST, "/notifications", &acme.key, Some(body)).await;
    }
    acme.fetch(
        Method::POST,
        "/notifications",
        &acme.key,
        Some(json!({"to": everyone(), "severity": "error", "content": [{"language": "en", "title": "Later"}]})),
    )
    .await;
    let change = json!({"action": "read", "matching": {"filter": {"severity": ["error"]}, "up_to": 3}});
    let changed = acme.fetch(Method::POST, "/inbox/changes", &ada, Some(change)).await;
    assert_eq!(changed["counts"]["by_severity"], json!({"information": 0, "success": 0, "warning": 1, "error": 1}));
    let page = acme.fetch(Method::GET, "/inbox?view=unread&severity=error", &ada, None).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["title"], "Later");
    assert_eq!(acme.fetch(Method::GET, "/inbox?component=Backup&text=WARN", &ada, None).await["items"].as_array().unwrap().len(), 1);
    assert_eq!(acme.fetch(Method::GET, "/inbox/components", &ada, None).await, json!({"items": ["Backup"]}));
    let seen = acme.fetch(Method::POST, "/inbox/seen", &ada, Some(json!({"up_to": 4}))).await;
    assert_eq!(seen["counts"]["unseen"], 0);
    assert_eq!(seen["counts"]["unread"], 2);
}

#[tokio::test]
async fn snoozed_items_come_back_and_pinned_items_stay() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let first = acme.send(everyone(), "First").await["id"].clone();
    acme.send(everyone(), "Second").await;
    let now = || acme.server.running.campanile.now();
    let change = async |change: Value| acme.try_fetch(Method::POST, "/inbox/changes", &ada, Some(change)).await;
    for (until, code) in [(Value::Null, "missing"), (json!("2020-01-01T00:00:00Z"), "past"), (json!("2999-01-01T00:00:00Z"), "malformed")] {
        let (status, problem) = change(json!({"action": "snooze", "until": until, "ids": [first]})).await;
        assert_eq!((status, &problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (422, &json!("/until"), &json!(code)));
    }
    assert_eq!(change(json!({"action": "read", "until": now() + TimeDelta::hours(1), "ids": [first]})).await.0, 422);
    let until = now() + TimeDelta::seconds(2);
    let (_, snoozed) = change(json!({"action": "snooze", "until": until, "ids": [first]})).await;
    assert_eq!(snoozed["counts"]["total"], 1);
    let away = acme.fetch(Method::GET, "/inbox?view=snoozed", &ada, None).await;
    assert_eq!((&away["items"][0]["id"], away["items"][0]["state"]["snoozed_until"].is_string()), (&first, true));
    // Housekeeping runs every few seconds.
    let deadline = Instant::now() + PATIENCE;
    let page = loop {
        let page = acme.fetch(Method::GET, "/inbox", &ada, None).await;
        if page["counts"]["total"] == 2 {
            break page;
        }
        assert!(Instant::now() < deadline, "the snoozed item did not come back: {page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((&page["top"][0]["id"], page["top"].as_array().unwrap().len()), (&first, 1));
    change(json!({"action": "read", "ids": [first]})).await;
    assert_eq!(acme.fetch(Method::GET, "/inbox", &ada, None).await.get("top"), None);
    change(json!({"action": "pin", "ids": [first]})).await;
    let page = acme.fetch(Method::GET, "/inbox?limit=1", &ada, None).await;
    assert_eq!((&page["top"][0]["id"], &page["items"][0]["title"]), (&first, &json!("Second")));
}

#[tokio::test]
async fn an_item_is_shown_in_the_readers_language_and_without_disruptive_characters() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let body = json!({"to": everyone(), "content": [
        {"language": "en", "title": "Plain", "description": "x".repeat(1_000)},
        {"language": "de-AT", "title": "<img src=x onerror=alert(1)> \u{202E}umgedreht", "link": "https://example.com/"},
    ]});
    let id = acme.fetch(Method::POST, "/notifications", &acme.key, Some(body)).await["id"].as_str().unwrap().to_owned();
    let listed = acme.fetch(Method::GET, "/inbox", &ada, None).await["items"][0].clone();
    assert_eq!((&listed["language"], &listed["title"]), (&json!("de-AT"), &json!("<img src=x onerror=alert(1)> umgedreht")));
    assert_eq!(listed.get("content"), None);
    let shown = acme.fetch(Method::GET, &format!("/inbox/{id}"), &ada, None).await;
    assert_eq!(shown["content"].as_array().unwrap().len(), 2);
    assert_eq!(shown["content"][0]["description"].as_str().unwrap().len(), 1_000);
}

#[tokio::test]
async fn the_list_is_filtered_by_sender_category_and_time() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let body = json!({"to": everyone(), "categories": ["Storage"], "content": [{"language": "en", "title": "Disk full"}]});
    acme.fetch(Method::POST, "/notifications", &acme.key, Some(body)).await;
    acme.fetch(Method::POST, "/notifications", &ada, Some(json!({"to": everyone(), "content": [{"language": "en", "title": "Lunch"}]})))
        .await;
    let titles = async |query: &str| {
        let page = acme.fetch(Method::GET, &format!("/inbox?{query}"), &ada, None).await;
        page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (query, expected) in [
        ("category=storage", vec!["Disk full"]),
        ("sender=ADA%20example", vec!["Lunch"]),
        ("sender=monitoring&category=other", vec![]),
        ("after=2020-01-01T00:00:00Z&before=2999-01-01T00:00:00%2B02:00", vec!["Lunch", "Disk full"]),
        ("before=2020-01-01T00:00:00Z", vec![]),
    ] {
        assert_eq!(titles(query).await, expected, "{query}");
    }
    assert_eq!(acme.try_fetch(Method::GET, "/inbox?after=yesterday", &ada, None).await.0, 400);
}

#[tokio::test]
async fn an_export_is_complete_and_escapes_spreadsheet_formulas() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let long = "x".repeat(1_000);
    for at in 0..250 {
        let content = json!([{"language": "en", "title": format!("=cmd|' /C calc'!A{at}"), "description": format!("{long}, \"{at}\"")}]);
        let severity = if at % 2 == 0 { "error" } else { "warning" };
        acme.fetch(Method::POST, "/notifications", &acme.key, Some(json!({"to": everyone(), "severity": severity, "content": content})))
            .await;
    }
    let get = async |query: &str| {
        let response = acme.call(Method::GET, &format!("/inbox/export?{query}")).bearer_auth(&ada).send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename="));
        (kind, response.text().await.unwrap())
    };
    let (kind, text) = get("format=json").await;
    let items: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!((kind.as_str(), items.len(), &items[0]["sequence"]), ("application/json", 250, &json!(250)));
    assert_eq!(items[0]["description"].as_str().unwrap().len(), 1_000 + ", \"249\"".len());
    let (kind, text) = get("format=csv&severity=error").await;
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!((kind.as_str(), lines.len()), ("text/csv; charset=utf-8; header=present", 126));
    assert!(
        lines[0].starts_with("\u{FEFF}\"id\",\"accepted_at\",")
            && lines[1].contains(",\"'=cmd|' /C calc'!A248\",\"xxx")
            && lines[1].contains("\"\"248\"\"\",\"\"")
            && lines.iter().all(|line| line.matches("\",\"").count() == 17)
    );
    assert_eq!(get("format=json&text=nothing").await.1, "[\n\n]\n");
    let counted = acme.fetch(Method::GET, "/inbox/matching?severity=error", &ada, None).await;
    assert_eq!(counted, json!({"count": 125, "more": false}));
    // A download link cannot set a header; it uses a ticket, once.
    let ticket = acme.fetch(Method::POST, "/events/ticket", &ada, None).await["ticket"].as_str().unwrap().to_owned();
    let by_ticket = async |method| acme.call(method, &format!("/inbox/export?format=csv&ticket={ticket}")).send().await.unwrap().status();
    assert_eq!(by_ticket(Method::HEAD).await, reqwest::StatusCode::UNAUTHORIZED, "HEAD does not use the ticket");
    assert_eq!((by_ticket(Method::GET).await, by_ticket(Method::GET).await), (reqwest::StatusCode::OK, reqwest::StatusCode::UNAUTHORIZED));
    assert_eq!(acme.try_fetch(Method::GET, "/inbox/export", &ada, None).await.0, 400);
}

#[tokio::test]
async fn an_item_says_why_it_was_received() {
    let acme = Acme::start().await;
    let (ada, emi) = (acme.session("ada").await, acme.session("emi").await);
    let to = json!([{"kind": "administrators"}, {"kind": "person", "person": "emi"}, {"kind": "person", "person": "ada"}]);
    let id = acme.send(to, "Why").await["id"].as_str().unwrap().to_owned();
    let why = async |token: &str| acme.fetch(Method::GET, &format!("/inbox/{id}"), token, None).await["why"].clone();
    assert_eq!(why(&emi).await, json!({"source": "campanile", "reasons": [{"group": {"kind": "person", "person": "emi"}}]}));
    let reasons = why(&ada).await["reasons"].clone();
    assert_eq!((&reasons[0]["group"]["person"], &reasons[1]["group"]), (&json!("ada"), &json!({"kind": "administrators"})));
    assert!(reasons[1]["since"].is_string());
    assert_eq!(acme.fetch(Method::GET, "/inbox", &ada, None).await["items"][0].get("why"), None);
}

#[tokio::test]
async fn tenants_never_see_each_other() {
    let acme = Acme::start().await;
    let stranger = acme.server.sign_in("elsewhere").await;
    let id = acme.send(everyone(), "Ours").await["id"].as_str().unwrap().to_owned();
    for path in ["/inbox", "/notifications", "/people?q=ada"] {
        let answer = acme.fetch(Method::GET, path, &stranger, None).await;
        let others: Vec<&Value> = answer["items"].as_array().unwrap().iter().filter(|item| item["login"] != "ada").collect();
        assert!(others.is_empty(), "{path}: {others:?}");
    }
    for path in [format!("/inbox/{id}"), format!("/notifications/{id}")] {
        assert_eq!(acme.try_fetch(Method::GET, &path, &stranger, None).await.0, 404, "{path}");
    }
    let change = json!({"action": "dismiss", "ids": [id]});
    acme.fetch(Method::POST, "/inbox/changes", &stranger, Some(change)).await;
    let ada = acme.session("ada").await;
    assert_eq!(acme.fetch(Method::GET, "/inbox/counts", &ada, None).await["counts"]["total"], 1);
    let unknown = json!({"to": [{"kind": "person", "person": "emi"}]});
    assert_eq!(acme.try_fetch(Method::POST, "/audience", &stranger, Some(unknown)).await.0, 422);
}

#[tokio::test]
async fn preferences_are_stored() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let chosen = json!({"theme": "dark", "density": "compact", "language": "de", "desktop_from": "warning", "muted_components": ["Backup"], "views": [{"name": "Mine", "filter": {"view": "unread", "text": "disk"}}], "quiet_hours": {"from": 1320, "to": 420}});
    acme.fetch(Method::PUT, "/me/preferences", &ada, Some(chosen.clone())).await;
    assert_eq!(acme.fetch(Method::GET, "/me", &ada, None).await["preferences"], chosen);
    let view = |name: &str| json!({"name": name, "filter": {"view": "unread", "severity": ["error"]}});
    for wrong in [
        json!({"quiet_hours": {"from": 1440, "to": 0}}),
        json!({"views": [view("a"), view("a")]}),
        json!({"views": [view(" ")]}),
        json!({"views": [view(&"x".repeat(61))]}),
        json!({"views": (0..51).map(|at| view(&at.to_string())).collect::<Vec<_>>()}),
    ] {
        assert_eq!(acme.try_fetch(Method::PUT, "/me/preferences", &ada, Some(wrong)).await.0, 422);
    }
}

#[tokio::test]
async fn an_empty_filter_is_refused_and_changes_nothing() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    for title in ["🔴 Primary down", "C++ build failed", "Disk at 100%", "서버장애발생"] {
        acme.send(everyone(), title).await;
    }
    let dismiss = async |filter: Value| {
        let change = json!({"action": "dismiss", "matching": {"filter": filter, "up_to": 9}});
        let (status, answer) = acme.try_fetch(Method::POST, "/inbox/changes", &ada, Some(change)).await;
        let total = acme.fetch(Method::GET, "/inbox/counts", &ada, None).await["counts"]["total"].as_u64().unwrap();
        (status, answer["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned(), total)
    };
    for text in ["", "  ", "\"", "*", "--", "…", "\u{200B}", "\u{FE0F}", "\u{0}"] {
        assert_eq!(dismiss(json!({"text": text})).await, (422, "/matching/filter/text".to_owned(), 4), "{text:?}");
        assert_eq!(dismiss(json!({"view": "inbox", "severity": [], "text": text})).await.0, 422, "{text:?}");
    }
    for field in ["component", "category", "sender"] {
        assert_eq!(dismiss(json!({field: " "})).await, (422, format!("/matching/filter/{field}"), 4));
    }
    assert_eq!(dismiss(json!({"text": "🟢"})).await, (200, String::new(), 4));
    for (text, left) in [("🔴", 3), ("C++", 2), ("%", 1), ("장애", 0)] {
        let found = acme.fetch(Method::GET, &format!("/inbox/matching?text={}", percent_encoded(text)), &ada, None).await;
        assert_eq!(found["count"], 1, "{text}");
        assert_eq!(dismiss(json!({"text": text})).await, (200, String::new(), left), "{text}");
    }
    assert_eq!(acme.fetch(Method::GET, "/inbox?view=dismissed&text=%22", &ada, None).await["items"], json!([]));
    // A view without a text covers the whole view.
    acme.send(everyone(), "plain").await;
    assert_eq!(dismiss(json!({"view": "inbox"})).await, (200, String::new(), 0));
}
