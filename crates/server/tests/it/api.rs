//! Our own API, version 1.

mod bad_input;
mod buttons;
mod deliveries;
mod directory;
mod docs;
mod drafts;
mod events;
mod inbox;
mod keys;
mod members;
mod notifications;
mod password;
mod portal;
mod portal_secret;
mod recall_and_correct;
mod session;
mod sign_in_link;
mod size_quota;
mod stream_expiry;
mod tenant;
mod volume;

use campanile_domain::{NewPerson, Operator, Scope, Tenant, TenantSettings};
use campanile_shared::sign_in::Session;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::Server;

/// A server with one tenant: two administrators, a reader and an API key.
struct Acme {
    server: Server,
    tenant: Tenant,
    key: String,
}

impl Acme {
    async fn start() -> Self {
        Self::on(Server::start().await).await
    }

    async fn on(server: Server) -> Self {
        let campanile = &server.running.campanile;
        let tenant = campanile.create_tenant(Operator, "acme", TenantSettings::default()).await.unwrap();
        for (login, administrator) in [("ada", true), ("bo", true), ("emi", false)] {
            let person = NewPerson {
                login: login.to_owned(),
                name: format!("{login} Example"),
                email: None,
                languages: vec!["de".parse().unwrap()],
                external_ids: vec![format!("citrix:{login}-1")],
                administrator,
            };
            server.running.store.create_person(tenant.id, person, campanile.now()).await.unwrap();
        }
        let key = server.create_key(&tenant, "monitoring", &[Scope::Send, Scope::Read]).await;
        Self { server, tenant, key }
    }

    /// Returns a session token of a person.
    async fn session(&self, login: &str) -> String {
        let campanile = &self.server.running.campanile;
        let link = campanile.create_sign_in_link(&Operator.on(&self.tenant), login).await.unwrap().secret;
        let request = self.call(Method::POST, "/session").header("sec-fetch-site", "cross-site").json(&json!({"link": link}));
        let session: Session = request.send().await.unwrap().json().await.unwrap();
        session.token.unwrap()
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.http.request(method, self.server.url(&format!("/api/v1{path}")))
    }

    /// Returns the JSON response of a call that must succeed.
    async fn fetch(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.try_fetch(method, path, token, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }

    /// Returns the status and the JSON response of a call.
    async fn try_fetch(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.call(method, path).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
    }

    /// Sends a notification with this title.
    async fn send(&self, to: Value, title: &str) -> Value {
        self.fetch(Method::POST, "/notifications", &self.key, Some(send_request(to, title))).await
    }
}

fn send_request(to: Value, title: &str) -> Value {
    json!({"to": to, "content": [{"language": "en", "title": title}]})
}

fn everyone() -> Value {
    json!([{"kind": "everyone"}])
}
