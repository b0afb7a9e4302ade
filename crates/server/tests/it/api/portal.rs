//! A token that an embedding portal signed may make the bell's calls only.

use campanile_domain::{Clock, Scope, SystemClock};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Acme, everyone};

/// The calls of our own API that a portal token may make: inbox, events and own preferences.
const ALLOWED: [(&str, &str); 17] = [
    ("get", "/me"),
    ("put", "/me/preferences"),
    ("get", "/inbox"),
    ("get", "/inbox/matching"),
    ("get", "/inbox/export"),
    ("get", "/inbox/{id}"),
    ("post", "/inbox/{id}/buttons/{button}/press"),
    ("get", "/inbox/{id}/attachments/{attachment}/thumbnail"),
    ("get", "/inbox/counts"),
    ("get", "/inbox/components"),
    ("post", "/inbox/changes"),
    ("post", "/inbox/undo"),
    ("post", "/inbox/seen"),
    ("post", "/events/ticket"),
    ("get", "/events"),
    // These need no token: the request contains a link's code or a password.
    ("post", "/session"),
    ("post", "/session/link"),
];

impl Acme {
    /// A token for a person, signed with the tenant's portal secret.
    pub fn portal_token(&self, login: &str) -> String {
        let claims = json!({"iss": "acme", "sub": login, "exp": SystemClock.now().timestamp() + 60});
        let key = EncodingKey::from_secret(self.tenant.portal_secret.as_bytes());
        jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap()
    }
}

#[tokio::test]
async fn a_portal_token_allows_only_the_bells_calls() {
    let acme = Acme::start().await;
    let token = acme.portal_token("ada");
    let document: Value = acme.call(Method::GET, "/openapi.json").send().await.unwrap().json().await.unwrap();
    let mut allowed = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"].into_iter().filter(|method| item.get(method).is_some()) {
            let filled = ["{id}", "{button}", "{attachment}", "{login}", "{name}"]
                .into_iter()
                .zip(["01890a5d-ac96-774b-bcce-b302099a8057", "0", "0", "emi", "monitoring"])
                .fold(path.clone(), |path, (name, value)| path.replace(name, value));
            assert!(!filled.contains('{'), "{path} has a parameter without a test value");
            let call = acme.call(method.to_uppercase().parse().unwrap(), &filled).bearer_auth(&token);
            let response = call.header("content-type", "application/json").body("{}").send().await.unwrap();
            let status = response.status().as_u16();
            if ALLOWED.contains(&(method, path)) {
                allowed += 1;
                let said_who = !path.starts_with("/session");
                assert!(status != 403 && (status != 401 || !said_who), "{method} {path}: {status}");
            } else {
                let problem: Value = response.json().await.unwrap();
                assert_eq!(status, 403, "{method} {path}: {problem}");
                assert!(problem["detail"].as_str().unwrap().contains("portal"), "{method} {path}: {problem}");
            }
        }
    }
    assert_eq!(allowed, ALLOWED.len(), "an allowed call is not documented");
    // The refused calls had no effect, and the person's session may still make them.
    let ada = acme.session("ada").await;
    let keys = acme.fetch(Method::GET, "/keys", &ada, None).await;
    assert!(keys["items"].as_array().unwrap().iter().all(|key| key.get("revoked_at").is_none()), "{keys}");
}

#[tokio::test]
async fn a_portal_token_is_refused_for_other_calls_with_valid_bodies() {
    let acme = Acme::start().await;
    let token = acme.portal_token("ada");
    let calls: [(Method, &str, Option<Value>); 12] = [
        (Method::POST, "/keys", Some(json!({"name": "mine", "scopes": ["admin"]}))),
        (Method::POST, "/members/bo/link", None),
        (Method::POST, "/members", Some(json!({"login": "mallory", "administrator": true}))),
        (Method::PUT, "/tenant/settings", Some(json!({"retention_days": 1}))),
        (Method::PUT, "/directory", Some(json!({"relation": {"object": "tenant", "relation": "administrator", "subject": "person:emi"}}))),
        (Method::DELETE, "/directory/people/bo", None),
        (Method::POST, "/notifications", Some(super::send_request(everyone(), "Mine"))),
        (Method::POST, "/audience", Some(json!({"to": everyone()}))),
        (Method::GET, "/people?q=a", None),
        (Method::GET, "/directory/export", None),
        (Method::PUT, "/drafts/01890a5d-ac96-774b-bcce-b302099a8057", Some(json!({"title": "a", "letter": "b"}))),
        (Method::DELETE, "/session", None),
    ];
    for (method, path, body) in calls {
        let (status, problem) = acme.try_fetch(method.clone(), path, &token, body).await;
        assert_eq!((status, &problem["type"]), (403, &json!("/problems/forbidden")), "{method} {path}");
    }
}

