//! Both forms of the list: pages, languages, and notifications of our own API.

use campanile_shared::{Recipients, SendRequest};
use serde_json::json;

use super::{Customer, body};

async fn send_numbered(customer: &Customer, count: usize) {
    for number in 1..=count {
        let content = json!([{"languageTag": "en-US", "title": format!("Number {number}"), "description": "d"}]);
        let answer = customer.create(&[], &body(json!({"content": content, "eventId": number.to_string()}))).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
    }
}

#[tokio::test]
async fn both_lists_continue_over_three_pages() {
    let customer = Customer::new().await;
    send_numbered(&customer, 205).await;
    let header = ["Citrix-CustomerId: Acme"];
    for (path, headers) in [("/citrix/acme/notifications", &[][..]), ("/citrix/Notifications", &header[..])] {
        let mut numbers = Vec::new();
        let mut sizes = Vec::new();
        let mut token = None::<String>;
        loop {
            let query = token.map(|token| format!("?continuationToken={token}")).unwrap_or_default();
            let answer = customer.get(&format!("{path}{query}"), headers).await;
            assert_eq!(answer.status(), 200, "{answer:?}");
            let page = answer.json();
            let items = page["items"].as_array().unwrap();
            sizes.push(items.len());
            numbers.extend(items.iter().map(|item| item["eventId"].as_str().unwrap().parse::<usize>().unwrap()));
            token = page.get("continuationToken").map(|token| token.as_str().unwrap().to_owned());
            // A notification that arrives between two pages does not shift the list.
            if token.is_none() {
                break;
            }
            assert!(sizes.len() < 5, "the list does not end");
        }
        assert_eq!(sizes, [100, 100, 5], "{path}");
        assert_eq!(numbers, (1..=205).rev().collect::<Vec<_>>(), "{path}");
    }
}

#[tokio::test]
async fn a_full_last_page_has_no_token() {
    let customer = Customer::new().await;
    let empty = customer.get("/citrix/acme/notifications", &[]).await;
    assert_eq!(empty.body, r#"{"items":[]}"#);
    send_numbered(&customer, 100).await;
    let page = customer.get("/citrix/acme/notifications", &[]).await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 100);
    assert_eq!(page.get("continuationToken"), None);
}

#[tokio::test]
async fn an_item_repeats_the_request_and_has_texts_in_the_chosen_language() {
    let customer = Customer::new().await;
    let content = json!([
        {"languageTag": "fr", "title": "Bonjour", "description": "fr"},
        {"languageTag": "de", "title": "Hallo", "description": "de", "detailUri": "https://a.example"},
        {"languageTag": "en-us", "title": "Hello", "description": "en"},
    ]);
    let changes = json!({
        "destinationAdmin": "00u1A2b3", "createdDate": "2024-02-29T23:59:59.1234567+00:00", "severity": "Error", "priority": "Urgent",
        "content": content, "categories": [], "data": "text", "externalId": "x", "suppressEmail": true,
    });
    let echo = customer.create(&[], &body(changes)).await.body;
    let check = async |headers: &[&str], title: &str, description: &str| {
        let answer = customer.get("/citrix/acme/notifications", headers).await;
        let item = format!(r#"{},"title":"{title}","description":"{description}"}}"#, echo.strip_suffix('}').unwrap());
        assert_eq!(answer.body, format!(r#"{{"items":[{item}]}}"#), "{headers:?}");
    };
    check(&["X-CC-Locale: de-DE"], "Hallo", "de").await;
    check(&["X-CC-Locale: de-DE", "Accept-Language: fr"], "Hallo", "de").await;
    check(&["Accept-Language: ja, fr;q=0.5"], "Bonjour", "fr").await;
    check(&["X-CC-Locale: ja", "Accept-Language: *"], "Hello", "en").await;
    check(&[], "Hello", "en").await;
}

#[tokio::test]
async fn without_the_language_the_first_entry_is_shown() {
    let customer = Customer::new().await;
    let content = json!([{"languageTag": "fr", "title": "Bonjour", "description": "fr"}, {"languageTag": "de", "title": "Hallo", "description": "de"}]);
    customer.create(&[], &body(json!({"content": content}))).await;
    let page = customer.get("/citrix/acme/notifications", &["X-CC-Locale: ja"]).await.json();
    assert_eq!(page["items"][0]["title"], "Bonjour");
}

#[tokio::test]
async fn notifications_of_our_own_api_are_listed() {
    let customer = Customer::new().await;
    let draft: SendRequest = serde_json::from_value(json!({
        "to": [{"kind": "everyone"}], "severity": "warning", "priority": "low",
        "content": [{"language": "en", "title": "Ours"}],
    }))
    .unwrap();
    let to_one = SendRequest { to: vec![Recipients::Person { person: "bo".into() }], ..draft.clone() };
    for draft in [draft, to_one] {
        customer.server.running.campanile.send(&customer.actor().await, draft, None).await.unwrap();
    }
    let items = customer.get("/citrix/acme/notifications", &[]).await.json()["items"].clone();
    assert_eq!((&items[0]["destinationAdmin"], &items[1]["destinationAdmin"]), (&json!("bo"), &json!("*")));
    let item = &items[1];
    assert_eq!(
        (&item["component"], &item["eventId"], &item["categories"], &item["data"]),
        (&json!(null), &json!(null), &json!(null), &json!(null))
    );
    assert_eq!(
        (&item["severity"], &item["priority"], &item["title"], &item["suppressEmail"]),
        (&json!("Warning"), &json!("Low"), &json!("Ours"), &json!(false))
    );
    let date = item["createdDate"].as_str().unwrap();
    assert!(chrono::DateTime::parse_from_rfc3339(date).is_ok() && date.len() <= "2018-04-22T21:11:25.0060000Z".len(), "{date}");
}

#[tokio::test]
async fn a_head_request_is_answered_without_a_body() {
    let customer = Customer::new().await;
    send_numbered(&customer, 1).await;
    let request = format!(
        "HEAD /citrix/acme/notifications HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: CwsAuth bearer={}\r\n\r\n",
        customer.key
    );
    let mut connection = tokio::net::TcpStream::connect(customer.server.running.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut connection, request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut connection, &mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
}
