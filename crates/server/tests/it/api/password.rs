//! People change their own password.

use campanile_domain::Operator;
use campanile_shared::sign_in::Session;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::Acme;
use crate::harness::Server;

pub const PASSWORD: &str = "correct horse battery";
const NEW: &str = "four brass bells";

impl Acme {
    /// Sets a person's password, as the command line does.
    pub async fn set_password(&self, login: &str, password: &str) {
        let campanile = &self.server.running.campanile;
        campanile.set_password(&Operator.on(&self.tenant), login, password).await.unwrap();
    }

    /// Signs in by password from another origin; returns the status and the session token.
    pub async fn sign_in(&self, login: &str, password: &str) -> (u16, Option<String>) {
        let body = json!({"tenant": "acme", "login": login, "password": password});
        let response = self.call(Method::POST, "/session").header("sec-fetch-site", "cross-site").json(&body).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Session>().await.ok().and_then(|session| session.token))
    }

    async fn change(&self, token: &str, current: &str, new: &str) -> (u16, Value) {
        self.try_fetch(Method::PUT, "/me/password", token, Some(json!({"current": current, "new": new}))).await
    }
}

fn field_errors(problem: &Value) -> Vec<(&str, &str)> {
    let faults = problem["errors"].as_array().unwrap().iter();
    faults.map(|fault| (fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn changing_a_password_ends_all_other_credentials() {
    let acme = Acme::start().await;
    acme.set_password("ada", PASSWORD).await;
    let campanile = &acme.server.running.campanile;
    let (here, elsewhere) = (acme.session("ada").await, acme.session("ada").await);
    let link = campanile.create_sign_in_link(&Operator.on(&acme.tenant), "ada").await.unwrap().secret;
    let program =
        campanile.create_personal_token(&Operator.on(&acme.tenant), "ada", std::time::Duration::from_secs(60)).await.unwrap().secret;
    let others = acme.session("bo").await;

    assert_eq!(acme.change(&here, PASSWORD, NEW).await.0, 204);
    for (token, expected) in [(here, 200), (elsewhere, 401), (program, 200), (others, 200)] {
        assert_eq!(acme.try_fetch(Method::GET, "/me", &token, None).await.0, expected);
    }
    let by_link = acme.call(Method::POST, "/session").json(&json!({"link": link})).send().await.unwrap();
    assert_eq!(by_link.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(acme.sign_in("ada", PASSWORD).await.0, 401);
    assert_eq!(acme.sign_in("ada", NEW).await.0, 201);
}

#[tokio::test]
async fn invalid_passwords_are_reported_at_their_field() {
    let acme = Acme::start().await;
    acme.set_password("ada", PASSWORD).await;
    let ada = acme.session("ada").await;
    let long = "x7 ".repeat(100);
    for (current, new, expected) in [
        ("wrong", NEW, ("/current", "wrong")),
        ("", NEW, ("/current", "wrong")),
        (PASSWORD, "", ("/new", "missing")),
        (PASSWORD, "x7-qp2w", ("/new", "too_short")),
        (PASSWORD, &long, ("/new", "too_long")),
        (PASSWORD, "Password1", ("/new", "too_common")),
        (PASSWORD, "iloveyou", ("/new", "too_common")),
        (PASSWORD, "Campanile1!", ("/new", "too_common")),
        (PASSWORD, "acmeacme", ("/new", "too_common")),
        (PASSWORD, "ada-Example", ("/new", "too_common")),
        (PASSWORD, PASSWORD, ("/new", "unchanged")),
    ] {
        let (status, problem) = acme.change(&ada, current, new).await;
        assert_eq!((status, field_errors(&problem)), (422, vec![expected]), "{current:?} {new:?}");
    }
    assert_eq!(acme.sign_in("ada", PASSWORD).await.0, 201);
    // A person without a password cannot change one.
    let emi = acme.session("emi").await;
    let (status, problem) = acme.change(&emi, "", NEW).await;
    assert_eq!((status, field_errors(&problem)), (422, vec![("/current", "wrong")]));
}

#[tokio::test]
async fn only_a_session_changes_a_password() {
    let acme = Acme::start().await;
    acme.set_password("ada", PASSWORD).await;
    let campanile = &acme.server.running.campanile;
    let program =
        campanile.create_personal_token(&Operator.on(&acme.tenant), "ada", std::time::Duration::from_secs(60)).await.unwrap().secret;
    for token in [program, acme.portal_token("ada"), acme.key.clone()] {
        assert_eq!(acme.change(&token, PASSWORD, NEW).await.0, 403, "{token}");
    }
    assert_eq!(acme.change("cms_wrong", PASSWORD, NEW).await.0, 401);
    assert_eq!(acme.sign_in("ada", PASSWORD).await.0, 201);
}

#[tokio::test]
async fn password_guesses_with_a_session_are_limited() {
    let acme = Acme::on(Server::with(json!({"limits": {"sign_in_attempts": 3}})).await).await;
    acme.set_password("ada", PASSWORD).await;
    let ada = acme.session("ada").await;
    for _ in 0..3 {
        assert_eq!(acme.change(&ada, "wrong", NEW).await.0, 422);
    }
    assert_eq!(acme.change(&ada, PASSWORD, NEW).await.0, 429);
    assert_eq!(acme.sign_in("ada", PASSWORD).await.0, 201, "sign-ins have their own limit");
}

#[tokio::test]
async fn a_change_by_cookie_needs_our_origin_and_keeps_the_browser_known() {
    let acme = Acme::start().await;
    acme.set_password("ada", PASSWORD).await;
    let body = json!({"tenant": "acme", "login": "ada", "password": PASSWORD});
    let signed_in = acme.call(Method::POST, "/session").json(&body).send().await.unwrap();
    let cookies: Vec<_> = signed_in.headers().get_all(header::SET_COOKIE).iter().map(|field| field.to_str().unwrap()).collect();
    let pairs: Vec<_> = cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    assert_eq!(pairs.len(), 2, "{cookies:?}");
    assert!(cookies[1].starts_with("__Host-campanile-browser=cmb_") && cookies[1].contains("; HttpOnly; SameSite=Strict"), "{cookies:?}");
    let change = acme.call(Method::PUT, "/me/password").header(header::COOKIE, pairs.join("; "));
    let change = change.json(&json!({"current": PASSWORD, "new": NEW}));
    let forged = change.try_clone().unwrap().header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    let changed = change.send().await.unwrap();
    assert_eq!(changed.status(), StatusCode::NO_CONTENT);
    assert!(changed.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("__Host-campanile-browser=cmb_"));
}