#[tokio::test]
async fn the_bell_works_with_a_portal_token() {
    let acme = Acme::start().await;
    let token = acme.portal_token("ada");
    let id = acme.send(everyone(), "Hello").await["id"].as_str().unwrap().to_owned();
    let me = acme.fetch(Method::GET, "/me", &token, None).await;
    // The person is an administrator, but this token does not grant that.
    assert_eq!((&me["person"]["login"], &me["may_send"], &me["may_administer"]), (&json!("ada"), &json!(false), &json!(false)));
    acme.fetch(Method::PUT, "/me/preferences", &token, Some(json!({"desktop_from": "error"}))).await;
    assert_eq!(acme.fetch(Method::GET, "/inbox", &token, None).await["items"][0]["id"], id);
    let changed = acme.fetch(Method::POST, "/inbox/changes", &token, Some(json!({"action": "read", "ids": [id]}))).await;
    acme.fetch(Method::POST, "/inbox/undo", &token, Some(json!({"undo": changed["undo"]}))).await;
    let ticket = acme.fetch(Method::POST, "/events/ticket", &token, None).await["ticket"].as_str().unwrap().to_owned();
    // A ticket opens the stream only. It is not a session.
    assert_eq!(acme.try_fetch(Method::GET, "/me", &ticket, None).await.0, 401);
    let stream = acme.call(Method::GET, &format!("/events?ticket={ticket}")).send().await.unwrap();
    assert_eq!((stream.status().as_u16(), &stream.headers()["content-type"]), (200, &"text/event-stream".parse().unwrap()));
}

#[tokio::test]
async fn dialects_allow_a_portal_token_only_the_inbox() {
    let acme = Acme::start().await;
    let token = acme.portal_token("ada");
    acme.server.create_key(&acme.tenant, "apim", &[Scope::Admin]).await;
    let base = "/gravitee/management/organizations/DEFAULT/environments/DEFAULT";
    let message =
        json!({"channel": "PORTAL", "title": "Mine", "text": "x", "recipient": {"role_scope": "ENVIRONMENT", "role_value": ["ADMIN"]}});
    let notify = json!({"user": 1, "type": "x", "title": "Mine"});
    let calls: [(Method, String, Option<&Value>, u16); 13] = [
        (Method::POST, format!("{base}/messages"), Some(&message), 403),
        (Method::POST, format!("{base}/apis/petstore/messages"), Some(&message), 403),
        (Method::GET, format!("{base}/configuration/rolescopes/ENVIRONMENT/roles"), None, 403),
        (Method::GET, format!("{base}/configuration/rolescopes/API/roles"), None, 403),
        (Method::POST, "/gravitee/management/organizations/DEFAULT/user/login".to_owned(), None, 403),
        (Method::POST, "/gravitee/management/organizations/DEFAULT/user/logout".to_owned(), None, 403),
        (Method::GET, format!("{base}/user/notifications"), None, 200),
        (Method::GET, "/gravitee/portal/environments/DEFAULT/user/notifications".to_owned(), None, 200),
        (Method::POST, "/selfcommunity/api/v2/notification/notify/".to_owned(), Some(&notify), 403),
        (Method::GET, "/selfcommunity/api/v2/notification/".to_owned(), None, 200),
        (Method::GET, "/selfcommunity/api/v2/notification/banner/".to_owned(), None, 200),
        (Method::POST, "/mykaarma/communications/department/d/user/ada/notify".to_owned(), Some(&notify), 401),
        (Method::POST, "/citrix/acme/notifications/items".to_owned(), Some(&message), 401),
    ];
    for (method, path, body, expected) in calls {
        let mut request = acme.server.http.request(method.clone(), acme.server.url(&path));
        request = if path.starts_with("/citrix") {
            request.header("authorization", format!("CwsAuth bearer={token}"))
        } else {
            request.bearer_auth(&token)
        };
        if let Some(body) = body {
            request = request.json(body);
        }
        assert_eq!(request.send().await.unwrap().status(), expected, "{method} {path}");
    }
}
