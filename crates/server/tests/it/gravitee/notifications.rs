//! A person's own notifications, in the console's and the portal's API.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Gravitee, code, portal_message};

#[tokio::test]
async fn a_person_lists_and_deletes_their_notifications() {
    let gravitee = Gravitee::start().await;
    let bo = gravitee.token("bo").await;
    let path = "/gravitee/management/organizations/DEFAULT/user/notifications";
    let empty = gravitee.fetch(Method::GET, path, &bo, None).await;
    assert_eq!(empty, (200, json!({"data": [], "page": {"current": 1, "per_page": 0, "size": 0, "total_pages": 0, "total_elements": 0}})));
    for title in ["first", "second", "third"] {
        let mut body = portal_message("ENVIRONMENT", &["USER"]);
        body["title"] = json!(title);
        gravitee.post("/messages", body).await;
    }
    let (_, list) = gravitee.fetch(Method::GET, path, &bo, None).await;
    assert_eq!(list["page"], json!({"current": 1, "per_page": 3, "size": 3, "total_pages": 1, "total_elements": 3}));
    assert_eq!((&list["data"][0]["title"], &list["data"][0]["message"]), (&json!("first"), &json!("X")));
    assert!(list["data"][0]["created_at"].as_i64().unwrap() > 1_700_000_000_000);
    let portal = |query: &str| format!("/gravitee/portal/environments/DEFAULT/user/notifications{query}");
    for (query, titles) in [
        ("", vec!["third", "second", "first"]),
        ("?size=2", vec!["third", "second"]),
        ("?page=2&size=2", vec!["first"]),
        ("?size=-1", vec!["third", "second", "first"]),
        ("?size=0", vec![]),
    ] {
        let (status, page) = gravitee.fetch(Method::GET, &portal(query), &bo, None).await;
        let found: Vec<_> = page["data"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect();
        assert_eq!((status, found), (200, titles), "{query}");
        // A list of all items has no pages.
        let own = if query == "?size=-1" { Value::Null } else { json!(gravitee.server.url(&portal(query))) };
        assert_eq!(page["links"]["self"], own, "{query}");
    }
    assert_eq!(gravitee.fetch(Method::GET, &portal("?size=-2"), &bo, None).await.0, 400);
    // Ids are case-insensitive. A person can delete only their own notifications.
    let first = list["data"][0]["id"].as_str().unwrap().to_uppercase();
    assert_eq!(gravitee.fetch(Method::DELETE, &format!("{path}/{first}"), &bo, None).await.0, 204);
    let again = gravitee.fetch(Method::DELETE, &format!("{path}/{first}"), &bo, None).await;
    assert_eq!(code(&again), (404, "notification.portal.notFound"));
    assert_eq!(again.1["message"], format!("Portal notification [{first}] cannot be found."));
    assert_eq!(gravitee.fetch(Method::DELETE, path, &bo, None).await.0, 204);
    assert!(gravitee.titles("bo").await.is_empty());
    assert_eq!(gravitee.titles("fay").await.len(), 3);
}

#[tokio::test]
async fn portal_pages_outside_the_list_are_refused() {
    let gravitee = Gravitee::start().await;
    let bo = gravitee.token("bo").await;
    let path = "/gravitee/portal/environments/DEFAULT/user/notifications";
    let ask = async |query: &str| gravitee.fetch(Method::GET, &format!("{path}{query}"), &bo, None).await;
    let refused = async |query: &str| {
        let (status, answer) = ask(query).await;
        assert_eq!((status, &answer["errors"][0]["code"]), (400, &json!("errors.pagination.invalid")), "{query} {answer}");
    };
    let (status, empty) = ask("").await;
    assert_eq!((status, empty["links"].as_object().unwrap().len()), (200, 1), "{empty}");
    for _ in 0..5 {
        assert_eq!(gravitee.post("/messages", portal_message("ENVIRONMENT", &["USER"])).await.0, 200);
    }
    for query in ["?page=0", "?page=-1", "?page=2", "?page=4&size=2", "?page=9223372036854775807", "?size=-2"] {
        refused(query).await;
    }
    let links = async |query: &str| ask(query).await.1["links"].clone();
    let link = |query: &str| json!(gravitee.server.url(&format!("{path}{query}")));
    let (first, last) = (link("?size=2&page=1"), link("?size=2&page=3"));
    let own = link("?page=1&size=2");
    assert_eq!(links("?page=1&size=2").await, json!({"self": own, "first": first, "next": link("?size=2&page=2"), "last": last}));
    let own = link("?page=2&size=2");
    assert_eq!(links("?page=2&size=2").await, json!({"self": own, "first": first, "prev": first, "next": last, "last": last}));
    let own = link("?page=3&size=2");
    assert_eq!(links("?page=3&size=2").await, json!({"self": own, "first": first, "prev": link("?size=2&page=2"), "last": last}));
    let (_, all) = ask("?size=-1").await;
    assert_eq!((all["data"].as_array().unwrap().len(), &all["metadata"], &all["links"]), (5, &json!({"data": {"total": 5}}), &Value::Null));
    let (_, none) = ask("?size=0").await;
    assert_eq!((none["data"].as_array().unwrap().len(), &none["metadata"]["data"]["total"]), (0, &json!(5)));
}
