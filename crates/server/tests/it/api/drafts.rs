//! Saved drafts of people.

use reqwest::Method;
use serde_json::json;

use super::Acme;

const ONE: &str = "/drafts/00000000-0000-4000-8000-000000000001";
const TWO: &str = "/drafts/00000000-0000-4000-8000-000000000002";

#[tokio::test]
async fn drafts_belong_to_their_author() {
    let acme = Acme::start().await;
    // Two sessions, as in two browsers.
    let (here, there) = (acme.session("ada").await, acme.session("ada").await);
    acme.fetch(Method::PUT, ONE, &here, Some(json!({"title": "First", "letter": "{\"a\":1}"}))).await;
    acme.fetch(Method::PUT, TWO, &here, Some(json!({"title": "", "letter": "{}"}))).await;
    acme.fetch(Method::PUT, ONE, &there, Some(json!({"title": "Changed", "letter": "{\"a\":2}"}))).await;
    let list = acme.fetch(Method::GET, "/drafts", &here, None).await;
    let titles: Vec<_> = list["items"].as_array().unwrap().iter().map(|draft| draft["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Changed", ""]);
    assert_eq!(acme.fetch(Method::GET, ONE, &here, None).await, json!({"title": "Changed", "letter": "{\"a\":2}"}));
    let count = async |session: &str| acme.fetch(Method::GET, "/me", session, None).await["drafts"].clone();
    assert_eq!((count(&here).await, count(&acme.session("bo").await).await), (json!(2), json!(0)));
    // Another person's draft with the same id is a different draft.
    let bo = acme.session("bo").await;
    assert_eq!(acme.try_fetch(Method::GET, ONE, &bo, None).await.0, 404);
    acme.fetch(Method::PUT, ONE, &bo, Some(json!({"title": "Bo's", "letter": ""}))).await;
    acme.fetch(Method::DELETE, ONE, &bo, None).await;
    assert_eq!(acme.fetch(Method::GET, ONE, &here, None).await["title"], "Changed");
    acme.fetch(Method::DELETE, ONE, &there, None).await;
    acme.fetch(Method::DELETE, ONE, &there, None).await;
    assert_eq!(acme.try_fetch(Method::GET, ONE, &here, None).await.0, 404);
}

#[tokio::test]
async fn drafts_are_limited_and_need_the_right_to_send() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let large = "x".repeat(campanile_shared::limits::MAX_DRAFT_LENGTH + 1);
    let (status, problem) = acme.try_fetch(Method::PUT, ONE, &ada, Some(json!({"title": "", "letter": large}))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/letter")));
    for at in 0..campanile_shared::limits::MAX_DRAFTS {
        acme.fetch(Method::PUT, &format!("/drafts/{}", uuid::Uuid::from_u128(at as u128)), &ada, Some(json!({"title": "", "letter": ""})))
            .await;
    }
    assert_eq!(
        acme.try_fetch(Method::PUT, "/drafts/ffffffff-0000-4000-8000-000000000001", &ada, Some(json!({"title": "", "letter": ""}))).await.0,
        422
    );
    // Existing drafts can still be saved.
    let again = format!("/drafts/{}", uuid::Uuid::from_u128(0));
    acme.fetch(Method::PUT, &again, &ada, Some(json!({"title": "again", "letter": ""}))).await;
    let emi = acme.session("emi").await;
    assert_eq!(acme.try_fetch(Method::PUT, ONE, &emi, Some(json!({"title": "", "letter": ""}))).await.0, 403);
    assert_eq!(acme.try_fetch(Method::GET, "/drafts", &acme.key, None).await.0, 403);
}
