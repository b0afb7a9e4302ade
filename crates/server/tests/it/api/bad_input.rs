use reqwest::{Method, header};
use serde_json::{Value, json};

use super::{Acme, everyone, send_request};

#[tokio::test]
async fn bad_bodies_get_a_clear_problem_and_store_nothing() {
    let acme = Acme::start().await;
    let content = |entry: Value| json!({"to": everyone(), "content": [entry]}).to_string();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(&str, &str, String, u16, &str)> = vec![
        ("nothing", "application/json", String::new(), 400, ""),
        ("not JSON", "application/json", "{\"to\":".to_owned(), 400, ""),
        ("a control character", "application/json", "\u{0}".to_owned(), 400, ""),
        ("more than one value", "application/json", format!("{} {{}}", send_request(everyone(), "x")), 400, ""),
        (
            "a lone surrogate",
            "application/json",
            r#"{"to":[],"content":[{"language":"en","title":"\ud800"}]}"#.to_owned(),
            422,
            "/content/0/title",
        ),
        ("deep nesting", "application/json", deep.clone(), 422, ""),
        ("deep nesting where an object is due", "application/json", format!(r#"{{"to":[],"content":{deep}}}"#), 422, "/content/0"),
        ("a form", "application/x-www-form-urlencoded", "title=x".to_owned(), 415, ""),
        ("no content type", "", "{}".to_owned(), 415, ""),
        ("an array", "application/json", "[]".to_owned(), 422, ""),
        (
            "all of it by position",
            "application/json",
            json!([everyone(), "portal", null, [{"language": "en", "title": "x"}]]).to_string(),
            422,
            "",
        ),
        ("an array for an entry", "application/json", json!({"to": everyone(), "content": [["en", "x"]]}).to_string(), 422, "/content/0"),
        ("an array for a group", "application/json", send_request(json!([["everyone"]]), "x").to_string(), 422, "/to/0"),
        ("an unknown field", "application/json", json!({"to": everyone(), "content": [], "colour": 1}).to_string(), 422, "/colour"),
        ("a text for a list", "application/json", json!({"to": "everyone", "content": []}).to_string(), 422, "/to"),
        ("a text for an object", "application/json", send_request(json!(["everyone"]), "x").to_string(), 422, "/to/0"),
        ("an unknown group", "application/json", send_request(json!([{"kind": "all"}]), "x").to_string(), 422, "/to/0/kind"),
        ("a person without a name", "application/json", send_request(json!([{"kind": "person"}]), "x").to_string(), 422, "/to/0/person"),
        ("no content at all", "application/json", json!({"to": everyone()}).to_string(), 422, "/content"),
        ("a number for a name", "application/json", json!({"to": everyone(), "content": [], "severity": 1}).to_string(), 422, "/severity"),
        (
            "an unknown severity",
            "application/json",
            json!({"to": everyone(), "content": [], "severity": "critical"}).to_string(),
            422,
            "/severity",
        ),
        ("no audience", "application/json", send_request(json!([]), "x").to_string(), 422, "/to"),
        (
            "an unknown person",
            "application/json",
            send_request(json!([{"kind": "person", "person": "zoe"}]), "x").to_string(),
            422,
            "/to/0/person",
        ),
        ("no content", "application/json", json!({"to": everyone(), "content": []}).to_string(), 422, "/content"),
        ("an empty title", "application/json", content(json!({"language": "en", "title": "\u{202E} "})), 422, "/content/0/title"),
        ("a huge title", "application/json", content(json!({"language": "en", "title": "x".repeat(1_000_000)})), 422, "/content/0/title"),
        ("an escaped NUL", "application/json", content(json!({"language": "en", "title": "a\u{0}b"})), 400, "/content/0/title"),
        (
            "a control character in the component",
            "application/json",
            json!({"to": everyone(), "content": [{"language": "en", "title": "x"}], "component": "a\u{1b}[2J"}).to_string(),
            400,
            "/component",
        ),
        (
            "a mail's title of two lines",
            "application/json",
            json!({"to": everyone(), "channel": "email", "content": [{"language": "en", "title": "x\r\nBcc: z@example.com"}]}).to_string(),
            400,
            "/content/0/title",
        ),
        ("no language", "application/json", content(json!({"language": "", "title": "x"})), 422, "/content/0/language"),
        (
            "a script as link",
            "application/json",
            content(json!({"language": "en", "title": "x", "link": "javascript:alert(1)"})),
            422,
            "/content/0/link",
        ),
        (
            "a past expiry",
            "application/json",
            json!({"to": everyone(), "content": [{"language": "en", "title": "x"}], "expires_at": "2020-01-01T00:00:00Z"}).to_string(),
            422,
            "/expires_at",
        ),
        (
            "a date that is none",
            "application/json",
            json!({"to": everyone(), "content": [], "expires_at": "soon"}).to_string(),
            422,
            "/expires_at",
        ),
        ("too large", "application/json", content(json!({"language": "en", "title": "x".repeat(2_000_000)})), 413, ""),
    ];
    for (what, kind, body, status, pointer) in cases {
        let mut request = acme.call(Method::POST, "/notifications").bearer_auth(&acme.key).body(body);
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{what}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{what}");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["status"], status, "{what}");
        if status == 422 {
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{what}: {problem}");
        }
        let text = problem.to_string();
        assert!(!["struct", "enum", "variant", "sequence"].iter().any(|word| text.contains(word)), "{what}: {problem}");
    }
    let mut bytes = send_request(everyone(), "x").to_string().into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'x').unwrap();
    bytes[at] = 0xff;
    let request = acme.call(Method::POST, "/notifications").bearer_auth(&acme.key);
    let response = request.header(header::CONTENT_TYPE, "application/json").body(bytes).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 400, "a body that is not UTF-8 is not JSON");
    let sent = acme.fetch(Method::GET, "/notifications", &acme.key, None).await;
    assert_eq!(sent["items"], json!([]));
}

