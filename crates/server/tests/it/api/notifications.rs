use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{Acme, everyone, send_request};

#[tokio::test]
async fn a_send_reaches_its_recipients() {
    let acme = Acme::start().await;
    let (ada, emi) = (acme.session("ada").await, acme.session("emi").await);
    for (to, people) in [
        (everyone(), 3),
        (json!([{"kind": "administrators"}]), 2),
        (json!([{"kind": "person", "person": "EMI"}]), 1),
        (json!([{"kind": "person", "person": "citrix:emi-1"}, {"kind": "everyone"}]), 3),
        (json!([{"kind": "role", "object": "environment:DEFAULT", "relation": "ADMIN"}]), 0),
    ] {
        let counted = acme.fetch(Method::POST, "/audience", &acme.key, Some(json!({"to": to}))).await;
        assert_eq!(counted["people"], people, "{to}");
        let receipt = acme.send(to, &format!("To {people}")).await;
        assert_eq!(receipt["recipients"], people);
    }
    let titles = async |token: &str| {
        let page = acme.fetch(Method::GET, "/inbox", token, None).await;
        page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles(&ada).await, ["To 3", "To 2", "To 3"]);
    assert_eq!(titles(&emi).await, ["To 3", "To 1", "To 3"]);
}

#[tokio::test]
async fn an_idempotency_key_sends_once() {
    let acme = Acme::start().await;
    let send = |key: &'static str, body: Value| {
        acme.call(Method::POST, "/notifications").bearer_auth(&acme.key).header("idempotency-key", key).json(&body).send()
    };
    let first = send("a", send_request(everyone(), "Once")).await.unwrap();
    assert_eq!(first.status(), StatusCode::CREATED);
    let location = first.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let first: Value = first.json().await.unwrap();
    assert_eq!(location, format!("/api/v1/notifications/{}", first["id"].as_str().unwrap()));
    let again: Value = send("a", send_request(everyone(), "Once")).await.unwrap().json().await.unwrap();
    assert_eq!(again, first);
    let other = send("a", send_request(everyone(), "Something else")).await.unwrap();
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.json::<Value>().await.unwrap()["type"], "/problems/idempotency-key-reused");
    assert_eq!(send("b", send_request(everyone(), "Once")).await.unwrap().status(), StatusCode::CREATED);
    let sent = acme.fetch(Method::GET, "/notifications", &acme.key, None).await;
    assert_eq!(sent["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn sending_and_listing_need_the_right_to_send() {
    let acme = Acme::start().await;
    let (ada, emi) = (acme.session("ada").await, acme.session("emi").await);
    let body = || Some(send_request(everyone(), "Hello"));
    assert_eq!(acme.try_fetch(Method::POST, "/notifications", &ada, body()).await.0, 201);
    for (method, path, body) in [
        (Method::POST, "/notifications", body()),
        (Method::GET, "/notifications", None),
        (Method::GET, "/people", None),
        (Method::POST, "/audience", Some(json!({"to": []}))),
    ] {
        assert_eq!(acme.try_fetch(method, path, &emi, body).await.0, 403, "{path}");
    }
    assert_eq!(acme.fetch(Method::GET, "/me", &emi, None).await["may_send"], false);
    // A key has no inbox.
    assert_eq!(acme.try_fetch(Method::GET, "/inbox", &acme.key, None).await.0, 403);
    let found = acme.fetch(Method::GET, "/people?q=exa&limit=2", &ada, None).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn sent_notifications_are_listed_page_by_page() {
    let acme = Acme::start().await;
    for number in 0..5 {
        acme.send(everyone(), &format!("Number {number}")).await;
    }
    let mut titles = Vec::new();
    let mut path = "/api/v1/notifications?limit=2".to_owned();
    loop {
        let response = acme.server.get(&path).bearer_auth(&acme.key).send().await.unwrap();
        let link = response.headers().get(header::LINK).map(|link| link.to_str().unwrap().to_owned());
        let page: Value = response.json().await.unwrap();
        titles.extend(page["items"].as_array().unwrap().iter().map(|sent| sent["content"][0]["title"].as_str().unwrap().to_owned()));
        assert_eq!(link.is_some(), page["next"].is_string());
        let Some(link) = link else { break };
        path = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    assert_eq!(titles, ["Number 4", "Number 3", "Number 2", "Number 1", "Number 0"]);
}

#[tokio::test]
async fn a_repeat_gets_the_first_response_after_a_recipient_left() {
    let acme = Acme::start().await;
    let once = async |title: &str| {
        let body = json!({"to": [{"kind": "person", "person": "bo"}, {"kind": "person", "person": "emi"}], "content": [{"language": "en", "title": title}]});
        let response = acme.call(Method::POST, "/notifications").bearer_auth(&acme.key).header("idempotency-key", "once").json(&body);
        let response = response.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let first = once("Hello").await;
    assert_eq!((first.0, &first.1["recipients"]), (201, &json!(2)));
    let store = &acme.server.running.store;
    let bo = store.find_person(acme.tenant.id, "bo").await.unwrap().unwrap();
    store.remove_person(acme.tenant.id, bo).await.unwrap();
    assert_eq!(once("Hello").await, first);
    assert_eq!(once("Another").await.0, 422);
}

#[tokio::test]
async fn sends_by_people_and_by_keys_are_distinguished() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    for sender in [&ada, &acme.key] {
        acme.fetch(Method::POST, "/notifications", sender, Some(send_request(everyone(), "Hello"))).await;
    }
    let sent = acme.fetch(Method::GET, "/notifications", &ada, None).await;
    let kinds: Vec<_> = sent["items"].as_array().unwrap().iter().map(|item| &item["sender_kind"]).collect();
    assert_eq!(kinds, ["key", "person"]);
}
