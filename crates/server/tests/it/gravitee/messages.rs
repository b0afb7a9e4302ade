//! Messages to the holders of roles: recipients, texts, and rejected requests.

use reqwest::Method;
use serde_json::{Value, json};

use super::{BASE, Gravitee, code, portal_message};

#[tokio::test]
async fn roles_of_the_environment_count_each_person_once() {
    let gravitee = Gravitee::start().await;
    for (roles, people) in
        [(vec!["USER"], 2), (vec!["ADMIN", "API_PUBLISHER"], 1), (vec!["ADMIN", "USER", "NO_SUCH_ROLE"], 3), (vec!["NO_SUCH_ROLE"], 0)]
    {
        assert_eq!(gravitee.post("/messages", portal_message("ENVIRONMENT", &roles)).await, (200, json!(people)), "{roles:?}");
    }
    assert_eq!(gravitee.titles("bo").await, ["T", "T"]);
    // Any other combination reaches no one and is still recorded.
    let before = gravitee.stored_count().await;
    assert_eq!(gravitee.post("/messages", portal_message("APPLICATION", &["OWNER"])).await, (200, json!(0)));
    assert_eq!(gravitee.post("/apis/petstore/messages", portal_message("ENVIRONMENT", &["USER"])).await, (200, json!(0)));
    assert_eq!(gravitee.stored_count().await, before + 2);
    // A base path without organisation and environment uses the default ones.
    let short =
        gravitee.fetch(Method::POST, "/gravitee/management/messages", &gravitee.key, Some(portal_message("environment", &["USER"]))).await;
    assert_eq!(short, (200, json!(2)));
}

#[tokio::test]
async fn consumers_of_an_api_are_found_through_applications_and_groups() {
    let gravitee = Gravitee::start().await;
    for (roles, people) in [
        // Bo directly and Eve through the group. Di's application is pending and the other group's application is
        // archived, so neither counts.
        (vec!["OWNER"], 2),
        (vec!["PRIMARY_OWNER"], 1),
        (vec!["OWNER", "PRIMARY_OWNER"], 3),
        (vec!["API_SUBSCRIBERS"], 2),
        (vec!["API_SUBSCRIBERS", "OWNER"], 3),
        (vec!["USER"], 0),
    ] {
        assert_eq!(
            gravitee.post("/apis/petstore/messages", portal_message("APPLICATION", &roles)).await,
            (200, json!(people)),
            "{roles:?}"
        );
    }
    assert_eq!(gravitee.titles("cy").await, ["[Petstore] T", "[Petstore] T"]);
    assert_eq!(gravitee.post("/apis/lonely/messages", portal_message("APPLICATION", &["OWNER"])).await, (200, json!(0)));
}

#[tokio::test]
async fn errors_are_checked_in_gravitees_order() {
    let gravitee = Gravitee::start().await;
    for (path, body, expected) in [
        ("/messages", json!({}), (400, "message.empty")),
        ("/apis/nothing/messages", json!({"title": "", "text": ""}), (400, "message.empty")),
        ("/apis/nothing/messages", json!({"title": "T"}), (404, "api.notFound")),
        ("/messages", json!({"title": "T"}), (400, "message.recipient.invalid")),
        (
            "/messages",
            json!({"title": "T", "channel": "PORTAL", "recipient": {"role_scope": "ENVIRONMENT"}}),
            (400, "message.recipient.invalid"),
        ),
        (
            "/messages",
            json!({"title": "T", "channel": "PORTAL", "recipient": {"role_value": ["USER"]}}),
            (400, "message.recipient.invalid"),
        ),
        (
            "/messages",
            json!({"title": "T", "recipient": {"role_scope": "ENVIRONMENT", "role_value": ["USER"]}}),
            (400, "message.recipient.invalid"),
        ),
        ("/messages", json!({"title": "T", "channel": "HTTP", "recipient": {}}), (400, "message.recipient.invalid")),
        ("/messages", json!({"title": "T", "channel": "PIGEON"}), (400, "unexpected")),
        ("/messages", json!({"title": 7}), (400, "unexpected")),
        ("/nothing", json!({"title": "T"}), (404, "notFound")),
    ] {
        let answer = gravitee.post(path, body.clone()).await;
        assert_eq!(code(&answer), expected, "{path} {body}");
    }
    let none = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key).send().await.unwrap();
    assert_eq!(none.json::<Value>().await.unwrap()["technicalCode"], "message.empty");
    let anonymous = gravitee
        .server
        .http
        .post(gravitee.server.url(&format!("{BASE}/messages")))
        .json(&portal_message("ENVIRONMENT", &["USER"]))
        .send()
        .await;
    assert_eq!(anonymous.unwrap().status(), 401);
    let bo = gravitee.token("bo").await;
    let forbidden = gravitee.fetch(Method::POST, &format!("{BASE}/messages"), &bo, Some(portal_message("ENVIRONMENT", &["USER"]))).await;
    assert_eq!(code(&forbidden), (403, "forbidden"));
    let method = gravitee.fetch(Method::GET, &format!("{BASE}/messages"), &gravitee.key, None).await;
    assert_eq!(code(&method), (405, "methodNotAllowed"));
    assert_eq!(gravitee.stored_count().await, 0);
}

