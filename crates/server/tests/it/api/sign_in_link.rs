use campanile_domain::Operator;
use campanile_shared::SignIn;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::Acme;

#[tokio::test]
async fn a_link_names_its_person_before_it_is_used() {
    let acme = Acme::start().await;
    let campanile = &acme.server.running.campanile;
    let link = campanile.create_sign_in_link(&Operator.on(&acme.tenant), "ada").await.unwrap().secret;
    let ask = |link: &str| acme.call(Method::POST, "/session/link").json(&json!({ "link": link })).send();
    for _ in 0..2 {
        let response = ask(&link).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.json::<Value>().await.unwrap(), json!({"tenant": "acme", "login": "ada", "name": "ada Example"}));
    }
    let signed_in = acme.call(Method::POST, "/session").json(&json!({ "link": link })).send().await.unwrap();
    assert_eq!(signed_in.status(), StatusCode::CREATED, "the link was used up");
    let session = campanile
        .sign_in(&SignIn::Link { link: campanile.create_sign_in_link(&Operator.on(&acme.tenant), "ada").await.unwrap().secret })
        .await
        .unwrap();
    for of_no_use in [link.as_str(), "", "unknown", &session.secret] {
        assert_eq!(ask(of_no_use).await.unwrap().status(), StatusCode::UNAUTHORIZED, "{of_no_use}");
    }
}
