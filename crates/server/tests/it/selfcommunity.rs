//! The SelfCommunity dialect, against the whole server and its store.

mod exchanges;

use campanile_domain::{AudienceKey, NewNotification, Operator, Scope, Tenant, TenantSettings, model::access::Actor};
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
async fn a_list_marks_its_items_as_read_and_pages_by_cursor() {
    let community = Community::start().await;
    for number in 0..25 {
        let body = json!({"type": "count", "title": format!("{number}"), "description": "d", "user": 0});
        assert_eq!(community.notify(body).await.0, 204);
    }
    let tom = community.token("tom").await;
    let (status, first) = community.fetch(Method::GET, "/", &tom, None).await;
    assert_eq!(status, 200);
    let titles = |page: &Value| {
        let results = page["results"].as_array().unwrap().clone();
        results.iter().map(|group| group["aggregated"][0]["custom_notification"]["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((titles(&first).len(), titles(&first)[0].as_str(), &first["results"][0]["is_new"]), (20, "24", &json!(true)));
    assert_eq!(community.unseen_count("tom").await, 5);
    let (_, second) = community.follow(first["next"].as_str().unwrap(), &tom).await;
    assert_eq!((titles(&second), &second["next"]), (["4", "3", "2", "1", "0"].map(str::to_owned).to_vec(), &Value::Null));
    assert_eq!(community.unseen_count("tom").await, 0);
    let previous = second["previous"].as_str().unwrap();
    // `previous_id` takes precedence over `next_id`.
    let (_, back) = community.follow(&format!("{previous}&next_id=1"), &tom).await;
    assert_eq!(titles(&back), titles(&first));
    assert_eq!(back["results"][0]["is_new"], false);
    // Marks items by sid and ignores unknown ones.
    let sue = community.token("sue").await;
    let sids = json!({"sids": [first["results"][0]["sid"], "unknown"]});
    assert_eq!(community.fetch(Method::POST, "/read/", &sue, Some(sids)).await, (204, Value::Null));
    assert_eq!(community.unseen_count("sue").await, 24);
    assert_eq!(community.fetch(Method::POST, "/read/", &sue, Some(json!({}))).await.0, 400);
}

#[tokio::test]
async fn page_links_use_the_url_of_the_client() {
    let community = Community::with(json!({"hosts": {BOUND: "selfcommunity"}})).await;
    for number in 0..45 {
        let body = json!({"type": "count", "title": format!("{number}"), "user": 0});
        assert_eq!(community.notify(body).await.0, 204);
        community.broadcast(json!({"language": "en", "title": format!("{number}")})).await;
    }
    let tom = community.token("tom").await;
    for base in [community.server.url("/selfcommunity"), format!("http://{BOUND}")] {
        for path in ["/api/v2/notification/", "/api/v2/notification/banner/"] {
            let mut url = format!("{base}{path}");
            let mut lengths = Vec::new();
            let last = loop {
                let (status, page) = community.follow(&url, &tom).await;
                assert_eq!(status, 200, "{url}");
                lengths.push(page["results"].as_array().unwrap().len());
                let Some(next) = page["next"].as_str() else { break page };
                assert!(next.starts_with(&format!("{base}{path}?")), "{next}");
                url = next.to_owned();
            };
            assert_eq!(lengths, [20, 20, 5], "{base}{path}");
            let (status, before) = community.follow(last["previous"].as_str().unwrap(), &tom).await;
            assert_eq!((status, before["results"].as_array().unwrap().len()), (200, 20), "{base}{path}");
        }
    }
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
async fn banners_and_notifications_do_not_hide_each_other() {
    let community = Community::start().await;
    let (store, tenant) = (&community.server.running.store, community.tenant.id);
    let tom = store.find_person(tenant, "tom").await.unwrap().unwrap();
    let file = async |everyone: bool, count: u32| {
        let key = if everyone { AudienceKey::Everyone } else { AudienceKey::Person(tom) };
        let message = store.notifications(tenant, None, 1).await.unwrap().items.remove(0).message;
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..count {
            let (campanile, store) = (&community.server.running.campanile, store.clone());
            let new = NewNotification::new(campanile.new_id(), campanile.now(), Vec::new(), vec![key.clone()], message.clone());
            running.spawn(async move { store.insert_notification(tenant, new, None).await.unwrap() });
        }
        running.join_all().await;
    };
    community.broadcast(json!({"language": "en", "title": "The first banner"})).await;
    file(false, 2_500).await;
    let token = community.token("tom").await;
    let (_, banners) = community.fetch(Method::GET, "/banner/", &token, None).await;
    assert_eq!((&banners["count"], &banners["results"][0]["banner"]["title"]), (&json!(1), &json!("The first banner")));
    let ids = json!({"banner_ids": [banners["results"][0]["id"]]});
    assert_eq!(community.fetch(Method::POST, "/banner/read/", &token, Some(ids)).await.0, 204);
    assert_eq!(community.fetch(Method::GET, "/banner/unseen/count/", &token, None).await.1, json!({"count": 0}));
    file(true, 2_500).await;
    let (_, page) = community.fetch(Method::GET, "/", &token, None).await;
    assert_eq!(page["results"].as_array().unwrap().len(), 20);
    // Paging back works across more than one page of newer items.
    let (_, oldest) = community.fetch(Method::GET, "/?next_id=22", &token, None).await;
    let ids = |page: &Value| {
        let results = page["results"].as_array().unwrap().clone();
        results.iter().map(|group| group["aggregated"][0]["custom_notification"]["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&oldest), (2..22).rev().collect::<Vec<_>>());
    let (_, newer) = community.fetch(Method::GET, "/?previous_id=21", &token, None).await;
    assert_eq!(ids(&newer), (22..42).rev().collect::<Vec<_>>());
    let (_, banners) = community.fetch(Method::GET, "/banner/?limit=100&offset=2450", &token, None).await;
    assert_eq!((&banners["count"], banners["results"].as_array().unwrap().len()), (&json!(2_501), 51));
    assert_eq!(banners["results"][50]["banner"]["title"], "The first banner");
}

#[tokio::test]
async fn a_notification_to_everyone_is_a_banner() {
    let community = Community::start().await;
    community.notify(documented()).await;
    for title in ["one", "two"] {
        community.broadcast(json!({"language": "en", "title": title, "link": "https://a.example"})).await;
    }
    let tom = community.token("tom").await;
    let count = async |path: &str| community.fetch(Method::GET, path, &tom, None).await.1["count"].clone();
    assert_eq!((community.unseen_count("tom").await, count("/banner/unseen/count/").await), (json!(1), json!(2)));
    let (_, page) = community.fetch(Method::GET, "/banner/?limit=1", &tom, None).await;
    assert_eq!(
        (&page["count"], &page["previous"], &page["next"]),
        (&json!(2), &Value::Null, &json!(community.server.url(&format!("{BASE}/banner/?limit=1&offset=1"))))
    );
    let first = &page["results"][0];
    assert_eq!(
        (&first["banner"]["title"], &first["banner"]["link"], &first["viewed_at"]),
        (&json!("two"), &json!("https://a.example"), &Value::Null)
    );
    // Numbers that no banner can have are ignored as well.
    let ids = json!({"banner_ids": [first["id"], 999, 9_223_372_036_854_775_808_u64, u64::MAX]});
    assert_eq!(community.fetch(Method::POST, "/banner/read/", &tom, Some(ids.clone())).await.0, 204);
    assert_eq!((count("/banner/unseen/count/").await, count("/banner/undisposed/count/").await), (json!(1), json!(2)));
    assert_eq!(community.fetch(Method::POST, "/banner/dispose/", &tom, Some(ids)).await.0, 204);
    assert_eq!(count("/banner/undisposed/count/").await, 1);
    let (_, page) = community.fetch(Method::GET, "/banner/", &tom, None).await;
    // A disposed banner is no longer in the list.
    assert_eq!((&page["count"], page["results"].as_array().unwrap().len()), (&json!(1), 1), "{page}");
    let other = &page["results"][0];
    assert!(other["banner"]["title"] == "one" && other["disposed_at"].is_null() && other["viewed_at"].is_null(), "{page}");
    let ids = json!({"banner_ids": [other["id"]]});
    assert_eq!(community.fetch(Method::POST, "/banner/read/", &tom, Some(ids)).await.0, 204);
    let (_, page) = community.fetch(Method::GET, "/banner/", &tom, None).await;
    for number in [9_223_372_036_854_775_808, u64::MAX] {
        assert_eq!(community.fetch(Method::GET, &format!("/?previous_id={number}"), &tom, None).await.1["results"], json!([]));
        assert_eq!(community.fetch(Method::GET, &format!("/?next_id={number}"), &tom, None).await.0, 200);
    }
    // The time is that of the action, not of the banner.
    let at = |value: &Value| value.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert!(at(&page["results"][0]["added_at"]) < at(&page["results"][0]["viewed_at"]), "{page}");
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

#[tokio::test]
async fn lists_name_their_users_and_head_marks_nothing_as_read() {
    let community = Community::start().await;
    community.notify(documented()).await;
    let draft = json!({"to": [{"kind": "person", "person": "tom"}], "content": [{"language": "en", "title": "From elsewhere"}]});
    let campanile = &community.server.running.campanile;
    let by = Actor::Sender(campanile.sender(&community.key).await.unwrap());
    campanile.send(&by, serde_json::from_value(draft).unwrap(), None).await.unwrap();
    let tom = community.token("tom").await;
    let url = community.server.url(&format!("{BASE}/"));
    let head = community.server.http.head(&url).bearer_auth(&tom).send().await.unwrap();
    assert_eq!((head.status().as_u16(), community.unseen_count("tom").await), (200, json!(2)));
    // The scheme of the vendor's own client.
    let answer = community.server.http.get(&url).header("authorization", format!("Token {tom}")).send().await.unwrap();
    let list: Value = answer.json().await.unwrap();
    assert_eq!(community.unseen_count("tom").await, 0);
    let of = |at: usize| list["results"][at]["aggregated"][0].clone();
    assert_eq!(of(1)["user"], json!({"id": 0, "username": "zoe", "real_name": "zoe", "avatar": ""}));
    assert_eq!(of(0)["user"], json!({"id": -1, "username": "community", "real_name": "", "avatar": ""}));
    assert_eq!(
        (of(1)["type"].clone(), of(0)["custom_notification"]["type"].clone()),
        (json!("custom_notification"), json!("notification"))
    );
    // A member who left is shown by id only.
    let zoe = community.server.running.store.find_person(community.tenant.id, "zoe").await.unwrap().unwrap();
    community.server.running.store.remove_person(community.tenant.id, zoe).await.unwrap();
    let (_, list) = community.fetch(Method::GET, "/", &tom, None).await;
    assert_eq!(list["results"][1]["aggregated"][0]["user"], json!({"id": 0, "username": "0", "real_name": "", "avatar": ""}));
    for (method, path, allow) in [
        (Method::GET, "/notify/", "POST"),
        (Method::POST, "/", "GET, HEAD"),
        (Method::DELETE, "/banner/", "GET, HEAD"),
        (Method::PUT, "/read/", "POST"),
    ] {
        let answer = community.server.http.request(method, community.server.url(&format!("{BASE}{path}"))).bearer_auth(&tom).send().await;
        let answer = answer.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, allow), "{path}");
    }
}
