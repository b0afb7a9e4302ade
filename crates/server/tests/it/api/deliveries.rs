//! Deliveries of our own API: POSTs, mail and scheduled notifications.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, http::HeaderMap, http::StatusCode, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::time::{Instant, interval};

use super::{Acme, everyone, send_request};
use crate::harness::{PATIENCE, Server, serve_routes};

/// A receiver on loopback that records what it gets.
struct Receiver {
    url: String,
    received: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

impl Receiver {
    /// Starts a receiver that responds with these status codes, and then with 204.
    async fn responding_with(answers: Vec<StatusCode>) -> Self {
        let received = Arc::<Mutex<Vec<(HeaderMap, Bytes)>>>::default();
        let recorder = received.clone();
        let answer = move |headers: HeaderMap, body: Bytes| {
            let mut received = recorder.lock().unwrap();
            received.push((headers, body));
            let answer = answers.get(received.len() - 1).copied().unwrap_or(StatusCode::NO_CONTENT);
            async move { answer }
        };
        let url = format!("{}/hook?token=secret", serve_routes(Router::new().route("/hook", post(answer))).await);
        Self { url, received }
    }
}

async fn acme() -> Acme {
    Acme::on(Server::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await).await
}

/// Waits until this many deliveries of a notification are final; returns the deliveries.
async fn wait_for_final_deliveries(acme: &Acme, id: &Value, count: u64) -> Value {
    let path = format!("/notifications/{}/deliveries", id.as_str().unwrap());
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(std::time::Duration::from_millis(20)));
    loop {
        let page = acme.fetch(Method::GET, &path, &acme.key, None).await;
        let counts = &page["counts"];
        if ["delivered", "rejected", "given_up"].iter().map(|state| counts[state].as_u64().unwrap()).sum::<u64>() >= count {
            return page;
        }
        assert!(Instant::now() < deadline, "{page}");
        pause.tick().await;
    }
}

fn http(url: &str) -> Value {
    json!({"channel": "http", "http": {"url": url, "headers": [{"name": "X-Token", "value": "t"}], "body": "{\"a\":1}"},
        "content": [{"language": "en", "title": "Hello"}]})
}

#[tokio::test]
async fn a_post_arrives_once_with_its_headers_and_is_reported() {
    let (acme, receiver) = (acme().await, Receiver::responding_with(Vec::new()).await);
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(http(&receiver.url))).await;
    assert_eq!(receipt["recipients"], 1);
    let page = wait_for_final_deliveries(&acme, &receipt["id"], 1).await;
    let item = &page["items"][0];
    assert_eq!((&item["state"], &item["channel"]), (&json!("delivered"), &json!("http")));
    assert!(item["target"].as_str().unwrap().ends_with("/hook?…"), "{item}");
    assert!(item["attempts"][0]["answer"].as_str().unwrap().contains("204"), "{item}");
    let received = receiver.received.lock().unwrap();
    assert_eq!(received.len(), 1);
    assert_eq!((received[0].0["x-token"].to_str().unwrap(), &received[0].1[..]), ("t", &b"{\"a\":1}"[..]));
    assert_eq!(received[0].0["content-type"], "application/json");
    assert_eq!(received[0].0["webhook-id"], item["id"].as_str().unwrap());
}

#[tokio::test]
async fn a_post_with_a_secret_is_signed() {
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let (acme, receiver) = (acme().await, Receiver::responding_with(Vec::new()).await);
    let mut body = http(&receiver.url);
    body["http"]["secret"] = json!(SECRET);
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(body.clone())).await;
    let page = wait_for_final_deliveries(&acme, &receipt["id"], 1).await;
    assert!(!page.to_string().contains("whsec_"), "{page}");
    let (headers, sent) = receiver.received.lock().unwrap()[0].clone();
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let signed = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), str::from_utf8(&sent).unwrap());
    // Standard Webhooks: the key is the base64 text after the prefix.
    let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(signed.as_bytes());
    assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));

    body["http"]["secret"] = json!("secret");
    let (status, refused) = acme.try_fetch(Method::POST, "/notifications", &acme.key, Some(body)).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/http/secret")));
}

#[tokio::test]
async fn a_rejected_post_is_stored_and_can_be_redelivered() {
    let (acme, receiver) = (acme().await, Receiver::responding_with(vec![StatusCode::GONE]).await);
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(http(&receiver.url))).await;
    let id = &receipt["id"];
    assert_eq!(wait_for_final_deliveries(&acme, id, 1).await["counts"]["rejected"], 1);
    let again = acme.fetch(Method::POST, &format!("/notifications/{}/redeliver", id.as_str().unwrap()), &acme.key, None).await;
    assert_eq!(again["deliveries"], 1);
    let page = wait_for_final_deliveries(&acme, id, 1).await;
    assert_eq!(page["counts"]["delivered"], 1);
    assert_eq!(page["items"][0]["attempts"].as_array().unwrap().len(), 2);
    let received = receiver.received.lock().unwrap();
    assert_eq!(received[0].0["webhook-id"], received[1].0["webhook-id"]);
}

