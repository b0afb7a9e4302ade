//! Sign-in with a password, and errors of the portal's API.

use campanile_domain::Operator;
use reqwest::Method;
use serde_json::Value;

use super::Gravitee;

#[tokio::test]
async fn people_get_a_token_for_their_password() {
    let gravitee = Gravitee::start().await;
    let campanile = &gravitee.server.running.campanile;
    campanile.set_password(&Operator.on(&gravitee.tenant), "bo", "correct horse").await.unwrap();
    let login = |user: &'static str, password: &'static str| {
        let url = gravitee.server.url("/gravitee/management/organizations/DEFAULT/user/login");
        gravitee.server.http.post(url).basic_auth(user, Some(password)).send()
    };
    assert_eq!(login("bo", "wrong").await.unwrap().status(), 401);
    for user in ["bo", "acme/bo"] {
        let answer: Value = login(user, "correct horse").await.unwrap().json().await.unwrap();
        assert_eq!(answer["type"], "BEARER");
        let token = answer["token"].as_str().unwrap().to_owned();
        assert_eq!(gravitee.fetch(Method::GET, "/gravitee/management/user/notifications", &token, None).await.0, 200);
        assert_eq!(gravitee.fetch(Method::POST, "/gravitee/management/user/logout", &token, None).await.0, 200);
        assert_eq!(gravitee.fetch(Method::GET, "/gravitee/management/user/notifications", &token, None).await.0, 401);
    }
    // A changed password invalidates the cached one.
    let with = |password: &'static str| {
        gravitee.server.http.get(gravitee.server.url("/gravitee/management/user/notifications")).basic_auth("bo", Some(password)).send()
    };
    assert_eq!(with("correct horse").await.unwrap().status(), 200);
    campanile.set_password(&Operator.on(&gravitee.tenant), "bo", "battery staple").await.unwrap();
    assert_eq!(with("correct horse").await.unwrap().status(), 401);
    let (_, roles) = gravitee
        .fetch(Method::GET, "/gravitee/management/organizations/DEFAULT/configuration/rolescopes/ENVIRONMENT/roles", &gravitee.key, None)
        .await;
    let names: Vec<_> = roles.as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ADMIN", "API_PUBLISHER", "USER"]);
}

#[tokio::test]
async fn the_portal_api_has_its_own_errors_and_sign_in() {
    let gravitee = Gravitee::start().await;
    let bo = gravitee.token("bo").await;
    let portal = "/gravitee/portal/environments/DEFAULT";
    let error = |answer: &(u16, Value)| {
        let error = &answer.1["errors"][0];
        assert_eq!(error["status"], answer.0.to_string(), "{answer:?}");
        (answer.0, error["code"].as_str().unwrap().to_owned())
    };
    let unknown = "0192f0c1-2d33-7000-8000-000000000000";
    let gone = gravitee.fetch(Method::DELETE, &format!("{portal}/user/notifications/{unknown}"), &bo, None).await;
    assert_eq!(error(&gone), (404, "errors.notification.portal.notFound".to_owned()));
    assert_eq!(gone.1["errors"][0]["parameters"]["notification"], unknown);
    let nothing = gravitee.fetch(Method::GET, &format!("{portal}/nothing"), &bo, None).await;
    assert_eq!(error(&nothing).0, 404);
    let stranger = gravitee.fetch(Method::GET, &format!("{portal}/user/notifications"), "nonsense", None).await;
    assert_eq!(error(&stranger), (401, "errors.unauthorized".to_owned()));
    let campanile = &gravitee.server.running.campanile;
    campanile.set_password(&Operator.on(&gravitee.tenant), "bo", "a long passphrase of bo").await.unwrap();
    let login = |path: &str| gravitee.server.http.post(gravitee.server.url(path)).basic_auth("bo", Some("a long passphrase of bo"));
    let answer = login(&format!("{portal}/auth/login")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!((answer["token_type"].as_str(), answer.as_object().unwrap().len()), (Some("BEARER"), 2), "{answer}");
    let token = answer["token"].as_str().unwrap();
    assert_eq!(gravitee.fetch(Method::GET, &format!("{portal}/user/notifications"), token, None).await.0, 200);
    assert_eq!(gravitee.fetch(Method::POST, &format!("{portal}/auth/logout"), token, None).await.0, 200);
    assert_eq!(gravitee.fetch(Method::GET, &format!("{portal}/user/notifications"), token, None).await.0, 401);
}
