//! People of a tenant, as administrators manage them.

use campanile_shared::text::percent_encoded;
use reqwest::Method;
use serde_json::{Value, json};

use super::Acme;

#[tokio::test]
async fn people_are_added_changed_and_found() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let new =
        json!({"login": "cy", "name": "Cy Clark", "email": "cy@acme.example", "languages": ["pl"], "external_ids": ["selfcommunity:7"]});
    let added = acme.fetch(Method::POST, "/members", &ada, Some(new.clone())).await;
    assert_eq!((&added["login"], &added["administrator"]), (&json!("cy"), &json!(false)));
    assert_eq!(acme.try_fetch(Method::POST, "/members", &ada, Some(new)).await.0, 409);
    let change = json!({"name": "Cyrus Clark", "languages": ["pl", "en"]});
    let changed = acme.fetch(Method::PUT, "/members/cy", &ada, Some(change)).await;
    assert_eq!(
        (&changed["name"], changed.get("email"), &changed["external_ids"]),
        (&json!("Cyrus Clark"), None, &json!(["selfcommunity:7"]))
    );
    let found = acme.fetch(Method::GET, "/members?q=clark", &ada, None).await;
    assert_eq!(found["items"], json!([changed]));
    // The list is paged and sorted by name.
    let mut logins = Vec::new();
    let mut path = "/members?limit=3".to_owned();
    loop {
        let page = acme.fetch(Method::GET, &path, &ada, None).await;
        logins.extend(page["items"].as_array().unwrap().iter().map(|member| member["login"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => path = format!("/members?limit=3&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(logins, ["ada", "bo", "cy", "emi"]);
    let (status, problem) = acme.try_fetch(Method::PUT, "/members/cy", &ada, Some(json!({"name": "", "email": "nowhere"}))).await;
    let faults: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
    assert_eq!((status, faults), (422, vec![&json!("/name"), &json!("/email")]));
}

#[tokio::test]
async fn a_disabled_person_is_signed_out_at_once() {
    let acme = Acme::start().await;
    let (ada, emi) = (acme.session("ada").await, acme.session("emi").await);
    let link = acme.fetch(Method::POST, "/members/emi/link", &ada, None).await["link"].as_str().unwrap().to_owned();
    let code = link.split_once("#link=").unwrap().1.to_owned();
    let disabled = acme.fetch(Method::PUT, "/members/emi/disabled", &ada, Some(json!({"disabled": true}))).await;
    assert!(disabled["disabled_at"].is_string());
    assert_eq!(acme.try_fetch(Method::GET, "/me", &emi, None).await.0, 401);
    let sign_in =
        |code: String| acme.call(Method::POST, "/session").header("sec-fetch-site", "cross-site").json(&json!({"link": code})).send();
    assert_eq!(sign_in(code).await.unwrap().status(), 401);
    assert_eq!(acme.try_fetch(Method::POST, "/members/emi/link", &ada, None).await.0, 422);
    let everyone = acme.fetch(Method::POST, "/audience", &ada, Some(json!({"to": [{"kind": "everyone"}]}))).await;
    assert_eq!(everyone["people"], 2);
    acme.fetch(Method::PUT, "/members/emi/disabled", &ada, Some(json!({"disabled": false}))).await;
    let link = acme.fetch(Method::POST, "/members/emi/link", &ada, None).await["link"].as_str().unwrap().to_owned();
    assert_eq!(sign_in(link.split_once("#link=").unwrap().1.to_owned()).await.unwrap().status(), 201);
    // Administrators cannot lock themselves out.
    let (status, problem) = acme.try_fetch(Method::PUT, "/members/ada/disabled", &ada, Some(json!({"disabled": true}))).await;
    assert_eq!((status, &problem["errors"][0]["code"]), (422, &json!("forbidden")));
    let administers = |login: &str| Some(json!({"object": "tenant", "relation": "administrator", "subject": format!("person:{login}")}));
    assert_eq!(acme.try_fetch(Method::DELETE, "/directory", &ada, administers("ada")).await.0, 422);
    acme.fetch(Method::DELETE, "/directory", &ada, administers("bo")).await;
    assert_eq!(acme.fetch(Method::GET, "/members/bo", &ada, None).await["administrator"], false);
}

#[tokio::test]
async fn only_administrators_manage_people_of_their_own_tenant() {
    let acme = Acme::start().await;
    let emi = acme.session("emi").await;
    let stranger = acme.server.sign_in("other").await;
    let calls: [(Method, &str, Option<Value>); 6] = [
        (Method::GET, "/members", None),
        (Method::GET, "/members/bo", None),
        (Method::POST, "/members", Some(json!({"login": "x"}))),
        (Method::PUT, "/members/bo", Some(json!({"name": "x"}))),
        (Method::PUT, "/members/bo/disabled", Some(json!({"disabled": true}))),
        (Method::POST, "/members/bo/link", None),
    ];
    for (method, path, body) in calls {
        for token in [&emi, &acme.key] {
            assert_eq!(acme.try_fetch(method.clone(), path, token, body.clone()).await.0, 403, "{method} {path}");
        }
        if path.starts_with("/members/") {
            assert_eq!(acme.try_fetch(method.clone(), path, &stranger, body).await.0, 404, "{method} {path}");
        }
    }
    let theirs = acme.fetch(Method::GET, "/members", &stranger, None).await;
    assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn names_are_compared_in_unicode_normal_form() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let decomposed = "jose\u{301}";
    let new = json!({"login": decomposed, "name": "Jose\u{301} García", "external_ids": ["portal:jose\u{301}"]});
    let added = acme.fetch(Method::POST, "/members", &ada, Some(new)).await;
    assert_eq!((&added["login"], &added["name"]), (&json!("josé"), &json!("José García")));
    for login in ["josé", "JOSÉ", decomposed, "x-portal"] {
        let (login, ids) = if login == "x-portal" { ("x", json!(["portal:josé"])) } else { (login, json!([])) };
        let again = json!({"login": login, "name": "x", "external_ids": ids});
        assert_eq!(acme.try_fetch(Method::POST, "/members", &ada, Some(again)).await.0, 409, "{login:?}");
    }
    acme.set_password("josé", "correct horse battery").await;
    for login in ["josé", decomposed, "portal:jose\u{301}"] {
        assert_eq!(acme.fetch(Method::GET, &format!("/members/{}", percent_encoded(login)), &ada, None).await["login"], "josé");
        assert_eq!(acme.sign_in(login, "correct horse battery").await.0, 201, "{login:?}");
        assert_eq!(acme.fetch(Method::GET, "/inbox/counts", &acme.portal_token(login), None).await["counts"]["total"], 0, "{login:?}");
    }
    let to = json!([{"kind": "person", "person": "josé"}, {"kind": "person", "person": decomposed}]);
    assert_eq!(acme.send(to, "Hello").await["recipients"], 1);
    let found = acme.fetch(Method::GET, "/people?q=garcia", &ada, None).await;
    assert_eq!(found["items"][0]["login"], "josé");
}
