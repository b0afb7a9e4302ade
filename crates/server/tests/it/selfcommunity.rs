//! The SelfCommunity dialect, against the whole server and its store.

mod banners;
mod exchanges;
mod lists;

use campanile_domain::{Operator, Scope, Tenant, TenantSettings, model::access::Actor};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::harness::{PATIENCE, Server, client};

/// A community: an administrator, members 0, 3 and 7, and their connections.
struct Community {
    server: Server,
    tenant: Tenant,
    key: String,
}

const BASE: &str = "/selfcommunity/api/v2/notification";
/// A host name that may be bound to the dialect.
const BOUND: &str = "sc.example";

impl Community {
    async fn start() -> Self {
        Self::with(json!({})).await
    }

    async fn with(settings: Value) -> Self {
        let server = Server::with(settings).await;
        let campanile = &server.running.campanile;
        let tenant = campanile.create_tenant(Operator, "community", TenantSettings::default()).await.unwrap();
        let key = server.create_key(&tenant, "backend", &[Scope::Admin]).await;
        let by = Actor::Sender(campanile.sender(&key).await.unwrap());
        let member = |login: &str, id: u32| json!({"person": {"login": login, "external_ids": [format!("selfcommunity:{id}")]}});
        let relation =
            |object: &str, relation: &str, subject: &str| json!({"relation": {"object": object, "relation": relation, "subject": subject}});
        for record in [
            member("zoe", 0),
            member("tom", 3),
            member("sue", 7),
            member("boss", 100),
            relation("tenant", "administrator", "person:boss"),
            relation("person:selfcommunity:0", "follower", "person:tom"),
            relation("person:selfcommunity:0", "follower", "person:sue"),
            relation("person:selfcommunity:0", "friend", "person:sue"),
            relation("person:selfcommunity:3", "follower", "person:zoe"),
        ] {
            campanile.put_record(&by, serde_json::from_value(record).unwrap()).await.unwrap();
        }
        Self { server, tenant, key }
    }

    async fn token(&self, login: &str) -> String {
        let campanile = &self.server.running.campanile;
        campanile.create_personal_token(&Operator.on(&self.tenant), login, std::time::Duration::from_secs(3600)).await.unwrap().secret
    }

    async fn fetch(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.server.http.request(method, self.server.url(&format!("{BASE}{path}"))).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
    }

