//! Rotation of the secret with which a tenant's portal signs tokens.

use campanile_domain::{Clock, SystemClock};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::Acme;

impl Acme {
    async fn rotate(&self, token: &str, hours: i64) -> (u16, Value) {
        self.try_fetch(Method::POST, "/tenant/portal-secret", token, Some(json!({"overlap_hours": hours}))).await
    }

    /// Returns the status of a call with a token signed with this secret.
    async fn status_with_secret(&self, secret: &str) -> u16 {
        let claims = json!({"iss": "acme", "sub": "ada", "exp": SystemClock.now().timestamp() + 300});
        let token = jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap();
        self.try_fetch(Method::GET, "/me", &token, None).await.0
    }
}

#[tokio::test]
async fn only_the_previous_secret_works_during_the_overlap() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let first = acme.tenant.portal_secret.clone();
    let before = SystemClock.now();
    let (status, made) = acme.rotate(&ada, 24).await;
    let second = made["secret"].as_str().unwrap().to_owned();
    assert_eq!(status, 200);
    assert!(second.starts_with("cmx_") && second != first);
    let until: DateTime<Utc> = made["former_until"].as_str().unwrap().parse().unwrap();
    assert!((TimeDelta::hours(24)..TimeDelta::hours(25)).contains(&(until - before)));
    assert_eq!((acme.status_with_secret(&first).await, acme.status_with_secret(&second).await), (200, 200));
    // Another rotation ends the first secret: only one previous secret is valid.
    let third = acme.rotate(&ada, 1).await.1["secret"].as_str().unwrap().to_owned();
    let all = [acme.status_with_secret(&first).await, acme.status_with_secret(&second).await, acme.status_with_secret(&third).await];
    assert_eq!(all, [401, 200, 200]);
    // Without an overlap, the previous secret ends at once.
    let (status, made) = acme.rotate(&ada, 0).await;
    assert_eq!((status, &made["former_until"]), (200, &Value::Null));
    let all = [
        acme.status_with_secret(&second).await,
        acme.status_with_secret(&third).await,
        acme.status_with_secret(made["secret"].as_str().unwrap()).await,
    ];
    assert_eq!(all, [401, 401, 200]);
}

#[tokio::test]
async fn the_overlap_ends_at_its_time() {
    let acme = Acme::start().await;
    let campanile = &acme.server.running.campanile;
    let first = acme.tenant.portal_secret.clone();
    acme.server
        .running
        .store
        .rotate_portal_secret(acme.tenant.id, "cmx_second", Some(campanile.now() - TimeDelta::milliseconds(1)))
        .await
        .unwrap();
    assert_eq!((acme.status_with_secret(&first).await, acme.status_with_secret("cmx_second").await), (401, 200));
}

#[tokio::test]
async fn links_in_mail_stay_valid() {
    let acme = Acme::start().await;
    let campanile = &acme.server.running.campanile;
    let ada = acme.server.running.store.find_person(acme.tenant.id, "ada").await.unwrap().unwrap();
    let person = acme.server.running.store.person(acme.tenant.id, ada).await.unwrap().unwrap();
    let token = campanile.unsubscribe_token(&person).await.unwrap();
    let session = acme.session("ada").await;
    for _ in 0..2 {
        acme.rotate(&session, 0).await;
    }
    let link = acme.server.url(&format!("/unsubscribe?token={token}"));
    assert_eq!(acme.server.http.post(link).send().await.unwrap().status(), StatusCode::OK);
    // The secret of unsubscribe links is not a portal secret.
    let tenant = acme.server.running.store.tenant("acme").await.unwrap().unwrap();
    assert_eq!(acme.status_with_secret(&tenant.mail_secret).await, 401);
}

#[tokio::test]
async fn only_administrators_rotate_the_secret_of_their_own_tenant() {
    let acme = Acme::start().await;
    let (ada, emi) = (acme.session("ada").await, acme.session("emi").await);
    for token in [&emi, &acme.key, &acme.portal_token("ada")] {
        assert_eq!(acme.rotate(token, 0).await.0, 403);
    }
    for hours in [721, -1] {
        let (status, problem) = acme.rotate(&ada, hours).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/overlap_hours")), "{hours}");
    }
    let stranger = acme.server.sign_in("other").await;
    acme.rotate(&stranger, 0).await;
    assert_eq!(acme.status_with_secret(&acme.tenant.portal_secret).await, 200);
}