#[tokio::test]
async fn private_targets_and_broken_headers_are_refused() {
    let receiver = Receiver::responding_with(Vec::new()).await;
    let acme = Acme::start().await;
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(http(&receiver.url))).await;
    assert_eq!(wait_for_final_deliveries(&acme, &receipt["id"], 1).await["counts"]["rejected"], 1);
    let (name, value) = ("/http/headers/0/name", "/http/headers/0/value");
    let reserved = [
        "Host",
        "Connection",
        "Content-Length",
        "Expect",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    ];
    let breaking = [
        ("X-A", "a\r\nB: c", value),
        ("X-A", "a\r", value),
        ("X-A", "a\nb", value),
        ("X-A", "a\u{0}", value),
        ("X-A\n", "a", name),
        ("X-A\r\nHost", "a", name),
        ("\u{0}", "a", name),
    ];
    let cases = breaking.map(|(name, value, at)| (name, value, at, 400)).into_iter();
    for (name, value, pointer, refused) in cases.chain(reserved.map(|reserved| (reserved, "close", name, 422))) {
        let mut body = http(&receiver.url);
        body["http"]["headers"] = json!([{"name": name, "value": value}]);
        let (status, problem) = acme.try_fetch(Method::POST, "/notifications", &acme.key, Some(body)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (refused, &json!(pointer)), "{name:?} {value:?}");
    }
    assert!(receiver.received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn mail_goes_to_each_address_once_and_has_one_click_unsubscribe() {
    let acme = acme().await;
    let campanile = &acme.server.running.campanile;
    for login in ["mia", "max"] {
        let person = json!({"person": {"login": login, "email": format!("{login}@acme.example"), "languages": ["de"]}});
        let ada = acme.session("ada").await;
        acme.fetch(Method::PUT, "/directory", &ada, Some(person)).await;
    }
    let mut body = send_request(everyone(), "Wartung");
    body["channel"] = json!("email");
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(body)).await;
    let page = wait_for_final_deliveries(&acme, &receipt["id"], 2).await;
    assert_eq!(page["counts"], json!({"pending": 0, "delivered": 2, "rejected": 0, "given_up": 0}));
    let mut people: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["person"].as_str().unwrap()).collect();
    people.sort_unstable();
    assert_eq!(people, ["max", "mia"]);
    // It is in no inbox.
    let ada = acme.session("ada").await;
    assert!(acme.fetch(Method::GET, "/inbox", &ada, None).await["items"].as_array().unwrap().is_empty());

    // Mia turns on mail for warnings, gets one and unsubscribes by its link.
    let mia = acme.server.running.store.find_person(acme.tenant.id, "mia").await.unwrap().unwrap();
    let session = acme.session("mia").await;
    acme.fetch(Method::PUT, "/me/preferences", &session, Some(json!({"mail": ["warning"]}))).await;
    let mut warning = send_request(everyone(), "Achtung");
    warning["severity"] = json!("warning");
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(warning)).await;
    assert_eq!(wait_for_final_deliveries(&acme, &receipt["id"], 1).await["items"][0]["person"], "mia");
    let person = acme.server.running.store.person(acme.tenant.id, mia).await.unwrap().unwrap();
    let token = campanile.unsubscribe_token(&person).await.unwrap();
    let link = acme.server.url(&format!("/unsubscribe?token={token}"));
    let asked = acme.server.http.get(&link).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    assert!(asked.headers().contains_key("content-security-policy"));
    for (wanted, opening, word) in [
        ("de-CH, en;q=0.5", "<html lang=\"de\" dir=\"ltr\">", "abbestellen"),
        ("ar", "<html lang=\"ar\" dir=\"rtl\">", "إلغاء الاشتراك"),
        ("xx", "<html lang=\"en\" dir=\"ltr\">", ">Unsubscribe<"),
    ] {
        let page = acme.server.http.get(&link).header("accept-language", wanted).send().await.unwrap().text().await.unwrap();
        assert!(page.contains(opening) && page.contains(word), "{wanted}: {page}");
    }
    let preferences = || acme.server.running.store.preferences(acme.tenant.id, mia);
    assert!(!preferences().await.unwrap().mail.is_empty(), "opening the link does not unsubscribe");
    for _ in 0..2 {
        let ended = acme.server.http.post(&link).header("accept-language", "de").body("List-Unsubscribe=One-Click").send().await.unwrap();
        assert_eq!(ended.status(), 200);
        assert!(ended.text().await.unwrap().contains("keine Benachrichtigungen mehr"));
        assert!(preferences().await.unwrap().mail.is_empty());
    }
    // She no longer gets mail that a sender addresses to everyone, either.
    let mut everybody = send_request(everyone(), "An alle");
    everybody["channel"] = json!("email");
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(everybody)).await;
    assert_eq!(receipt["recipients"], 1);
    let page = wait_for_final_deliveries(&acme, &receipt["id"], 2).await;
    let mut states: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| (item["person"].as_str(), item["state"].as_str())).collect();
    states.sort_unstable();
    assert_eq!(states, [(Some("max"), Some("delivered")), (Some("mia"), Some("rejected"))]);
    let left_out = page["items"].as_array().unwrap().iter().find(|item| item["person"] == "mia").unwrap();
    assert_eq!(left_out["attempts"][0]["answer"], "the recipient has ended all mail");
    // The token works only here, and no other token works here.
    assert_eq!(acme.try_fetch(Method::GET, "/me", &token, None).await.0, 401);
    let wrong = acme.server.http.post(acme.server.url(&format!("/unsubscribe?token={session}"))).send().await.unwrap();
    assert_eq!(wrong.status(), 404);
}

