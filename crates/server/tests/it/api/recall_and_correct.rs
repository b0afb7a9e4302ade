//! Recalls and corrections of sent notifications.

use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::{Acme, everyone};
use crate::harness::read_until;

async fn open_stream(acme: &Acme, token: &str) -> tokio::net::TcpStream {
    let mut stream = acme.server.connect().await;
    let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    read_until(&mut stream, "event: hello").await;
    stream
}

#[tokio::test]
async fn a_correction_reaches_open_bells_and_a_recall_empties_them() {
    let acme = Acme::start().await;
    let (ada, emi) = (acme.session("ada").await, acme.session("emi").await);
    let id = acme.send(everyone(), "Wrong").await["id"].as_str().unwrap().to_owned();
    let mut bell = open_stream(&acme, &emi).await;
    let correction = json!({"content": [{"language": "en", "title": "Right"}]});
    let sent = acme.fetch(Method::PUT, &format!("/notifications/{id}/content"), &ada, Some(correction)).await;
    assert!(sent["corrected_at"].is_string());
    assert_eq!(
        (&sent["sender"], &sent["corrected_by"], &sent["corrected_by_kind"]),
        (&json!("monitoring"), &json!("ada Example"), &json!("person"))
    );
    read_until(&mut bell, "-1-1\nevent: reset").await;
    let inbox = acme.fetch(Method::GET, "/inbox", &emi, None).await;
    assert_eq!(inbox["items"][0]["title"], "Right");
    assert!(inbox["items"][0]["corrected_at"].is_string());
    assert_eq!(inbox["items"][0]["corrected_by"], "ada Example");

    let recalled = acme.fetch(Method::POST, &format!("/notifications/{id}/recall"), &ada, None).await;
    assert_eq!(recalled["content"][0]["title"], "Right");
    assert!(recalled["recalled_at"].is_string());
    assert_eq!((&recalled["recalled_by"], &recalled["recalled_by_kind"]), (&json!("ada Example"), &json!("person")));
    read_until(&mut bell, "-1-2\nevent: reset").await;
    let inbox = acme.fetch(Method::GET, "/inbox", &emi, None).await;
    assert_eq!((&inbox["items"], &inbox["counts"]["unread"]), (&json!([]), &json!(0)));
    // The sender still sees it. A second recall by anyone changes nothing.
    assert_eq!(acme.fetch(Method::POST, &format!("/notifications/{id}/recall"), &acme.key, None).await, recalled);
    assert_eq!(acme.fetch(Method::POST, &format!("/notifications/{id}/recall"), &ada, None).await, recalled);
    assert_eq!(acme.fetch(Method::GET, &format!("/notifications/{id}"), &ada, None).await, recalled);
    let late = json!({"content": [{"language": "en", "title": "x"}]});
    assert_eq!(acme.try_fetch(Method::PUT, &format!("/notifications/{id}/content"), &ada, Some(late)).await.0, 404);
    assert_eq!(acme.fetch(Method::POST, &format!("/notifications/{id}/redeliver"), &ada, None).await["deliveries"], 0);
}

#[tokio::test]
async fn a_key_that_corrects_or_recalls_is_named() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let id = acme.send(everyone(), "Wrong").await["id"].as_str().unwrap().to_owned();
    for (token, title, name, kind) in [(&ada, "a", "ada Example", "person"), (&acme.key, "b", "monitoring", "key")] {
        let correction = json!({"content": [{"language": "en", "title": title}]});
        acme.fetch(Method::PUT, &format!("/notifications/{id}/content"), token, Some(correction)).await;
        let sent = acme.fetch(Method::GET, "/notifications", &ada, None).await["items"][0].clone();
        assert_eq!((&sent["corrected_by"], &sent["corrected_by_kind"], sent.get("recalled_by")), (&json!(name), &json!(kind), None));
    }
    let export = acme.call(Method::GET, "/inbox/export?format=csv").bearer_auth(&ada).send().await.unwrap().text().await.unwrap();
    let lines: Vec<_> = export.lines().collect();
    assert!(lines[0].ends_with(r#","through","corrected_at","corrected_by""#) && lines[1].ends_with(r#","monitoring""#), "{export}");
    acme.fetch(Method::POST, &format!("/notifications/{id}/recall"), &acme.key, None).await;
    let sent = acme.fetch(Method::GET, &format!("/notifications/{id}"), &ada, None).await;
    assert_eq!((&sent["recalled_by"], &sent["recalled_by_kind"]), (&json!("monitoring"), &json!("key")));
}

#[tokio::test]
async fn corrections_are_validated_like_sends() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let id = acme.send(everyone(), "Wrong").await["id"].as_str().unwrap().to_owned();
    let path = format!("/notifications/{id}/content");
    let faulty = json!({"content": [{"language": "en", "title": "", "link": "javascript:x"}]});
    let (status, problem) = acme.try_fetch(Method::PUT, &path, &ada, Some(faulty)).await;
    let faults: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
    assert_eq!((status, faults), (422, vec![&json!("/content/0/title"), &json!("/content/0/link")]));
    let emi = acme.session("emi").await;
    let stranger = acme.server.sign_in("other").await;
    for (token, status) in [(&emi, 403), (&stranger, 404)] {
        let fine = json!({"content": [{"language": "en", "title": "x"}]});
        assert_eq!(acme.try_fetch(Method::PUT, &path, token, Some(fine)).await.0, status);
        assert_eq!(acme.try_fetch(Method::POST, &format!("/notifications/{id}/recall"), token, None).await.0, status);
    }
    assert_eq!(acme.fetch(Method::GET, "/inbox", &emi, None).await["items"][0]["title"], "Wrong");
}
