//! The myKaarma dialect as its clients see it, against the whole server and its store.

use std::sync::{Arc, Mutex};

use axum::{Router, http::StatusCode, routing::post};
use campanile_domain::{Scope, Tenant, TenantSettings, access::Actor};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    time::{Instant, interval},
};

use crate::harness::{PATIENCE, Server};

/// A dealer with a department and people in it.
struct Dealer {
    server: Server,
    tenant: Tenant,
    key: String,
}

/// Longer than any UUID: the vendor's are opaque.
const DEPARTMENT: &str = "HykRi4Rq4b5oCkVQzeCXFs1oPvYhQZL9k3fT2nWmXyA";

impl Dealer {
    async fn start() -> Self {
        let server = Server::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
        let campanile = &server.running.campanile;
        let tenant = campanile.create_tenant("dealer", TenantSettings::default()).await.unwrap();
        let key = campanile.create_key(&tenant, "apiuser", &[Scope::Admin]).await.unwrap();
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

    /// How many items are in a person's inbox.
    async fn total(&self, login: &str) -> u32 {
        let store = self.server.running.campanile.store();
        let person = store.find_person(self.tenant.id, login).await.unwrap().unwrap();
        store.snapshot(self.tenant.id, person).await.unwrap().counts.total
    }

    async fn scheduled(&self) -> Vec<campanile_domain::schedule::Scheduled> {
        self.server.running.campanile.store().scheduled(self.tenant.id, 10).await.unwrap()
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

/// The body of the vendor's documentation, as it is printed there.
const DOCUMENTED: &str = r#"{
"messageAttributes": {
"body": "string",
"type": "DRAFT",
"protocol": "TEXT",
"purpose": "F",
"isManual": true,
"subject": "string",
"metaData": {},
"tags": ["TRASH"],
"draftAttributes": {"draftStatus": "SCHEDULED", "scheduledOn": "string", "draftFailureReason": "MDL_EVENT_UNDER_TIME_LIMIT_REASON"},
"attachments": [{"fileURL": "string", "attachmentExtension": "string", "mimeType": "string", "originalFileName": "string", "docSize": "string", "thumbnailURL": "string", "mediaPreviewURL": "string"}],
"defaultReplyAction": "string",
"updateThreadTimestamp": true,
"updateTotalMessageCount": true,
"showInCustomerConversation": true,
"messageTags": [{"tagTypeUuid": "string", "referenceIdentifier": "string", "value": {}, "primaryAttribute": {"value": "string"}, "secondaryAttributes": [{"value": "string"}], "parentTags": [{"tagTypeUuid": "string", "referenceIdentifier": "string"}]}]
},
"notificationAttributes": {
"internalSubscribersNotifierPop": true,
"externalSubscribersNotifierPop": true,
"threadOwnerNotifierPop": true,
"sendPhoneNotification": true,
"additionalNotifierNotificationDAUUIDs": ["string"],
"notificationButtons": [{"buttonTextTranslationWidgetKey": "string", "buttonTextTranslationKey": "string", "buttonDefaultText": "string", "buttonTheme": "PRIMARY", "buttonActionEventData": {}, "isPrimaryButton": true}],
"bodyTagsForSpecialRendering": {}
},
"messageSendingAttributesLite": {"delay": 0, "sendSynchronously": true, "callBackUrl": "string", "callBackMetadata": {}}
}"#;

#[tokio::test]
async fn the_documented_request_is_taken_with_warnings_and_kept_whole() {
    let dealer = Dealer::start().await;
    let (status, answer) = dealer.notify(DOCUMENTED.to_owned()).await;
    assert_eq!((status, &answer["status"], &answer["errors"]), (200, &json!("SUCCESS"), &json!([])), "{answer}");
    assert_eq!(warnings(&answer), ["UNKNOWN_DEALER_ASSOCIATE", "INVALID_URL", "INVALID_URL", "INVALID_SCHEDULED_ON", "INVALID_URL"]);
    // A draft: kept with every field, delivered to nobody.
    let kept = dealer.scheduled().await;
    assert_eq!((kept.len(), kept[0].due_at), (1, None));
    assert_eq!(answer["notificationMessageUUID"], kept[0].id.to_string());
    assert_eq!(kept[0].message.extra, serde_json::from_str::<Value>(DOCUMENTED).unwrap());
    assert_eq!(kept[0].message.attachments[0].name, "string");
    assert!(kept[0].message.attachments[0].link.is_none());
    assert_eq!(dealer.total("ina").await, 0);
}

#[tokio::test]
async fn flags_choose_who_of_the_department_is_told() {
    let dealer = Dealer::start().await;
    let attributes = || json!({"subject": "Hello", "body": "Dear [name]", "type": "OUTGOING", "protocol": "NONE"});
    let tags = json!({"[name]": "Olga"});
    for (notification, told) in [
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
            assert_eq!(dealer.total(login).await - before, u32::from(told.contains(&login)), "{login} {notification}");
        }
    }
    let sent = dealer.server.running.campanile.store().notifications(dealer.tenant.id, None, 10).await.unwrap();
    assert_eq!(sent[2].message.content[0].description, "Dear Olga");
    // The user in the path acts as the sender.
    assert_eq!(sent[0].message.source.sender, "olga Example");
    let (_, answer) = dealer.notify(message(attributes(), json!({}))).await;
    assert_eq!(warnings(&answer), ["NO_RECIPIENTS"]);
}

#[tokio::test]
async fn drafts_schedules_delays_and_trash_wait_or_stay_away() {
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
}

#[tokio::test]
async fn faults_have_the_shape_of_a_reply() {
    let dealer = Dealer::start().await;
    for (body, code) in [
        (String::new(), "MALFORMED_REQUEST"),
        ("[]".to_owned(), "MISSING_MESSAGE_ATTRIBUTES"),
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
    assert!(dealer.server.running.campanile.store().notifications(dealer.tenant.id, None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_callback_comes_with_its_metadata() {
    let heard = Arc::new(Mutex::new(Vec::<Value>::new()));
    let hear = heard.clone();
    let answer = move |body: String| {
        hear.lock().unwrap().push(serde_json::from_str(&body).unwrap());
        async { StatusCode::NO_CONTENT }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/done", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/done", post(answer))).await });
    let dealer = Dealer::start().await;
    let body = json!({
        "messageAttributes": {"body": "Hello"},
        "notificationAttributes": {"internalSubscribersNotifierPop": true, "notificationButtons": [{"buttonDefaultText": "Call back", "buttonActionEventData": {"a": 1}, "isPrimaryButton": true}]},
        "messageSendingAttributesLite": {"callBackUrl": url, "callBackMetadata": {"order": "7"}},
    });
    let (status, reply) = dealer.notify(body.to_string()).await;
    assert_eq!((status, dealer.total("ina").await), (200, 1));
    let (deadline, mut pause) = (Instant::now() + PATIENCE, interval(std::time::Duration::from_millis(20)));
    while heard.lock().unwrap().is_empty() {
        assert!(Instant::now() < deadline, "the callback never came");
        pause.tick().await;
    }
    let callback = heard.lock().unwrap()[0].clone();
    assert_eq!(callback["callBackMetadata"], json!({"order": "7"}));
    assert_eq!((&callback["notificationMessageUUID"], &callback["status"]), (&reply["notificationMessageUUID"], &json!("SUCCESS")));
    // The button is there for the reader.
    let store = dealer.server.running.campanile.store();
    let sent = store.notifications(dealer.tenant.id, None, 1).await.unwrap();
    assert_eq!((sent[0].message.buttons[0].label.as_str(), sent[0].message.buttons[0].data.as_deref()), ("Call back", Some(r#"{"a":1}"#)));
}
