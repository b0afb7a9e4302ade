//! The myKaarma dialect, against the whole server and its store.

mod exchanges;

use std::sync::{Arc, Mutex};

use axum::{Router, http::StatusCode, routing::post};
use campanile_domain::{Operator, Scope, Tenant, TenantSettings, model::access::Actor};
use campanile_shared::{Filter, Preferences, Severity, View, delivery::DeliveryState};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::TcpListener,
    time::{Instant, interval},
};

use crate::{
    harness::{PATIENCE, Server, read_until, serve_routes},
    replay,
};

/// A dealer with a department and people in it.
struct Dealer {
    server: Server,
    tenant: Tenant,
    key: String,
}

/// Longer than a UUID: the vendor's ids are opaque.
const DEPARTMENT: &str = "HykRi4Rq4b5oCkVQzeCXFs1oPvYhQZL9k3fT2nWmXyA";

impl Dealer {
    async fn start() -> Self {
        Self::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await
    }

    async fn with(settings: Value) -> Self {
        let server = Server::with(settings).await;
        let campanile = &server.running.campanile;
        let tenant = campanile.create_tenant(Operator, "dealer", TenantSettings::default()).await.unwrap();
        let key = server.create_key(&tenant, "apiuser", &[Scope::Admin]).await;
        let by = Actor::Sender(campanile.sender(&key).await.unwrap());
        let person = |login: &str| json!({"person": {"login": login, "name": format!("{login} Example"), "external_ids": [format!("mykaarma:da-{login}")]}});
        let member = |relation: &str, login: &str| json!({"relation": {"object": format!("department:{DEPARTMENT}"), "relation": relation, "subject": format!("person:{login}")}});
        for record in [
            person("ina"),
            person("ed"),
            person("olga"),
            person("extra"),
            member("internal_subscriber", "ina"),
            member("external_subscriber", "ed"),
            member("owner", "olga"),
        ] {
            campanile.put_record(&by, serde_json::from_value(record).unwrap()).await.unwrap();
        }
        Self { server, tenant, key }
    }

