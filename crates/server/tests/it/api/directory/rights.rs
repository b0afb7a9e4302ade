//! Who may change the directory, and what no one may.

use campanile_domain::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Acme, directory_key, import_lines};

#[tokio::test]
async fn a_caller_without_rights_changes_nothing() {
    let acme = Acme::start().await;
    let emi = acme.session("emi").await;
    let person = json!({"person": {"login": "eve"}});
    for token in [&acme.key, &emi] {
        assert_eq!(acme.try_fetch(Method::PUT, "/directory", token, Some(person.clone())).await.0, 403);
        assert_eq!(acme.try_fetch(Method::GET, "/directory/export", token, None).await.0, 403);
        assert_eq!(acme.try_fetch(Method::POST, "/directory/import", token, Some(json!({"people": []}))).await.0, 403);
        assert_eq!(acme.try_fetch(Method::DELETE, "/directory/people/ada", token, None).await.0, 403);
    }
    let ada = acme.session("ada").await;
    assert_eq!(acme.try_fetch(Method::PUT, "/directory", &ada, Some(person)).await, (200, json!({"changed": true})));
}

#[tokio::test]
async fn the_directory_right_does_not_grant_administration() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    let administers = |login: &str| json!({"object": "tenant", "relation": "administrator", "subject": format!("person:{login}")});
    let call = async |method: Method, path: &str, body: Value| acme.try_fetch(method, path, &key, Some(body)).await.0;
    assert_eq!(call(Method::PUT, "/directory", json!({"relation": administers("emi")})).await, 403);
    assert_eq!(call(Method::PUT, "/directory", json!({"relation": administers("ada")})).await, 403);
    let owner = json!({"object": "tenant", "relation": "owner", "subject": "person:emi"});
    assert_eq!(call(Method::PUT, "/directory", json!({"relation": owner})).await, 403);
    assert_eq!(call(Method::PUT, "/directory", json!({"object": {"object": "tenant", "name": "Mine"}})).await, 403);
    for login in ["ada", "citrix:ada-1", "ADA", "nobody"] {
        assert_eq!(call(Method::DELETE, "/directory", administers(login)).await, 403, "{login}");
    }
    assert_eq!(acme.try_fetch(Method::DELETE, "/directory/people/bo", &key, None).await.0, 403);
    // An import accepts relations that exist already. It refuses the others line by line and removes nothing.
    let body = [
        json!({"relation": administers("emi")}),
        json!({"relation": administers("citrix:ada-1")}),
        json!({"relation": {"object": "group:g", "relation": "MEMBER", "subject": "person:emi"}}),
        json!({"object": {"object": "tenant", "name": "Mine"}}),
    ];
    let body = body.map(|line| format!("{line}\n")).concat();
    for query in ["?dry_run=true", "?whole=true", "?part=tenant", ""] {
        let done = import_lines(&acme, &key, query, body.clone()).await;
        let refused: Vec<_> = done.iter().filter_map(|line| line.get("refused")).cloned().collect();
        let expected = [1, 4].map(|record| json!({"record": record, "reason": "forbidden"}));
        assert_eq!(refused, expected, "{query}: {done:?}");
        assert_eq!(done.last().unwrap()["done"]["counts"]["relations_ended"], 0, "{query}");
    }
    let whole = json!({"relations": [administers("emi")]});
    let request = acme.call(Method::POST, "/directory/import?whole=true").bearer_auth(&key).json(&whole);
    let done = request.send().await.unwrap().text().await.unwrap();
    assert!(done.contains("forbidden") && done.contains("\"relations_ended\":0"), "{done}");
    let ada = acme.session("ada").await;
    let mut administrators = Vec::new();
    for login in ["ada", "bo", "emi"] {
        administrators.push(acme.fetch(Method::GET, &format!("/members/{login}"), &ada, None).await["administrator"] == true);
    }
    assert_eq!(administrators, [true, true, false]);
    // A key with the admin scope may do it.
    let admin = acme.server.create_key(&acme.tenant, "admin", &[Scope::Admin]).await;
    let done = import_lines(&acme, &admin, "", body).await;
    assert_eq!(done.last().unwrap()["done"]["refused"], 0, "{done:?}");
    assert_eq!(acme.fetch(Method::GET, "/members/emi", &ada, None).await["administrator"], true);
}

#[tokio::test]
async fn the_last_administrator_cannot_be_removed() {
    let acme = Acme::start().await;
    let (ada, bo) = (acme.session("ada").await, acme.session("bo").await);
    let admin = acme.server.create_key(&acme.tenant, "admin", &[Scope::Admin]).await;
    let administers = |login: &str| json!({"object": "tenant", "relation": "administrator", "subject": format!("person:{login}")});
    // When two administrators remove each other at once, one remains.
    let (of_bo, of_ada) = tokio::join!(
        acme.try_fetch(Method::DELETE, "/directory", &ada, Some(administers("bo"))),
        acme.try_fetch(Method::DELETE, "/directory", &bo, Some(administers("ada"))),
    );
    assert!((of_bo.0 == 200) != (of_ada.0 == 200), "{of_bo:?} {of_ada:?}");
    let (stays, token) = if of_bo.0 == 200 { ("ada", &ada) } else { ("bo", &bo) };
    for caller in [token, &admin] {
        for (method, path, body) in [
            (Method::DELETE, "/directory".to_owned(), Some(administers(stays))),
            (Method::PUT, format!("/members/{stays}/disabled"), Some(json!({"disabled": true}))),
            (Method::DELETE, format!("/directory/people/{stays}"), None),
        ] {
            let (status, problem) = acme.try_fetch(method.clone(), &path, caller, body).await;
            assert_eq!((status, &problem["type"]), (409, &json!("/problems/last-administrator")), "{method} {path}");
        }
        for query in ["?whole=true", "?part=tenant", "?part=t"] {
            let done = import_lines(&acme, caller, query, "{\"person\":{\"login\":\"emi\"}}".to_owned()).await;
            assert_eq!(done.last().unwrap()["done"]["counts"]["relations_ended"], 0, "{done:?}");
        }
    }
    assert_eq!(acme.fetch(Method::GET, "/me", token, None).await["may_administer"], true);
}
