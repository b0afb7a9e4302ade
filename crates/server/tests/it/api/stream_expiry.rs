//! A stream ends when its credential ends.

use campanile_shared::administration::PortalSecretRotation;
use std::time::Duration;

use campanile_domain::{
    Clock, Operator, PersonId, SecretHash, SystemClock,
    model::{
        secret::SecretKind,
        token::{Token, TokenSubject},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpStream;

use super::{Acme, events::open, everyone};
use crate::harness::{read_to_end, read_until};

/// How much later than its credential a stream may end.
const TOLERANCE: TimeDelta = TimeDelta::seconds(2);

impl Acme {
    async fn person(&self, login: &str) -> PersonId {
        self.server.running.store.find_person(self.tenant.id, login).await.unwrap().unwrap()
    }

    /// A portal token for a person that expires at `expires`, in seconds since 1970.
    fn sign_portal_token(&self, login: &str, expires: i64) -> String {
        let claims = json!({"iss": "acme", "sub": login, "exp": expires});
        jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(self.tenant.portal_secret.as_bytes())).unwrap()
    }

    /// Opens a stream and waits for its first event.
    async fn stream(&self, token: &str) -> TcpStream {
        let mut stream = open(self, "", &format!("Authorization: Bearer {token}\r\n")).await;
        read_until(&mut stream, "event: hello").await;
        stream
    }

    /// Opens a stream with a ticket and waits for its first event.
    async fn stream_by_ticket(&self, token: &str) -> TcpStream {
        let ticket = self.fetch(Method::POST, "/events/ticket", token, None).await["ticket"].as_str().unwrap().to_owned();
        let mut stream = open(self, &format!("?ticket={ticket}"), "").await;
        read_until(&mut stream, "event: hello").await;
        stream
    }

    async fn status_of_me(&self, token: &str) -> u16 {
        self.try_fetch(Method::GET, "/me", token, None).await.0
    }
}

/// Waits until the server closes a stream at this time, without further events.
async fn ends_at(mut stream: TcpStream, at: DateTime<Utc>) {
    let text = read_to_end(&mut stream).await;
    let now = SystemClock.now();
    assert!(at <= now && now <= at + TOLERANCE, "the stream should end at {at} and ended at {now}");
    assert!(!text.contains("event:"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_when_its_credential_expires() {
    let acme = Acme::start().await;
    let campanile = &acme.server.running.campanile;
    let (ada, life) = (acme.person("ada").await, TimeDelta::seconds(3));
    let expires_at = campanile.now() + life;
    let session = "cms_short";
    let pass = Token { kind: SecretKind::Session, tenant: acme.tenant.id, subject: TokenSubject::Person(ada), expires_at };
    acme.server.running.store.insert_token(SecretHash::of(session), pass).await.unwrap();
    let personal = campanile.create_personal_token(&Operator.on(&acme.tenant), "ada", life.to_std().unwrap()).await.unwrap();
    let (whole, date) = (expires_at.timestamp(), |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap());
    let portal = acme.sign_portal_token("ada", whole);
    // The portal's clock is behind: of the leeway of one minute, three seconds are left.
    let late = acme.sign_portal_token("ada", whole - 60);
    let lasting = acme.session("ada").await;
    let streams = [
        (acme.stream(session).await, expires_at),
        (acme.stream_by_ticket(session).await, expires_at),
        (acme.stream(&personal.secret).await, personal.expires_at),
        (acme.stream(&portal).await, date(whole)),
        (acme.stream_by_ticket(&portal).await, date(whole)),
        (acme.stream(&late).await, date(whole)),
    ];
    let mut other = acme.stream(&lasting).await;
    let ends = streams.map(|(stream, at)| tokio::spawn(ends_at(stream, at)));
    for end in ends {
        end.await.unwrap();
    }
    assert_eq!(
        (acme.status_of_me(session).await, acme.status_of_me(&personal.secret).await, acme.status_of_me(&late).await),
        (401, 401, 401)
    );
    acme.send(everyone(), "Later").await;
    read_until(&mut other, "Later").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_when_its_credential_is_revoked() {
    let acme = Acme::start().await;
    let campanile = &acme.server.running.campanile;
    let (bo, emi) = (acme.person("bo").await, acme.person("emi").await);
    let (now, store) = (campanile.now(), &acme.server.running.store);
    let portal = |login: &str| acme.sign_portal_token(login, now.timestamp() + 600);
    let ends_now = |stream| ends_at(stream, now - TOLERANCE / 2 + (campanile.now() - now));

    // One of several sessions ends. The other streams stay open.
    let (first, second) = (acme.session("ada").await, acme.session("ada").await);
    let (one, ticketed) = (acme.stream(&first).await, acme.stream_by_ticket(&first).await);
    let (mut other, mut by_portal) = (acme.stream(&second).await, acme.stream(&portal("ada")).await);
    acme.fetch(Method::DELETE, "/session", &first, None).await;
    ends_now(one).await;
    ends_now(ticketed).await;
    acme.send(everyone(), "Still").await;
    read_until(&mut other, "Still").await;
    read_until(&mut by_portal, "Still").await;

    // A ticket of an ended session is invalid.
    let ticket = acme.fetch(Method::POST, "/events/ticket", &second, None).await["ticket"].as_str().unwrap().to_owned();
    let logout = acme.server.http.post(acme.server.url("/gravitee/management/user/logout")).bearer_auth(&second);
    assert_eq!(logout.send().await.unwrap().status(), 200);
    ends_now(other).await;
    for path in [format!("/events?ticket={ticket}"), format!("/inbox/export?format=json&ticket={ticket}")] {
        assert_eq!(acme.call(Method::GET, &path).send().await.unwrap().status(), 401, "{path}");
    }

    let session = acme.session("bo").await;
    let stream = acme.stream(&session).await;
    campanile.set_password(&Operator.on(&acme.tenant), "bo", "correct horse battery").await.unwrap();
    ends_now(stream).await;
    assert_eq!(acme.status_of_me(&session).await, 401);

    let (session, by_portal) = (acme.session("bo").await, portal("bo"));
    let streams = [acme.stream(&session).await, acme.stream(&by_portal).await];
    store.set_disabled(acme.tenant.id, bo, true, campanile.now()).await.unwrap();
    for stream in streams {
        ends_now(stream).await;
    }
    assert_eq!((acme.status_of_me(&session).await, acme.status_of_me(&by_portal).await), (401, 401));

    let (session, by_portal) = (acme.session("emi").await, portal("emi"));
    let streams = [acme.stream(&session).await, acme.stream(&by_portal).await];
    store.remove_person(acme.tenant.id, emi).await.unwrap();
    for stream in streams {
        ends_now(stream).await;
    }
    assert_eq!((acme.status_of_me(&session).await, acme.status_of_me(&by_portal).await), (401, 401));

    // A stream of a portal token ends when the secret that signed it is no longer valid.
    let (by, rotation) = (Operator.on(&acme.tenant), PortalSecretRotation { overlap_hours: 24 });
    let rotate = async || campanile.rotate_portal_secret(&by, rotation).await.unwrap();
    let mut stream = acme.stream(&portal("ada")).await;
    rotate().await;
    acme.send(everyone(), "Signed before").await;
    read_until(&mut stream, "Signed before").await;
    rotate().await;
    ends_now(stream).await;
    assert_eq!(acme.status_of_me(&portal("ada")).await, 401);
}

#[tokio::test]
async fn an_export_ends_with_the_session() {
    let acme = Acme::start().await;
    let session = acme.session("ada").await;
    // More pages than the server reads ahead, and more than the socket buffers hold.
    let text = "x".repeat(60_000);
    for number in 0..1_400 {
        let content = json!([{"language": "en", "title": number.to_string(), "description": text}]);
        acme.fetch(Method::POST, "/notifications", &acme.key, Some(json!({"to": everyone(), "content": content}))).await;
    }
    let request = acme.call(Method::GET, "/inbox/export?format=json").bearer_auth(&session).timeout(Duration::from_secs(30));
    let mut file = request.send().await.unwrap();
    assert!(file.chunk().await.unwrap().is_some());
    acme.fetch(Method::DELETE, "/session", &session, None).await;
    let ended = loop {
        match file.chunk().await {
            Ok(Some(_)) => {}
            end => break end,
        }
    };
    assert!(ended.is_err(), "the export did not stop");
}