    async fn notify(&self, body: String) -> (u16, Value) {
        let url = self.server.url(&format!("/mykaarma/communications/department/{DEPARTMENT}/user/da-olga/notify"));
        let request = self.server.http.post(url).basic_auth("apiuser", Some(&self.key)).header("content-type", "application/json");
        let response = request.body(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn token(&self, login: &str) -> String {
        let campanile = &self.server.running.campanile;
        campanile.create_personal_token(&Operator.on(&self.tenant), login, PATIENCE).await.unwrap().secret
    }

    /// Returns how many items a person's inbox has.
    async fn total(&self, login: &str) -> u32 {
        let store = &self.server.running.store;
        let person = store.find_person(self.tenant.id, login).await.unwrap().unwrap();
        store.snapshot(self.tenant.id, person).await.unwrap().counts.total
    }

    /// Returns the titles of the items a person has dismissed.
    async fn dismissed(&self, login: &str) -> Vec<String> {
        let store = &self.server.running.store;
        let person = store.find_person(self.tenant.id, login).await.unwrap().unwrap();
        let filter = Filter { view: View::Dismissed, ..Filter::default() };
        let page = store.inbox_page(self.tenant.id, person, &filter, None, 10).await.unwrap();
        page.items.into_iter().map(|item| item.notification.message.content[0].title.clone()).collect()
    }

    async fn scheduled(&self) -> Vec<campanile_domain::model::scheduled::ScheduledNotification> {
        self.server.running.store.scheduled(self.tenant.id, None, 10).await.unwrap().items
    }
}

fn codes(answer: &Value, list: &str, code: &str) -> Vec<String> {
    answer[list].as_array().unwrap().iter().map(|entry| entry[code].as_str().unwrap().to_owned()).collect()
}

fn warnings(answer: &Value) -> Vec<String> {
    codes(answer, "warnings", "warningCode")
}

fn message(attributes: Value, notification: Value) -> String {
    json!({"messageAttributes": attributes, "notificationAttributes": notification}).to_string()
}

#[tokio::test]
async fn the_documented_request_is_accepted_with_warnings_and_stored_unchanged() {
    let dealer = Dealer::start().await;
    let files = replay::recordings("mykaarma");
    let documented = files.iter().find(|file| file.name == "seed-notify.http").unwrap().body();
    let (status, answer) = dealer.notify(documented.to_owned()).await;
    assert_eq!((status, &answer["status"], &answer["errors"]), (200, &json!("SUCCESS"), &json!([])), "{answer}");
    assert_eq!(
        warnings(&answer),
        ["UNKNOWN_DEALER_ASSOCIATE", "INVALID_URL", "INVALID_URL", "INVALID_URL", "INVALID_SCHEDULED_ON", "INVALID_URL"]
    );
    // A draft is stored with every field and delivered to no one.
    let kept = dealer.scheduled().await;
    assert_eq!((kept.len(), kept[0].due_at), (1, None));
    assert_eq!(answer["notificationMessageUUID"], kept[0].id.to_string());
    assert_eq!(kept[0].message.extra, serde_json::from_str::<Value>(documented).unwrap());
    assert_eq!(kept[0].message.attachments[0].name, "string");
    assert!(kept[0].message.attachments[0].link.is_none());
    assert_eq!(dealer.total("ina").await, 0);
}

#[tokio::test]
async fn flags_choose_which_department_members_are_notified() {
    let dealer = Dealer::start().await;
    let attributes = || json!({"subject": "Hello", "body": "Dear [name]", "type": "OUTGOING", "protocol": "NONE"});
    let tags = json!({"[name]": "Olga"});
    for (notification, shown) in [
        (json!({"internalSubscribersNotifierPop": true, "bodyTagsForSpecialRendering": tags}), vec!["ina"]),
        (json!({"externalSubscribersNotifierPop": true, "threadOwnerNotifierPop": true}), vec!["ed", "olga"]),
        (
            json!({"additionalNotifierNotificationDAUUIDs": ["da-extra", "da-extra"], "internalSubscribersNotifierPop": false}),
            vec!["extra"],
        ),
    ] {
        let before = [dealer.total("ina").await, dealer.total("ed").await, dealer.total("olga").await, dealer.total("extra").await];
        let (status, answer) = dealer.notify(message(attributes(), notification.clone())).await;
        assert_eq!((status, warnings(&answer)), (200, Vec::new()), "{notification}");
        for (login, before) in ["ina", "ed", "olga", "extra"].into_iter().zip(before) {
            assert_eq!(dealer.total(login).await - before, u32::from(shown.contains(&login)), "{login} {notification}");
        }
    }
    let sent = dealer.server.running.store.notifications(dealer.tenant.id, None, 10).await.unwrap();
    assert_eq!(sent[2].message.content[0].description, "Dear Olga");
    // The user in the path is the sender.
    assert_eq!(sent[0].message.source.sender, "olga Example");
    let (_, answer) = dealer.notify(message(attributes(), json!({}))).await;
    assert_eq!(warnings(&answer), ["NO_RECIPIENTS"]);
}

#[tokio::test]
async fn members_without_a_flag_find_it_only_in_the_list() {
    let dealer = Dealer::start().await;
    let mut streams = Vec::new();
    for (login, quiet) in [("ina", false), ("extra", true)] {
        let token = dealer.token(login).await;
        let mut stream = dealer.server.connect().await;
        let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        read_until(&mut stream, "event: hello").await;
        streams.push((stream, login, quiet));
    }
    let notification = json!({"internalSubscribersNotifierPop": true, "externalSubscribersNotifierPop": false,
        "additionalNotifierNotificationDAUUIDs": ["da-ina", "da-ed", "da-extra"]});
    let (_, reply) = dealer.notify(message(json!({"body": "Hello"}), notification)).await;
    assert_eq!(warnings(&reply), Vec::<String>::new());
    let campanile = &dealer.server.running.campanile;
    for (login, quiet) in [("ina", false), ("ed", true), ("extra", true)] {
        let person = dealer.server.running.store.find_person(dealer.tenant.id, login).await.unwrap().unwrap();
        let who = dealer.server.running.store.person(dealer.tenant.id, person).await.unwrap().unwrap();
        let item = campanile.inbox_page(&who, &Default::default(), None, 1).await.unwrap().items.remove(0);
        assert_eq!((item.quiet, campanile.inbox_item(&who, item.id).await.unwrap().quiet), (quiet, quiet), "{login}");
    }
    for (mut stream, login, quiet) in streams {
        let shown = read_until(&mut stream, "\"snapshot\"").await;
        assert_eq!(shown.contains("\"quiet\":true"), quiet, "{login}: {shown}");
    }
}

#[tokio::test]
async fn drafts_scheduled_delayed_and_trashed_messages_are_not_delivered_now() {
    let dealer = Dealer::start().await;
    let everybody = || json!({"internalSubscribersNotifierPop": true});
    let draft = |attributes: Value| json!({"body": "Later", "type": "DRAFT", "draftAttributes": attributes});
    let soon = dealer.server.running.campanile.now() + chrono::TimeDelta::hours(3);
    let local = soon.with_timezone(&chrono::FixedOffset::east_opt(7 * 3600).unwrap()).format("%Y-%m-%dT%H:%M:%S%z").to_string();
    for (body, warned, waits) in [
        (message(draft(json!({"draftStatus": "SCHEDULED", "scheduledOn": local})), everybody()), vec![], true),
        (
            message(draft(json!({"draftStatus": "SCHEDULED", "scheduledOn": "2020-01-01T00:00:00Z"})), everybody()),
            vec!["INVALID_SCHEDULED_ON"],
            false,
        ),
        (message(draft(Value::Null), everybody()), vec![], false),
    ] {
        let before = dealer.scheduled().await.len();
        let (status, answer) = dealer.notify(body).await;
        assert_eq!((status, warnings(&answer)), (200, warned.into_iter().map(str::to_owned).collect()));
        let kept = dealer.scheduled().await;
        let own = kept.iter().find(|kept| answer["notificationMessageUUID"] == kept.id.to_string()).unwrap();
        assert_eq!((kept.len(), own.due_at.is_some()), (before + 1, waits));
    }
    let delayed = json!({"messageAttributes": {"body": "Later"}, "notificationAttributes": everybody(), "messageSendingAttributesLite": {"delay": 60}});
    assert_eq!(dealer.notify(delayed.to_string()).await.0, 200);
    assert_eq!(dealer.scheduled().await.len(), 4);
    let (_, trashed) = dealer.notify(message(json!({"body": "Away", "tags": ["TRASH"]}), everybody())).await;
    assert_eq!(trashed["status"], "SUCCESS");
    assert_eq!(dealer.total("ina").await, 0);
    assert_eq!(dealer.dismissed("ina").await, ["Away"]);
}

#[tokio::test]
async fn errors_have_the_documented_response_format() {
    let dealer = Dealer::start().await;
    for (body, code) in [
        (String::new(), "MALFORMED_REQUEST"),
        ("[]".to_owned(), "MALFORMED_REQUEST"),
        (r#"{"messageAttributes": {"body": 7}}"#.to_owned(), "MALFORMED_REQUEST"),
        ("{}".to_owned(), "MISSING_MESSAGE_ATTRIBUTES"),
        (message(json!({"subject": " "}), json!({})), "MISSING_MESSAGE_ATTRIBUTES"),
        (message(json!({"subject": "x", "protocol": "PIGEON"}), json!({})), "INVALID_PROTOCOL"),
        (message(json!({"subject": "x".repeat(20_000)}), json!({})), "MESSAGE_TOO_LONG"),
    ] {
        let (status, answer) = dealer.notify(body.clone()).await;
        assert_eq!(
            (status, &answer["status"], codes(&answer, "errors", "errorCode")),
            (400, &json!("FAILURE"), vec![code.to_owned()]),
            "{body}"
        );
    }
    let url = dealer.server.url("/mykaarma/department/d/user/u/notify");
    let anonymous = dealer.server.http.post(&url).body("{}").send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    assert!(anonymous.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic"));
    let answer: Value = anonymous.json().await.unwrap();
    assert_eq!((&answer["status"], &answer["errors"][0]["errorCode"]), (&json!("FAILURE"), &json!("UNAUTHORIZED")));
    let wrong = dealer.server.http.post(&url).basic_auth("somebody", Some(&dealer.key)).body("{}").send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    let get = dealer.server.http.get(&url).send().await.unwrap();
    assert_eq!(get.status(), 405);
    assert!(dealer.server.running.store.notifications(dealer.tenant.id, None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_callback_carries_its_metadata() {
    let received = Arc::new(Mutex::new(Vec::<Value>::new()));
    let recorder = received.clone();
    let answer = move |body: String| {
        recorder.lock().unwrap().push(serde_json::from_str(&body).unwrap());
        async { StatusCode::NO_CONTENT }
    };
    let url = format!("{}/done", serve_routes(Router::new().route("/done", post(answer))).await);
    let dealer = Dealer::start().await;
    let body = json!({
        "messageAttributes": {"body": "Hello"},
        "notificationAttributes": {"internalSubscribersNotifierPop": true, "notificationButtons": [{"buttonDefaultText": "Call back", "buttonActionEventData": {"a": 1}, "isPrimaryButton": true}]},
        "messageSendingAttributesLite": {"callBackUrl": url, "callBackMetadata": {"order": "7"}},
    });
    let (status, reply) = dealer.notify(body.to_string()).await;
    assert_eq!((status, dealer.total("ina").await), (200, 1));
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(std::time::Duration::from_millis(20)));
    while received.lock().unwrap().is_empty() {
        assert!(Instant::now() < deadline, "the callback never came");
        pause.tick().await;
    }
    let callback = received.lock().unwrap()[0].clone();
    assert_eq!(callback["callBackMetadata"], json!({"order": "7"}));
    assert_eq!((&callback["notificationMessageUUID"], &callback["status"]), (&reply["notificationMessageUUID"], &json!("SUCCESS")));
    assert_eq!(callback["requestUUID"], reply["requestUUID"]);
    // The reader sees the button, and a click is recorded with its event data.
    let store = &dealer.server.running.store;
    let sent = store.notifications(dealer.tenant.id, None, 1).await.unwrap();
    let ina = store.find_person(dealer.tenant.id, "ina").await.unwrap().unwrap();
    let ina = store.person(dealer.tenant.id, ina).await.unwrap().unwrap();
    let campanile = &dealer.server.running.campanile;
    let item = campanile.record_click(&ina, sent[0].id, 0).await.unwrap();
    let by = Actor::Sender(campanile.sender(&dealer.key).await.unwrap());
    let pressed = campanile.button_clicks(&by, sent[0].id, None, 10).await.unwrap().items.remove(0);
    assert_eq!((pressed.label.as_str(), pressed.data.as_deref(), pressed.person.as_str()), ("Call back", Some(r#"{"a":1}"#), "ina"));
    assert_eq!(item.buttons[0].pressed_at, Some(pressed.pressed_at));
}

#[tokio::test]
async fn a_synchronous_send_returns_after_the_first_attempt() {
    let dealer = Dealer::start().await;
    let receiver = replay::start_receiver().await;
    for (path, warned, state) in
        [("/taken", Vec::new(), DeliveryState::Delivered), ("/refused", vec!["DELIVERY_FAILED".to_owned()], DeliveryState::Pending)]
    {
        let body = json!({
            "messageAttributes": {"body": "Hello"},
            "notificationAttributes": {"internalSubscribersNotifierPop": true},
            "messageSendingAttributesLite": {"sendSynchronously": true, "callBackUrl": format!("{receiver}{path}")},
        });
        let (status, reply) = dealer.notify(body.to_string()).await;
        assert_eq!((status, warnings(&reply)), (200, warned), "{path}");
        let id = reply["notificationMessageUUID"].as_str().unwrap().parse().unwrap();
        let (found, _) = dealer.server.running.store.deliveries(dealer.tenant.id, id, None, 10).await.unwrap();
        assert_eq!((found[0].attempts.len(), found[0].state), (1, state), "{path}");
    }
}

#[tokio::test]
async fn a_synchronous_send_does_not_wait_for_mail_without_recipients() {
    let dealer = Dealer::with(json!({"outgoing": {"timeout": 600, "lease": 1200}})).await;
    let ina = dealer.server.running.store.find_person(dealer.tenant.id, "ina").await.unwrap().unwrap();
    // Ina wants mail only for errors, so the mailing is expanded and has no recipients.
    let preferences = Preferences { mail: vec![Severity::Error], ..Preferences::default() };
    dealer.server.running.store.set_preferences(dealer.tenant.id, ina, &preferences).await.unwrap();
    for _ in 0..3 {
        let body = json!({
            "messageAttributes": {"body": "Hello"},
            "notificationAttributes": {"internalSubscribersNotifierPop": true},
            "messageSendingAttributesLite": {"sendSynchronously": true},
        });
        let (status, reply) = dealer.notify(body.to_string()).await;
        assert_eq!((status, warnings(&reply)), (200, Vec::new()));
    }
}

#[tokio::test]
async fn a_synchronous_send_does_not_wait_forever() {
    // Accepts connections and never responds.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = json!({"outgoing": {"allow": ["127.0.0.1"], "timeout": 1}});
    let dealer = Dealer::with(settings).await;
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let body = json!({
        "messageAttributes": {"body": "Hello"},
        "notificationAttributes": {"internalSubscribersNotifierPop": true},
        "messageSendingAttributesLite": {"sendSynchronously": true, "callBackUrl": url},
    });
    let (status, reply) = dealer.notify(body.to_string()).await;
    // The attempt and the send both time out after a second; either may be first.
    let warned = warnings(&reply);
    assert!(status == 200 && (warned == ["DELIVERY_PENDING"] || warned == ["DELIVERY_FAILED"]), "{reply}");
    assert_eq!(dealer.total("ina").await, 1);
}

#[tokio::test]
async fn a_key_that_sends_for_a_person_is_stored_and_shown() {
    let dealer = Dealer::start().await;
    let body = |more: Value| {
        let mut body: Value =
            message(json!({"subject": "Hello", "body": "x"}), json!({"internalSubscribersNotifierPop": true})).parse().unwrap();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body.to_string()
    };
    let (status, answer) = dealer.notify(body(json!({}))).await;
    assert_eq!(status, 200, "{answer}");
    let get = async |path: &str, token: &str| -> Value {
        let request = dealer.server.get(&format!("/api/v1{path}")).bearer_auth(token);
        request.send().await.unwrap().json().await.unwrap()
    };
    let shown = |item: &Value| json!([item["sender"], item["through"]]);
    let (ina, named) = (dealer.token("ina").await, json!(["olga Example", "apiuser"]));
    let item = get("/inbox", &ina).await["items"][0].clone();
    assert_eq!(shown(&item), named, "{item}");
    assert_eq!(shown(&get(&format!("/inbox/{}", item["id"].as_str().unwrap()), &ina).await), named);
    // Both names find it.
    for (sender, count) in [("olga%20example", 1), ("APIUSER", 1), ("ed%20example", 0)] {
        assert_eq!(get(&format!("/inbox?sender={sender}"), &ina).await["items"].as_array().unwrap().len(), count, "{sender}");
    }
    let export = dealer.server.get("/api/v1/inbox/export?format=json").bearer_auth(&ina).send().await.unwrap();
    assert_eq!(shown(&export.json::<Value>().await.unwrap()[0]), named);
    let table = dealer.server.get("/api/v1/inbox/export?format=csv").bearer_auth(&ina).send().await.unwrap().text().await.unwrap();
    assert!(
        table.lines().nth(1).unwrap().contains(r#","olga Example","#) && table.lines().nth(1).unwrap().contains(r#","apiuser","#),
        "{table}"
    );
    // A scheduled notification has the key until it is sent.
    let delayed = body(json!({"messageSendingAttributesLite": {"delay": 3600}}));
    assert_eq!(dealer.notify(delayed).await.0, 200);
    let reading = dealer.server.create_key(&dealer.tenant, "reading", &[Scope::Read, Scope::Send]).await;
    let later = get("/scheduled", &reading).await["items"][0].clone();
    assert_eq!(shown(&later), named, "{later}");
    let now = dealer.server.http.post(dealer.server.url(&format!("/api/v1/scheduled/{}/send", later["id"].as_str().unwrap())));
    assert_eq!(now.bearer_auth(&reading).send().await.unwrap().status(), 200);
    let sent = get("/notifications", &reading).await["items"].clone();
    assert_eq!((sent.as_array().unwrap().len(), shown(&sent[0]), shown(&sent[1])), (2, named.clone(), named));
    assert_eq!(sent[0]["sender_kind"], "person");
}

#[tokio::test]
async fn placeholders_are_replaced_in_one_pass() {
    let dealer = Dealer::start().await;
    let tags = json!({"internalSubscribersNotifierPop": true, "bodyTagsForSpecialRendering": {"a": "b", "b": "a"}});
    let (status, answer) = dealer.notify(message(json!({"body": "a b"}), tags)).await;
    assert_eq!(status, 200, "{answer}");
    let stored = dealer.server.running.store.notifications(dealer.tenant.id, None, 1).await.unwrap().items.remove(0);
    assert_eq!(stored.message.content[0].description, "b a");
    // A text that would grow beyond the limit is refused before it is expanded.
    let tags = json!({"bodyTagsForSpecialRendering": {"a": "x".repeat(60_000)}});
    let (status, answer) = dealer.notify(message(json!({"body": "a".repeat(60_000)}), tags)).await;
    assert_eq!((status, &answer["errors"][0]["errorCode"]), (400, &json!("MESSAGE_TOO_LONG")));
}
