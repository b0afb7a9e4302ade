//! Imports of a whole directory or a part.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Acme, SHOP, directory_key, import_lines};

#[tokio::test]
async fn a_repeated_import_changes_nothing_and_exports_the_same() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    let dry = import_lines(&acme, &key, "?dry_run=true", SHOP.to_owned()).await;
    assert_eq!(dry.iter().filter(|line| line.get("put").is_some()).count(), 5, "{dry:?}");
    let none = acme.fetch(Method::GET, "/people?q=olga", &key, None).await;
    assert!(none["items"].as_array().unwrap().is_empty());
    let done = import_lines(&acme, &key, "", SHOP.to_owned()).await;
    assert_eq!(
        done,
        [json!({"done": {"refused": 0, "counts": {"read": 5, "people_added": 1, "people_changed": 0, "objects_changed": 1,
        "relations_added": 3, "relations_ended": 0, "unchanged": 0}}})]
    );
    let again = import_lines(&acme, &key, "", SHOP.to_owned()).await;
    assert_eq!(again[0]["done"]["counts"]["unchanged"], 5);
    let owners = json!({"to": [{"kind": "role", "object": "application:shop", "relation": "OWNER"}]});
    let audience = acme.fetch(Method::POST, "/audience", &key, Some(owners)).await;
    assert_eq!((&audience["people"], &audience["with_email"], &audience["first"][0]["login"]), (&json!(1), &json!(1), &json!("olga")));
    let export = acme.call(Method::GET, "/directory/export").bearer_auth(&key).send().await.unwrap().text().await.unwrap();
    assert!(export.contains(r#"{"relation":{"object":"application:shop","relation":"OWNER","subject":"person:olga"}}"#), "{export}");
    let unchanged = import_lines(&acme, &key, "?whole=true", export.clone()).await;
    let counts = &unchanged[0]["done"]["counts"];
    assert_eq!(counts["unchanged"], counts["read"], "{counts}");
}

#[tokio::test]
async fn a_long_import_reports_each_step_once() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    import_lines(&acme, &key, "", SHOP.to_owned()).await;
    let named = |number: u32| json!({"object": {"object": format!("api:{number}"), "name": "An API"}}).to_string() + "\n";
    let body: String = (0..20_000).map(named).collect();
    // The response has begun, so its status is fixed. The last line reports the error.
    let answer = import_lines(&acme, &key, "?part=application:", body.clone()).await;
    assert!(answer.last().unwrap()["failed"]["detail"].as_str().unwrap().contains("confirm=2"), "{:?}", answer.last());
    let answer = import_lines(&acme, &key, "?part=application:&confirm=2", body).await;
    // The final steps read no more records and report no progress.
    let read: Vec<_> = answer.iter().filter_map(|line| line.get("progress")).map(|counts| &counts["read"]).collect();
    assert_eq!(read, [10_000, 20_000]);
    assert_eq!(answer.last().unwrap()["done"]["counts"]["relations_ended"], 2);
}

#[tokio::test]
async fn a_whole_import_removes_unnamed_records_unless_a_line_was_refused() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    import_lines(&acme, &key, "", SHOP.to_owned()).await;
    let rest = r#"{"relation":{"object":"application:shop","relation":"OWNER","subject":"person:olga"}}"#;
    let broken = format!(
        "{rest}\n{{\"relation\":{{\"object\":\"application:shop\",\"relation\":\"USER\",\"subject\":\"person:nobody\"}}}}\n{{oops\n"
    );
    let refused = import_lines(&acme, &key, "?part=application:", broken).await;
    let reasons: Vec<_> = refused.iter().filter_map(|line| line.get("refused")).map(|line| (&line["record"], &line["reason"])).collect();
    assert_eq!(reasons, [(&json!(3), &json!("malformed")), (&json!(2), &json!("unknown"))]);
    assert_eq!(refused.last().unwrap()["done"]["counts"]["relations_ended"], 0);
    let dry = import_lines(&acme, &key, "?part=application:&dry_run=true", rest.to_owned()).await;
    assert_eq!(dry[0]["end"]["subject"], "person:emi");
    let done = import_lines(&acme, &key, "?part=application:", rest.to_owned()).await;
    assert_eq!(done[0]["done"]["counts"]["relations_ended"], 1);
    // Relations of other parts stay, and so do administrators, even in a whole import.
    let relations = acme.fetch(Method::GET, "/directory/relations?object=api:", &key, None).await;
    assert_eq!(relations["items"].as_array().unwrap().len(), 1);
    // One of two relations is not more than half.
    let done = import_lines(&acme, &key, "?whole=true", rest.to_owned()).await;
    assert_eq!(done[0]["done"]["counts"]["relations_ended"], 1);
    let ada = acme.session("ada").await;
    assert_eq!(acme.try_fetch(Method::GET, "/notifications", &ada, None).await.0, 200);
}