#[tokio::test]
async fn mail_counts_addresses_and_does_not_reach_inboxes() {
    let gravitee = Gravitee::start().await;
    let mut body = portal_message("ENVIRONMENT", &["USER"]);
    body["channel"] = json!("MAIL");
    assert_eq!(gravitee.post("/messages", body.clone()).await, (200, json!(1)));
    assert!(gravitee.titles("bo").await.is_empty());
    let store = &gravitee.server.running.store;
    let bo = store.find_person(gravitee.tenant.id, "bo").await.unwrap().unwrap();
    store.end_all_mail(gravitee.tenant.id, bo).await.unwrap();
    assert_eq!(gravitee.post("/messages", body).await, (200, json!(0)), "people who unsubscribed are not counted");
}

#[tokio::test]
async fn texts_are_complete_and_only_portal_titles_name_the_api() {
    let gravitee = Gravitee::start().await;
    let text = "x".repeat(4_000);
    let mut body = portal_message("APPLICATION", &["OWNER"]);
    body["text"] = json!(text);
    gravitee.post("/apis/petstore/messages", body.clone()).await;
    let token = gravitee.token("bo").await;
    let (_, list) = gravitee.fetch(Method::GET, "/gravitee/management/user/notifications", &token, None).await;
    assert_eq!((&list["data"][0]["title"], &list["data"][0]["message"]), (&json!("[Petstore] T"), &json!(text)));
    let (_, list) = gravitee.fetch(Method::GET, "/gravitee/portal/environments/DEFAULT/user/notifications", &token, None).await;
    assert_eq!(list["data"][0]["message"], text);
    body["channel"] = json!("MAIL");
    assert_eq!(gravitee.post("/apis/petstore/messages", body).await, (200, json!(2)));
    let newest = gravitee.server.running.store.notifications(gravitee.tenant.id, None, 1).await.unwrap();
    assert_eq!(newest[0].message.content[0].title, "T");
}

#[tokio::test]
async fn bodies_are_json_of_limited_size_and_may_omit_the_title() {
    let gravitee = Gravitee::start().await;
    let post = |kind: &'static str, body: Vec<u8>| {
        let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
        async move { request.header("content-type", kind).body(body).send().await.unwrap() }
    };
    let body = |changes: Value| {
        let mut body = portal_message("ENVIRONMENT", &["USER"]);
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body.to_string().into_bytes()
    };
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/problem+json", ""] {
        assert_eq!(post(kind, body(json!({}))).await.status(), 415, "{kind}");
    }
    let marked = [b"\xef\xbb\xbf".as_slice(), &body(json!({"title": null, "text": "Only a text"}))].concat();
    assert_eq!(post("application/json; charset=utf-8", marked).await.status(), 200, "a byte order mark is skipped");
    assert_eq!(gravitee.titles("bo").await, [""]);
    for changes in [json!({"title": "x".repeat(16_001)}), json!({"text": "x".repeat(64_001)})] {
        let answer = post("application/json", body(changes)).await;
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.json::<Value>().await.unwrap()["technicalCode"], "message.tooLong");
    }
    let request = gravitee.server.http.post(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key);
    let packed = request.header("content-type", "application/json").header("content-encoding", "gzip").body(body(json!({})));
    assert_eq!(packed.send().await.unwrap().status(), 415);
    let wrong = gravitee.server.http.put(gravitee.server.url(&format!("{BASE}/messages"))).bearer_auth(&gravitee.key).send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), wrong.headers()["allow"].to_str().unwrap()), (405, "POST"));
    let list = gravitee.server.url("/gravitee/management/user/notifications");
    let wrong = gravitee.server.http.put(list).bearer_auth(&gravitee.key).send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), wrong.headers()["allow"].to_str().unwrap()), (405, "GET, HEAD, DELETE"));
}
