//! The directory by our own API: import, change and export, and the rights they need.

use campanile_domain::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::Acme;

/// Returns the lines of the response to an import.
async fn import_lines(acme: &Acme, key: &str, query: &str, body: String) -> Vec<Value> {
    let request = acme.call(Method::POST, &format!("/directory/import{query}")).bearer_auth(key);
    let response = request.header("content-type", "application/x-ndjson").body(body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    response.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn directory_key(acme: &Acme) -> String {
    acme.server.create_key(&acme.tenant, "directory", &[Scope::Directory, Scope::Send, Scope::Read]).await
}

const SHOP: &str = r#"{"person":{"login":"olga","name":"Olga Owner","email":"olga@acme.example","languages":["pl"],"external_ids":["selfcommunity:3"]}}
{"object":{"object":"application:shop","name":"Shop"}}
{"relation":{"object":"application:shop","relation":"OWNER","subject":"person:olga"}}

{"relation":{"object":"application:shop","relation":"USER","subject":"person:emi"}}
{"relation":{"object":"api:petstore","relation":"ACCEPTED","subject":"application:shop"}}"#;

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
async fn objects_are_listed_page_by_page() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    let named = |name: &str| json!({"object": {"object": format!("api:{name}"), "name": name}}).to_string();
    import_lines(&acme, &key, "", ["älter", "a b", "b", "c&d=e", "x>"].map(named).join("\n")).await;
    let (mut path, mut found) = ("/directory/objects?beginning=api:&limit=2".to_owned(), Vec::new());
    loop {
        let response = acme.call(Method::GET, &path).bearer_auth(&key).send().await.unwrap();
        let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        let page: Value = response.json().await.unwrap();
        found.push(page["items"].as_array().unwrap().len());
        assert_eq!(link.is_some(), page["next"].is_string());
        let Some(link) = link else { break };
        path = link.strip_prefix("</api/v1").unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    assert_eq!(found, [2, 2, 1]);
    assert_eq!(acme.try_fetch(Method::GET, "/directory/objects?cursor=%C3%A4", &key, None).await.0, 400);
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

#[tokio::test]
async fn single_record_calls_change_one_record() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    let put = async |body: Value| acme.try_fetch(Method::PUT, "/directory", &key, Some(body)).await;
    let role = json!({"object": "environment:DEFAULT", "relation": "ADMIN", "subject": "person:emi"});
    assert_eq!(put(json!({"relation": role})).await, (200, json!({"changed": true})));
    assert_eq!(put(json!({"relation": role})).await, (200, json!({"changed": false})));
    assert_eq!(acme.fetch(Method::DELETE, "/directory", &key, Some(role.clone())).await, json!({"changed": true}));
    assert_eq!(acme.fetch(Method::DELETE, "/directory", &key, Some(role)).await, json!({"changed": false}));
    for (body, status) in [
        (json!({"relation": {"object": "environment", "relation": "ADMIN", "subject": "person:emi"}}), 422),
        (json!({"relation": {"object": "environment:X", "relation": "", "subject": "person:emi"}}), 422),
        (json!({"relation": {"object": "environment:X", "relation": "ADMIN", "subject": "person:nobody"}}), 422),
        (json!({"person": {"login": "x\u{0}"}}), 400),
        (json!({"person": {"login": "new", "external_ids": ["citrix:ada-1"]}}), 409),
        (json!({"person": {"login": "citrix:ada-1"}}), 409),
        (json!({"surprise": {}}), 422),
    ] {
        let (answered, problem) = put(body.clone()).await;
        assert_eq!(answered, status, "{body} {problem}");
    }
    assert_eq!(acme.try_fetch(Method::DELETE, "/directory/people/emi", &key, None).await.0, 204);
    assert_eq!(acme.try_fetch(Method::DELETE, "/directory/people/emi", &key, None).await.0, 404);
}

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
async fn senders_find_groups_of_people() {
    let acme = Acme::start().await;
    let key = directory_key(&acme).await;
    let more =
        [("application:shop", "group", "group:retail"), ("group:retail", "USER", "person:ada")].map(|(object, relation, subject)| {
            format!("\n{}", json!({"relation": {"object": object, "relation": relation, "subject": subject}}))
        });
    import_lines(&acme, &key, "", format!("{SHOP}{}", more.concat())).await;
    let found = acme.fetch(Method::GET, "/directory/groups?q=shop", &key, None).await;
    let listed_groups = |found: &Value| {
        let groups = found["items"].as_array().unwrap().iter();
        groups.map(|group| json!([group["bond"], group["object"], group["relation"], group["people"]])).collect::<Vec<_>>()
    };
    // The members of the shop are its owner, its user and the members of its group.
    let shop = [
        json!(["members", "application:shop", null, 3]),
        json!(["role", "application:shop", "OWNER", 1]),
        json!(["role", "application:shop", "USER", 1]),
    ];
    assert_eq!((listed_groups(&found), &found["items"][0]["name"]), (shop.to_vec(), &json!("Shop")));
    let found = acme.fetch(Method::GET, "/directory/groups?q=api&limit=1", &key, None).await;
    assert_eq!(listed_groups(&found), [json!(["subscribers", "api:petstore", null, 3])]);
    let audience = acme.fetch(Method::POST, "/audience", &key, Some(json!({"to": found["items"][0]["to"]}))).await;
    assert_eq!((&audience["people"], &audience["with_email"]), (&json!(3), &json!(1)));
    assert_eq!(audience["without_email"].as_array().unwrap().len(), 2);
    let emi = acme.session("emi").await;
    assert_eq!(acme.try_fetch(Method::GET, "/directory/groups", &emi, None).await.0, 403);
}

#[tokio::test]
async fn a_report_lists_who_has_seen_and_read() {
    let acme = Acme::start().await;
    let (ada, bo) = (acme.session("ada").await, acme.session("bo").await);
    let receipt = acme.fetch(Method::POST, "/notifications", &acme.key, Some(super::send_request(super::everyone(), "Read me"))).await;
    let (id, sequence) = (&receipt["id"], &receipt["sequence"]);
    acme.fetch(Method::POST, "/inbox/changes", &ada, Some(json!({"action": "read", "ids": [id]}))).await;
    acme.fetch(Method::POST, "/inbox/seen", &bo, Some(json!({"up_to": sequence}))).await;
    let path = format!("/notifications/{}/recipients?limit=2", id.as_str().unwrap());
    let page = acme.fetch(Method::GET, &path, &acme.key, None).await;
    assert_eq!(page["counts"], json!({"people": 3, "seen": 2, "read": 1, "dismissed": 0}));
    let did: Vec<_> = page["items"].as_array().unwrap().iter().map(|one| json!([one["login"], one["seen"], one["read"]])).collect();
    assert_eq!(did, [json!(["ada", true, true]), json!(["bo", true, false])]);
    assert!(page["next"].is_string());
    assert_eq!(acme.fetch(Method::GET, "/me", &ada, None).await["mail_to_files"], true);
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

#[tokio::test]
async fn an_export_contains_a_relation_of_the_longest_login() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let login = "l".repeat(256);
    let relation = json!({"object": "environment:DEFAULT", "relation": "USER", "subject": format!("person:{login}")});
    for record in [json!({"person": {"login": login}}), json!({"relation": relation})] {
        assert_eq!(acme.fetch(Method::PUT, "/directory", &ada, Some(record)).await["changed"], true);
    }
    let exported = acme.call(Method::GET, "/directory/export").bearer_auth(&ada).send().await.unwrap().text().await.unwrap();
    assert!(exported.contains(&login));
    let import = acme.call(Method::POST, "/directory/import").bearer_auth(&ada).body(exported).send().await.unwrap();
    let lines = import.text().await.unwrap();
    assert!(lines.contains(r#""refused":0"#), "{lines}");
}

#[tokio::test]
async fn only_valid_relations_are_removed() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    for (field, value) in [("object", "DEFAULT"), ("subject", "ada"), ("subject", ":ada"), ("relation", " ")] {
        let mut relation = json!({"object": "environment:DEFAULT", "relation": "USER", "subject": "person:ada"});
        relation[field] = value.into();
        let (status, answer) = acme.try_fetch(Method::DELETE, "/directory", &ada, Some(relation)).await;
        assert_eq!((status, &answer["errors"][0]["pointer"]), (422, &format!("/{field}").into()), "{answer}");
    }
}
