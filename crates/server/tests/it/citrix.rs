//! The Citrix dialect: real requests over a real connection to the whole server and its store.
#![expect(clippy::unwrap_used, reason = "a panic fails the test and names the line")]

mod bad_input;
mod exchanges;
mod idempotency;
mod lists;
mod mail;
mod subscriptions;

use campanile_domain::{NewPerson, Scope, TenantSettings, model::access::Actor};
use serde_json::{Value, json};

use crate::{
    harness::Server,
    raw_http::{self, RawResponse},
};

/// A server with the customer `acme`, its administrators `ada` and `bo`, and API keys.
struct Customer {
    server: Server,
    key: String,
    reading_key: String,
    sending_key: String,
    foreign_key: String,
}

/// The id of the client whose secret is [`Customer::key`].
const CLIENT: &str = "integration";

impl Customer {
    async fn new() -> Self {
        Self::with(json!({})).await
    }

    /// Starts the server with settings that differ from the defaults.
    async fn with(mut settings: Value) -> Self {
        settings["hosts"]["notifications.citrixworkspacesapi.net"] = json!("citrix");
        let server = Server::with(settings).await;
        let campanile = &server.running.campanile;
        let tenant = server.running.store.create_tenant("acme", TenantSettings::default(), "secret", "mail").await.unwrap();
        let other = server.running.store.create_tenant("elsewhere", TenantSettings::default(), "other", "mail").await.unwrap();
        for (login, external) in [("ada", "citrix:00u1A2b3"), ("bo", "selfcommunity:7")] {
            let person = NewPerson {
                login: login.to_owned(),
                name: login.to_owned(),
                email: None,
                languages: Vec::new(),
                external_ids: vec![external.to_owned()],
                administrator: true,
            };
            server.running.store.create_person(tenant.id, person, campanile.now()).await.unwrap();
        }
        let both = [Scope::Send, Scope::Read];
        Self {
            key: server.create_key(&tenant, CLIENT, &both).await,
            reading_key: server.create_key(&tenant, "reader", &[Scope::Read]).await,
            sending_key: server.create_key(&tenant, "sender", &[Scope::Send]).await,
            foreign_key: server.create_key(&other, "foreign", &both).await,
            server,
        }
    }

    /// Sends a request unchanged.
    async fn send(&self, request: &[u8]) -> RawResponse {
        raw_http::send(self.server.running.address, request).await
    }

    /// Sends a create request with additional header lines and this body.
    async fn create(&self, headers: &[&str], body: &str) -> RawResponse {
        self.post("/citrix/acme/notifications/items", headers, body.as_bytes()).await
    }

    async fn post(&self, path: &str, headers: &[&str], body: &[u8]) -> RawResponse {
        let mut request = format!("POST {path} HTTP/1.1\r\nHost: a\r\n");
        for (name, line) in [
            ("authorization", format!("Authorization: CwsAuth bearer={}", self.key)),
            ("content-type", "Content-Type: application/json".to_owned()),
        ] {
            if !headers.iter().any(|given| given.to_ascii_lowercase().starts_with(name)) {
                request += &format!("{line}\r\n");
            }
        }
        for line in headers {
            request += &format!("{line}\r\n");
        }
        request += &format!("Content-Length: {}\r\n\r\n", body.len());
        self.send(&[request.as_bytes(), body].concat()).await
    }

    async fn get(&self, path: &str, headers: &[&str]) -> RawResponse {
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: CwsAuth bearer={}\r\n", self.key);
        for line in headers {
            request += &format!("{line}\r\n");
        }
        self.send(format!("{request}\r\n").as_bytes()).await
    }

    /// Returns how many notifications the customer has. Sequence numbers have no gaps, so this is the newest one.
    async fn stored_count(&self) -> u64 {
        let tenant = self.server.running.store.tenant("acme").await.unwrap().unwrap();
        let newest = self.server.running.store.notifications(tenant.id, None, 1).await.unwrap();
        newest.first().map_or(0, |newest| newest.sequence)
    }

    async fn actor(&self) -> Actor {
        Actor::Sender(self.server.running.campanile.sender(&self.key).await.unwrap())
    }
}

impl RawResponse {
    /// The last part of an error's type.
    pub fn suffix(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.strip_prefix("https://errors-api.cloud.com/common/").unwrap_or(&kind).to_owned()
    }
}

/// The request of the vendor's documentation with some fields replaced. A null value removes the field.
fn body(changes: Value) -> String {
    let mut body = json!({
        "destinationAdmin": "*",
        "component": "Citrix Cloud",
        "createdDate": "2018-04-22T21:11:25.006Z",
        "eventId": "768e5756-08bf-47ce-9566-e286887ba734",
        "severity": "Information",
        "priority": "Normal",
        "content": [{"languageTag": "en-US", "title": "This is a title", "description": "This is a description"}],
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value.clone();
        }
    }
    body.to_string()
}
