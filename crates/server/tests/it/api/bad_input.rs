use reqwest::{Method, header};
use serde_json::{Value, json};

use super::{Acme, draft, everyone};

#[tokio::test]
async fn bad_bodies_get_a_clear_problem_and_store_nothing() {
    let acme = Acme::start().await;
    let content = |entry: Value| json!({"to": everyone(), "content": [entry]}).to_string();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(&str, &str, String, u16, &str)> = vec![
        ("nothing", "application/json", String::new(), 400, ""),
        ("not JSON", "application/json", "{\"to\":".to_owned(), 400, ""),
        ("not UTF-8", "application/json", "\u{0}".to_owned(), 400, ""),
        ("a lone surrogate", "application/json", r#"{"to":[],"content":[{"language":"en","title":"\ud800"}]}"#.to_owned(), 400, ""),
        ("deep nesting", "application/json", deep, 422, ""),
        ("deep nesting where anything may be", "application/json", format!(r#"{{"to":[],"content":{}}}"#, "[".repeat(200)), 422, ""),
        ("a form", "application/x-www-form-urlencoded", "title=x".to_owned(), 415, ""),
        ("no content type", "", "{}".to_owned(), 415, ""),
        ("an array", "application/json", "[]".to_owned(), 422, ""),
        ("an unknown field", "application/json", json!({"to": everyone(), "content": [], "colour": 1}).to_string(), 422, ""),
        ("a wrong type", "application/json", json!({"to": "everyone", "content": []}).to_string(), 422, ""),
        ("an unknown severity", "application/json", json!({"to": everyone(), "content": [], "severity": "critical"}).to_string(), 422, ""),
        ("no audience", "application/json", draft(json!([]), "x").to_string(), 422, "/to"),
        (
            "an unknown person",
            "application/json",
            draft(json!([{"kind": "person", "person": "zoe"}]), "x").to_string(),
            422,
            "/to/0/person",
        ),
        ("no content", "application/json", json!({"to": everyone(), "content": []}).to_string(), 422, "/content"),
        ("an empty title", "application/json", content(json!({"language": "en", "title": "\u{202E} "})), 422, "/content/0/title"),
        ("a huge title", "application/json", content(json!({"language": "en", "title": "x".repeat(1_000_000)})), 422, "/content/0/title"),
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
        ("a date that is none", "application/json", json!({"to": everyone(), "content": [], "expires_at": "soon"}).to_string(), 422, ""),
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
        if !pointer.is_empty() {
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{what}: {problem}");
        }
    }
    let sent = acme.ask(Method::GET, "/notifications", &acme.key, None).await;
    assert_eq!(sent["items"], json!([]));
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
        (Method::GET, "/inbox?cursor=-1", 400),
        (Method::GET, "/inbox?view=everything", 400),
        (Method::GET, "/inbox?severity=critical", 400),
        (Method::GET, "/inbox?limit=many", 400),
        (Method::GET, "/inbox?limit=4294967295", 200),
        (Method::GET, "/inbox?cursor=18446744073709551615", 200),
        (Method::GET, "/inbox?text=%22%20OR%20*%20NEAR(", 200),
        (Method::GET, "/events?ticket=cmk_none", 401),
    ] {
        let (answered, answer) = acme.try_ask(method.clone(), path, &ada, None).await;
        assert_eq!(answered, status, "{method} {path}: {answer}");
        if status >= 400 {
            assert!(answer["title"].is_string() && answer["status"] == status, "{method} {path}: {answer}");
        }
    }
    for token in ["", "cms_wrong", "cmp_wrong", "a.b.c"] {
        assert_eq!(acme.try_ask(Method::GET, "/me", token, None).await.0, if token == "cmp_wrong" { 403 } else { 401 }, "{token:?}");
    }
}