#[tokio::test]
async fn no_call_accepts_an_array_for_an_object() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let chosen = json!({"display_name": "Acme Inc.", "retention_days": 7});
    acme.fetch(Method::PUT, "/tenant/settings", &ada, Some(chosen)).await;
    acme.fetch(Method::PUT, "/me/preferences", &ada, Some(json!({"muted_components": ["Backup"]}))).await;
    let settings = acme.fetch(Method::GET, "/tenant/settings", &ada, None).await;
    let me = acme.fetch(Method::GET, "/me", &ada, None).await;
    let id = "0193a3a0-0000-7000-8000-000000000000";
    let paths = [
        (Method::POST, "/session".to_owned()),
        (Method::PUT, "/me/preferences".to_owned()),
        (Method::POST, "/audience".to_owned()),
        (Method::POST, "/notifications".to_owned()),
        (Method::PUT, format!("/notifications/{id}/content")),
        (Method::PUT, format!("/drafts/{id}")),
        (Method::PUT, "/directory".to_owned()),
        (Method::DELETE, "/directory".to_owned()),
        (Method::POST, "/directory/import".to_owned()),
        (Method::POST, "/keys".to_owned()),
        (Method::POST, "/members".to_owned()),
        (Method::PUT, "/members/bo".to_owned()),
        (Method::PUT, "/members/bo/disabled".to_owned()),
        (Method::PUT, "/tenant/settings".to_owned()),
        (Method::POST, "/inbox/changes".to_owned()),
        (Method::POST, "/inbox/undo".to_owned()),
        (Method::POST, "/inbox/seen".to_owned()),
    ];
    for (method, path) in paths {
        let (status, problem) = acme.try_fetch(method.clone(), &path, &ada, Some(json!([]))).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("")), "{method} {path}: {problem}");
    }
    assert_eq!(acme.fetch(Method::GET, "/tenant/settings", &ada, None).await, settings);
    assert_eq!(acme.fetch(Method::GET, "/me", &ada, None).await, me);
}

#[tokio::test]
async fn missing_sign_in_fields_are_named() {
    let acme = Acme::start().await;
    for (body, pointer) in [(json!({}), "/tenant"), (json!({"tenant": "acme", "login": "ada"}), "/password"), (json!({"link": 1}), "/link")]
    {
        let response = acme.call(Method::POST, "/session").json(&body).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 422, "{body}");
        assert_eq!(response.json::<Value>().await.unwrap()["errors"][0]["pointer"], pointer, "{body}");
    }
}

