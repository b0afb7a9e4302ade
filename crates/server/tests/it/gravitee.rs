//! The Gravitee dialect, against the whole server and its store.

mod cors;
mod exchanges;
mod http_messages;
mod idempotency;
mod messages;
mod notifications;
mod sign_in;

use campanile_domain::{Operator, Scope, Tenant, TenantSettings, model::access::Actor, record_rules};
use campanile_shared::directory::Record;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Server;

/// A tenant with an environment, two APIs, applications, groups and people.
struct Gravitee {
    server: Server,
    tenant: Tenant,
    key: String,
}

const BASE: &str = "/gravitee/management/organizations/DEFAULT/environments/DEFAULT";

impl Gravitee {
    async fn start() -> Self {
        Self::with(json!({})).await
    }

    async fn with(settings: Value) -> Self {
        let server = Server::with(settings).await;
        let campanile = &server.running.campanile;
        let tenant = campanile.create_tenant(Operator, "acme", TenantSettings::default()).await.unwrap();
        let key = server.create_key(&tenant, "apim", &[Scope::Admin]).await;
        let by = Actor::Sender(campanile.sender(&key).await.unwrap());
        let person = |login: &str| json!({"person": {"login": login, "email": format!("{login}@acme.example")}});
        let relation =
            |object: &str, relation: &str, subject: &str| json!({"relation": {"object": object, "relation": relation, "subject": subject}});
        for record in [
            person("ada"),
            person("bo"),
            person("cy"),
            person("di"),
            person("eve"),
            json!({"person": {"login": "fay"}}),
            json!({"object": {"object": "api:petstore", "name": "Petstore"}}),
            relation("tenant", "administrator", "person:ada"),
            relation("environment:DEFAULT", "ADMIN", "person:ada"),
            relation("environment:DEFAULT", "API_PUBLISHER", "person:ada"),
            relation("environment:DEFAULT", "USER", "person:bo"),
            relation("environment:DEFAULT", "USER", "person:fay"),
            relation("environment:DEFAULT", "api", "api:petstore"),
            relation("environment:DEFAULT", "api", "api:lonely"),
            relation("environment:DEFAULT", "ACTIVE", "application:shop"),
            relation("environment:DEFAULT", "ARCHIVED", "application:old"),
            relation("api:petstore", "ACCEPTED", "application:shop"),
            relation("api:petstore", "ACCEPTED", "application:old"),
            relation("api:petstore", "PENDING", "application:till"),
            relation("application:shop", "OWNER", "person:bo"),
            relation("application:shop", "PRIMARY_OWNER", "person:cy"),
            relation("application:till", "OWNER", "person:di"),
            relation("application:shop", "group", "group:g1"),
            relation("application:old", "group", "group:g2"),
            relation("group:g1", "OWNER", "person:eve"),
            relation("group:g1", "PRIMARY_OWNER", "person:eve"),
            relation("group:g2", "OWNER", "person:di"),
            relation("api:petstore", "subscribed_by", "person:di"),
            relation("api:petstore", "subscribed_by", "person:bo"),
        ] {
            let record: Record = serde_json::from_value(record).unwrap();
            assert!(record_rules::check_record(&record).is_empty());
            campanile.put_record(&by, record).await.unwrap();
        }
        Self { server, tenant, key }
    }

    async fn token(&self, login: &str) -> String {
        let campanile = &self.server.running.campanile;
        campanile.create_personal_token(&Operator.on(&self.tenant), login, std::time::Duration::from_secs(3600)).await.unwrap().secret
    }

    async fn fetch(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.server.http.request(method, self.server.url(path)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.fetch(Method::POST, &format!("{BASE}{path}"), &self.key, Some(body)).await
    }

    /// Returns the titles of a person's notifications.
    async fn titles(&self, login: &str) -> Vec<String> {
        let token = self.token(login).await;
        let (status, list) = self.fetch(Method::GET, "/gravitee/management/organizations/DEFAULT/user/notifications", &token, None).await;
        assert_eq!(status, 200);
        list["data"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
    }

    async fn stored_count(&self) -> usize {
        self.server.running.store.notifications(self.tenant.id, None, 1_000).await.unwrap().len()
    }
}

fn portal_message(scope: &str, roles: &[&str]) -> Value {
    json!({"channel": "portal", "title": "T", "text": "X", "recipient": {"role_scope": scope, "role_value": roles}, "unknown": 1})
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    assert_eq!(answer.1["http_status"], answer.0, "{answer:?}");
    (answer.0, answer.1["technicalCode"].as_str().unwrap())
}