#[tokio::test]
async fn an_empty_import_is_an_error_and_removes_nothing() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    import_lines(&acme, &key, "", SHOP.to_owned()).await;
    for query in ["", "?whole=true", "?whole=true&dry_run=true", "?part=application:", "?whole=true&confirm=3"] {
        for (kind, body) in [
            (None, None),
            (Some("application/x-ndjson"), None),
            (Some("application/x-ndjson"), Some("")),
            (Some("application/x-ndjson"), Some(" \n\r\n\t")),
            (Some("application/json"), None),
            (Some("application/json"), Some("")),
            (Some("application/json"), Some("{}")),
            (Some("application/json"), Some(r#"{"people":[],"relations":[]}"#)),
        ] {
            let mut request = acme.call(Method::POST, &format!("/directory/import{query}")).bearer_auth(&key);
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            let response = request.body(body.unwrap_or_default()).send().await.unwrap();
            assert_eq!(response.status(), 400, "{query} {kind:?} {body:?}");
            assert_eq!(response.headers()["content-type"], "application/problem+json");
        }
    }
    let relations = acme.fetch(Method::GET, "/directory/relations?object=application:", &key, None).await;
    assert_eq!(relations["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_import_that_removes_more_than_half_needs_the_number() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    let member =
        |number: u32| json!({"relation": {"object": "group:g", "relation": "MEMBER", "subject": format!("person:p{number}")}}).to_string();
    let people = (0..40).map(|number| json!({"person": {"login": format!("p{number}")}}).to_string());
    import_lines(&acme, &key, "", people.chain((0..20).map(member)).collect::<Vec<_>>().join("\n")).await;
    let import = async |query: &str, named: &[u32]| {
        let person = json!({"person": {"login": "p0"}}).to_string();
        let body = named.iter().copied().map(member).chain([person]).collect::<Vec<_>>().join("\n");
        let request = acme.call(Method::POST, &format!("/directory/import{query}")).bearer_auth(&key);
        let response = request.header("content-type", "application/x-ndjson").body(body).send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        (status, serde_json::from_str::<Value>(text.lines().last().unwrap()).unwrap())
    };
    let held = async || {
        let page = acme.fetch(Method::GET, "/directory/relations?object=group:&limit=200", &key, None).await;
        page["items"].as_array().unwrap().len()
    };
    let nine: Vec<u32> = (0..9).collect();
    for scope in ["whole=true", "part=group:"] {
        assert_eq!(import(&format!("?{scope}&dry_run=true"), &nine).await.1["done"]["confirm"], 11, "{scope}");
        for confirm in ["", "&confirm=10", "&confirm=12", "&confirm=0", "&confirm=20"] {
            let (status, problem) = import(&format!("?{scope}{confirm}"), &nine).await;
            assert_eq!((status, &problem["type"]), (409, &json!("/problems/unconfirmed")), "{scope}{confirm}");
            assert!(problem["detail"].as_str().unwrap().contains("confirm=11"), "{problem}");
        }
    }
    assert_eq!((import("?part=group:&confirm=many", &nine).await.0, held().await), (400, 20));
    // Exactly half needs no confirmation.
    let ten: Vec<u32> = (0..10).collect();
    assert!(import("?whole=true&dry_run=true", &ten).await.1["done"].get("confirm").is_none());
    let (status, last) = import("?whole=true", &ten).await;
    assert_eq!((status, &last["done"]["counts"]["relations_ended"]), (200, &json!(10)));
    // New relations do not reduce the number that needs confirmation.
    let others: Vec<u32> = (20..40).collect();
    assert_eq!(import("?part=group:&dry_run=true", &others).await.1["done"]["confirm"], 10);
    assert_eq!((import("?part=group:", &others).await.0, held().await), (409, 30));
    // Removing all relations needs confirmation.
    assert_eq!((import("?part=group:", &[]).await.0, held().await), (409, 30));
    assert_eq!((import("?part=group:&confirm=30", &[]).await.0, held().await), (200, 0));
}

#[tokio::test]
async fn a_dry_run_of_many_steps_reports_what_the_import_does() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    let people = (0..600).map(|number| format!("{{\"person\":{{\"login\":\"p{number}\"}}}}\n"));
    let relations = (0..600)
        .map(|number| format!("{{\"relation\":{{\"object\":\"group:g\",\"relation\":\"MEMBER\",\"subject\":\"person:P{number}\"}}}}\n"));
    let stranger = "{\"relation\":{\"object\":\"group:g\",\"relation\":\"MEMBER\",\"subject\":\"person:nobody\"}}\n";
    let body = people.chain(relations).chain([stranger.to_owned()]).collect::<String>();
    let dry = import_lines(&acme, &key, "?dry_run=true", body.clone()).await;
    let done = import_lines(&acme, &key, "", body).await;
    assert_eq!(dry.last(), done.last());
    assert_eq!(
        (&done.last().unwrap()["done"]["counts"]["relations_added"], &done.last().unwrap()["done"]["refused"]),
        (&json!(600), &json!(1))
    );
}