#[tokio::test]
async fn bad_requests_get_a_clear_problem() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    for (method, path, status) in [
        (Method::GET, "/nothing", 404),
        (Method::GET, "/inbox/not-an-id", 404),
        (Method::GET, "/inbox/00000000-0000-0000-0000-000000000000", 404),
        (Method::DELETE, "/inbox", 405),
        (Method::GET, "/inbox?cursor=x", 400),
        (Method::GET, "/inbox?cursor=", 400),
        (Method::GET, "/members?cursor=", 400),
        (Method::GET, "/directory/objects?cursor=", 400),
        (Method::GET, "/inbox?cursor=-1", 400),
        (Method::GET, "/inbox?view=everything", 400),
        (Method::GET, "/inbox?severity=critical", 400),
        (Method::GET, "/inbox?limit=many", 400),
        (Method::GET, "/inbox?limit=200", 200),
        (Method::GET, "/inbox?limit=201", 400),
        (Method::GET, "/inbox?limit=0", 400),
        (Method::GET, "/people?limit=51", 400),
        (Method::GET, "/inbox?cursor=18446744073709551615", 200),
        (Method::GET, "/inbox?text=%22%20OR%20*%20NEAR(", 200),
        (Method::GET, "/events?ticket=cmk_none", 401),
    ] {
        let (answered, answer) = acme.try_fetch(method.clone(), path, &ada, None).await;
        assert_eq!(answered, status, "{method} {path}: {answer}");
        if status >= 400 {
            assert!(answer["title"].is_string() && answer["status"] == status, "{method} {path}: {answer}");
        }
    }
    for token in ["", "cms_wrong", "cmp_wrong", "a.b.c"] {
        assert_eq!(acme.try_fetch(Method::GET, "/me", token, None).await.0, if token == "cmp_wrong" { 403 } else { 401 }, "{token:?}");
    }
}

#[tokio::test]
async fn sequence_numbers_out_of_range_are_refused() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let id = acme.send(everyone(), "One").await["id"].as_str().unwrap().to_owned();
    let change = |up_to: &str| format!(r#"{{"action":"dismiss","matching":{{"filter":{{"view":"inbox"}},"up_to":{up_to}}}}}"#);
    let seen = |up_to: &str| format!(r#"{{"up_to":{up_to}}}"#);
    for number in ["9223372036854775808", "18446744073709551615", "18446744073709551616", "-1", "1e30", "1.5"] {
        for (path, body) in [("/inbox/changes", change(number)), ("/inbox/seen", seen(number))] {
            let request = acme.call(Method::POST, path).bearer_auth(&ada).header(header::CONTENT_TYPE, "application/json").body(body);
            let response = request.send().await.unwrap();
            assert_eq!(response.status().as_u16(), 422, "{path} {number}");
            let problem: Value = response.json().await.unwrap();
            assert!(problem["errors"][0]["pointer"].is_string(), "{path} {number}: {problem}");
        }
        for path in [
            "/notifications".to_owned(),
            format!("/notifications/{id}/deliveries"),
            format!("/notifications/{id}/recipients"),
            format!("/notifications/{id}/presses"),
            "/scheduled".to_owned(),
            "/members".to_owned(),
            "/directory/relations".to_owned(),
        ] {
            let (status, answer) = acme.try_fetch(Method::GET, &format!("{path}?cursor={number}"), &ada, None).await;
            assert!([400, 404, 422].contains(&status), "{path} {number}: {status} {answer}");
        }
        let (status, _) = acme.try_fetch(Method::GET, &format!("/inbox?limit={number}"), &ada, None).await;
        assert_eq!(status, 400, "limit {number}");
    }
    assert_eq!(acme.fetch(Method::GET, "/inbox/counts", &ada, None).await["counts"]["total"], 1);
    // The largest valid number is above every item, so it covers all items.
    let up_to = json!({"action": "dismiss", "matching": {"filter": {"view": "inbox"}, "up_to": i64::MAX}});
    assert_eq!(acme.fetch(Method::POST, "/inbox/changes", &ada, Some(up_to)).await["counts"]["total"], 0);
    let last = acme.call(Method::GET, "/events").bearer_auth(&ada).header("last-event-id", "1-9223372036854775808-0").send().await;
    assert_eq!(last.unwrap().status().as_u16(), 200);
}
