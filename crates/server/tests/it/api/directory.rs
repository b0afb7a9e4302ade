//! The directory by our own API: changes, lists and the export.

mod import;
mod rights;

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