#[tokio::test]
async fn scheduled_notifications_are_listed_page_by_page_and_can_be_sent_early() {
    let acme = acme().await;
    let now = acme.server.running.campanile.now();
    for days in [3, 1, 2] {
        let mut body = send_request(everyone(), &format!("In {days} days"));
        body["not_before"] = json!(now + chrono::TimeDelta::days(days));
        acme.fetch(Method::POST, "/notifications", &acme.key, Some(body)).await;
    }
    let (mut titles, mut path) = (Vec::new(), "/scheduled?limit=2".to_owned());
    let mut ids = Vec::new();
    loop {
        let page = acme.fetch(Method::GET, &path, &acme.key, None).await;
        for item in page["items"].as_array().unwrap() {
            titles.push(item["content"][0]["title"].as_str().unwrap().to_owned());
            ids.push(item["id"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/scheduled?limit=2&cursor={next}");
    }
    assert_eq!(titles, ["In 1 days", "In 2 days", "In 3 days"]);
    assert_eq!(acme.try_fetch(Method::GET, "/scheduled?cursor=7", &acme.key, None).await.0, 400);
    let send = format!("/scheduled/{}/send", ids[2]);
    let sent = acme.fetch(Method::POST, &send, &acme.key, None).await;
    assert_eq!((&sent["id"], &sent["sequence"]), (&json!(ids[2]), &json!(1)));
    assert_eq!(acme.try_fetch(Method::POST, &send, &acme.key, None).await.0, 404);
    let ada = acme.session("ada").await;
    assert_eq!(acme.try_fetch(Method::POST, &format!("/scheduled/{}/send", ids[0]), &acme.session("emi").await, None).await.0, 403);
    assert_eq!(acme.fetch(Method::GET, "/inbox", &ada, None).await["items"][0]["title"], "In 3 days");
}

#[tokio::test]
async fn a_scheduled_notification_waits_and_can_be_cancelled() {
    let acme = acme().await;
    let mut body = send_request(everyone(), "Tomorrow");
    let at = acme.server.running.campanile.now() + chrono::TimeDelta::days(1);
    body["not_before"] = json!(at);
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(body.clone())).await;
    assert_eq!((&receipt["sequence"], &receipt["not_before"]), (&json!(0), &json!(at)));
    let listed = acme.fetch(Method::GET, "/scheduled", &acme.key, None).await;
    assert_eq!(listed["items"][0]["id"], receipt["id"]);
    let ada = acme.session("ada").await;
    assert!(acme.fetch(Method::GET, "/inbox", &ada, None).await["items"].as_array().unwrap().is_empty());
    let path = format!("/scheduled/{}", receipt["id"].as_str().unwrap());
    assert_eq!(acme.try_fetch(Method::DELETE, &path, &acme.key, None).await.0, 204);
    assert_eq!(acme.try_fetch(Method::DELETE, &path, &acme.key, None).await.0, 404);
    // A time in the past means now.
    body["not_before"] = json!("2020-01-01T00:00:00Z");
    assert_eq!(acme.fetch(Method::POST, "/notifications", &acme.key, Some(body)).await["sequence"], 1);
}