    /// Fetches an absolute URL, as a client does that follows links.
    async fn follow(&self, url: &str, token: &str) -> (u16, Value) {
        let response = self.bound().get(url).bearer_auth(token).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    /// A client that resolves [`BOUND`] to this server.
    fn bound(&self) -> reqwest::Client {
        client().timeout(PATIENCE).resolve(BOUND, self.server.running.address).build().unwrap()
    }

    async fn notify(&self, body: Value) -> (u16, Value) {
        self.fetch(Method::POST, "/notify/", &self.key, Some(body)).await
    }

    /// Sends a notification to everyone.
    async fn broadcast(&self, content: Value) {
        let draft = json!({"to": [{"kind": "everyone"}], "content": [content]});
        let campanile = &self.server.running.campanile;
        let by = Actor::Sender(campanile.sender(&self.key).await.unwrap());
        campanile.send(&by, serde_json::from_value(draft).unwrap(), None).await.unwrap();
    }

    async fn unseen_count(&self, login: &str) -> Value {
        self.fetch(Method::GET, "/unseen/count/", &self.token(login).await, None).await.1["count"].clone()
    }
}

/// The body of the vendor's documentation, with a value for its placeholder.
fn documented() -> Value {
    json!({
        "recipients_type": "connections",
        "type": "string",
        "embed": {"embed_type": "string", "embed_id": "string", "url": "https://example.com", "metadata": "{}"},
        "title": "string",
        "description": "string",
        "user": 0
    })
}

#[tokio::test]
async fn connections_or_the_member_are_notified() {
    let community = Community::start().await;
    assert_eq!(community.notify(documented()).await, (204, Value::Null));
    for (login, count) in [("tom", 1), ("sue", 1), ("zoe", 0), ("boss", 0)] {
        assert_eq!(community.unseen_count(login).await, count, "{login}");
    }
    let mut body = documented();
    body["recipients_type"] = json!("user");
    assert_eq!(community.notify(body).await.0, 204);
    assert_eq!(community.unseen_count("zoe").await, 1);
    // The default is connections; in communities with friendships, friends.
    let store = &community.server.running.store;
    let settings = TenantSettings { connections: "friend".to_owned(), ..TenantSettings::default() };
    store.set_tenant_settings(community.tenant.id, settings).await.unwrap();
    assert_eq!(community.notify(json!({"type": "x", "title": null, "description": null, "user": 0})).await.0, 204);
    assert_eq!((community.unseen_count("tom").await, community.unseen_count("sue").await), (json!(1), json!(2)));
}

#[tokio::test]
async fn a_body_is_json_under_either_type_or_a_form() {
    let community = Community::start().await;
    let post = |kind: &'static str, body: String, path: &'static str| {
        let request = community.server.http.post(community.server.url(&format!("{BASE}{path}"))).bearer_auth(&community.key);
        request.header(header::CONTENT_TYPE, kind).body(body).send()
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(post(form, documented().to_string(), "/notify/").await.unwrap().status(), 204);
    assert_eq!(post("application/json", documented().to_string(), "/notify").await.unwrap().status(), 204);
    let fields = "type=wishlist&title=A%20title&description=&user=0&embed=%7B%22embed_type%22%3A%22item%22%2C%22embed_id%22%3A7%7D";
    assert_eq!(post(form, fields.to_owned(), "/notify/").await.unwrap().status(), 204);
    assert_eq!(community.unseen_count("tom").await, 3);
    for (open, close) in [(".", ""), ("%5B", "%5D")] {
        let parts = |kind: &str| {
            let part = |name: &str, value: &str| format!("&embed{open}{name}{close}={value}");
            let embed = part("embed_type", kind) + &part("embed_id", "7") + &part("url", "https%3A%2F%2Fa.example%2F");
            format!("type=wishlist&title=In%20parts&user=3&recipients_type=user{embed}")
        };
        assert_eq!(post(form, parts("sc_link"), "/notify/").await.unwrap().status(), 400, "{open}");
        assert_eq!(post(form, parts("item"), "/notify/").await.unwrap().status(), 204, "{open}");
        let (_, list) = community.fetch(Method::GET, "/", &community.token("tom").await, None).await;
        let newest = &list["results"][0]["aggregated"][0]["custom_notification"];
        assert_eq!(newest["embed"], json!({"embed_type": "item", "embed_id": "7", "url": "https://a.example/"}), "{open}");
    }
    assert_eq!(post(form, fields.to_owned(), "/notify/").await.unwrap().status(), 204);
    let tom = community.token("tom").await;
    let (_, list) = community.fetch(Method::GET, "/", &tom, None).await;
    let newest = &list["results"][0]["aggregated"][0]["custom_notification"];
    assert_eq!((&newest["type"], &newest["title"], &newest["embed"]["embed_id"]), (&json!("wishlist"), &json!("A title"), &json!(7)));
}

#[tokio::test]
async fn errors_name_their_field_and_store_nothing() {
    let community = Community::start().await;
    let with = |name: &str, value: Value| {
        let mut body = documented();
        body[name] = value;
        body
    };
    for (body, field, code) in [
        (with("recipients_type", json!("friends")), "recipients_type", "invalid_choice"),
        (with("type", Value::Null), "type", "required"),
        (with("type", json!(" ")), "type", "required"),
        (with("title", json!(7)), "title", "invalid"),
        (with("title", json!("x".repeat(20_000))), "title", "max_length"),
        (with("user", Value::Null), "user", "required"),
        (with("user", json!("zoe")), "user", "invalid"),
        (with("user", json!(-1)), "user", "invalid"),
        (with("user", json!(99)), "user", "does_not_exist"),
        (with("embed", json!([])), "embed", "invalid"),
        (with("embed", json!({"embed_type": "sc_link", "embed_id": 1})), "embed", "invalid"),
        (with("embed", json!({"embed_type": "x"})), "embed", "invalid"),
        (with("embed", json!({"embed_type": "x", "embed_id": 1, "metadata": "[]"})), "embed", "invalid"),
        (with("embed", json!({"embed_type": "x", "embed_id": 1, "url": "javascript:alert(1)"})), "embed", "invalid"),
    ] {
        let (status, answer) = community.notify(body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!((&answer["errors"][0]["field"], &answer["errors"][0]["messages"][0]["code"]), (&json!(field), &json!(code)), "{body}");
    }
    let (status, answer) = community.notify(json!({})).await;
    assert_eq!((status, answer["errors"].as_array().unwrap().len()), (400, 2));
    let tom = community.token("tom").await;
    for (method, path, token, status) in [
        (Method::POST, "/notify/", tom.as_str(), 403),
        (Method::GET, "/", community.key.as_str(), 403),
        (Method::POST, "/notify/", "nonsense", 401),
        (Method::GET, "/notify/", community.key.as_str(), 405),
        (Method::GET, "/nothing/", community.key.as_str(), 404),
    ] {
        let (answered, answer) = community.fetch(method.clone(), path, token, Some(documented())).await;
        assert_eq!(answered, status, "{method} {path} {answer}");
        assert!(answer["errors"][0]["code"].is_string(), "{answer}");
    }
    let anonymous = community.server.http.post(community.server.url(&format!("{BASE}/notify/"))).json(&documented()).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    assert_eq!(community.unseen_count("tom").await, 0);
}

#[tokio::test]
async fn a_repeat_gets_the_first_response_after_its_member_left() {
    let community = Community::start().await;
    let store = &community.server.running.store;
    let once = async || {
        let request = community.server.http.post(community.server.url(&format!("{BASE}/notify/"))).bearer_auth(&community.key);
        request.header("idempotency-key", "once").json(&documented()).send().await.unwrap().status().as_u16()
    };
    assert_eq!(once().await, 204);
    let zoe = store.find_person(community.tenant.id, "zoe").await.unwrap().unwrap();
    store.remove_person(community.tenant.id, zoe).await.unwrap();
    assert_eq!((once().await, community.notify(documented()).await.0), (204, 400));
    assert_eq!(community.unseen_count("tom").await, 1);
}

#[tokio::test]
async fn every_post_accepts_json_forms_and_multipart() {
    let community = Community::start().await;
    let tom = community.token("tom").await;
    let post = |path: &str, token: &str| community.server.http.post(community.server.url(&format!("{BASE}{path}"))).bearer_auth(token);
    let parts = |fields: &[(&str, &str)]| {
        let part = |(name, value): &(&str, &str)| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        fields.iter().map(part).collect::<String>() + "--x--\r\n"
    };
    let multipart = "multipart/form-data; boundary=x";
    let sent = |request: reqwest::RequestBuilder| async { request.send().await.unwrap().status().as_u16() };
    let notify = || post("/notify/", &community.key);
    let body = parts(&[("type", "wishlist"), ("user", "0"), ("embed[embed_type]", "item"), ("embed[embed_id]", "7")]);
    assert_eq!(sent(notify().header("content-type", multipart).body(body)).await, 204);
    for user in [json!(0), json!(0.0), json!("0"), json!("0.0")] {
        assert_eq!(sent(notify().json(&json!({"type": "wishlist", "user": user}))).await, 204, "{user}");
    }
    for user in [json!(0.5), json!("0.5"), json!(true)] {
        assert_eq!(sent(notify().json(&json!({"type": "wishlist", "user": user}))).await, 400, "{user}");
    }
    assert_eq!(community.unseen_count("tom").await, 5);
    for _ in 0..4 {
        community.broadcast(json!({"language": "en", "title": "A banner"})).await;
    }
    let (_, page) = community.fetch(Method::GET, "/banner/", &tom, None).await;
    let id = |at: usize| page["results"][at]["id"].to_string();
    let form = "application/x-www-form-urlencoded";
    for (at, kind, body) in [
        (0, form, format!("banner_ids={}", id(0))),
        (1, multipart, parts(&[("banner_ids", &id(1))])),
        (2, "application/json", format!("{{\"banner_ids\":[\"{}.0\"]}}", id(2))),
        (3, form, format!("{{\"banner_ids\":[{}.0]}}", id(3))),
    ] {
        let disposed = sent(post("/banner/dispose/", &tom).header("content-type", kind).body(body)).await;
        assert_eq!(disposed, 204, "{at}");
        let (_, left) = community.fetch(Method::GET, "/banner/", &tom, None).await;
        assert_eq!(left["count"], 3 - at, "{at}");
    }
    let sue = community.token("sue").await;
    let (_, list) = community.fetch(Method::GET, "/", &tom, None).await;
    let sid = |at: usize| list["results"][at]["sid"].as_str().unwrap().to_owned();
    let sids = format!("sids={}&sids={}", sid(0), sid(1));
    assert_eq!(sent(post("/read/", &sue).header("content-type", form).body(sids)).await, 204);
    assert_eq!(community.unseen_count("sue").await, 3);
    let many = vec!["1"; 1_001].join(",");
    for (kind, body) in
        [(form, "banner_ids=one".to_owned()), (form, String::new()), ("application/json", format!("{{\"banner_ids\":[{many}]}}"))]
    {
        assert_eq!(sent(post("/banner/read/", &tom).header("content-type", kind).body(body)).await, 400);
    }
}
