//! Every recorded exchange of the folder, replayed.

use std::path::Path;

use super::{CLIENT, Customer};

/// JSON without the white space between its values.
fn minified(json: &str) -> String {
    let mut minified = String::new();
    let (mut inside, mut escaped) = (false, false);
    for c in json.chars() {
        if inside || !c.is_whitespace() {
            minified.push(c);
        }
        if c == '"' && !escaped {
            inside = !inside;
        }
        escaped = c == '\\' && !escaped;
    }
    minified
}

/// Whether a text fits a pattern in which `<any>` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split("<any>");
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap()) else { return false };
    let parts: Vec<_> = parts.collect();
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        let found = if last { rest.strip_suffix(part).map(|_| rest.len() - part.len()) } else { rest.find(part) };
        match found {
            Some(start) => rest = &rest[start + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

/// A recorded request as bytes: lines end as HTTP wants it, the length of the body is added.
fn request(recorded: &str) -> Vec<u8> {
    let (head, body) = recorded.split_once("\n\n").unwrap_or((recorded.trim_end(), ""));
    let head = head.replace('\n', "\r\n");
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn recorded_exchanges_are_answered_as_recorded() {
    let customer = Customer::new().await;
    let (_, token) = customer.server.running.campanile.exchange(CLIENT, &customer.key).await.unwrap();
    let replaced = |text: &str| {
        text.replace("<token-from-call-to-trust>", &token.secret)
            .replace("<key>", &customer.key)
            .replace("<foreign-key>", &customer.foreign_key)
            .replace("<reading-key>", &customer.reading_key)
            .replace("<sending-key>", &customer.sending_key)
            .replace("<id>", CLIENT)
            .replace("<secret>", &customer.key)
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/citrix");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "http"));
    files.sort();
    let mut creates = 0_u64;
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy();
        let text = std::fs::read_to_string(file).unwrap();
        let (recorded, expected) = text.split_once("\n--- answer\n").unwrap_or_else(|| panic!("{name} has no answer"));
        let answer = customer.send(&request(&replaced(recorded))).await;
        let expected = replaced(expected);
        let (head, body) = expected.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        assert_eq!(answer.line, lines.next().unwrap(), "{name}: {answer:?}");
        for (field, value) in lines.filter_map(|line| line.split_once(": ")) {
            let given = answer.header(field).unwrap_or_else(|| panic!("{name} lacks {field}: {answer:?}"));
            assert!(fits(value, given), "{name}: {field}: {given}");
        }
        let body = minified(body);
        assert!(fits(&body, &minified(&answer.body)), "{name}:\n  expected {body}\n  got      {}", answer.body);
        creates += u64::from(name.starts_with("create-"));
    }
    assert!(files.len() >= 35, "only {} exchanges were found", files.len());
    assert_eq!(customer.stored().await, creates, "an answer of 200 means one notification, any other none");
}

#[test]
fn patterns_fit_whole_texts() {
    assert!(fits("a<any>c", "abc") && fits("<any>", "") && fits("abc", "abc"));
    assert!(!fits("a<any>c", "abcd") && !fits("abc", "abcd") && !fits("abc", "ab"));
    assert_eq!(minified("{ \"a b\\\" c\" :\n 1 }"), "{\"a b\\\" c\":1}");
}

#[tokio::test]
async fn every_answer_names_its_transaction() {
    let customer = Customer::new().await;
    for path in ["/citrix/acme/notifications", "/citrix/nothing", "/citrix", "/citrix/"] {
        let given = "6c3db4d6-125f-4ea3-b938-882bc5dc3caf";
        let answer = customer.get(path, &[&format!("x-cws-transactionid: {given}")]).await;
        assert_eq!(answer.header("X-Cws-TransactionId"), Some(given), "{path}");
        let new = customer.get(path, &["X-Cws-TransactionId: no GUID"]).await;
        let other = customer.get(path, &[]).await;
        let id = |answer: &super::Answer| uuid::Uuid::parse_str(answer.header("X-Cws-TransactionId").unwrap()).unwrap();
        assert_ne!(id(&new), id(&other), "{path}");
    }
}

#[tokio::test]
async fn no_cookie_speaks_for_anyone() {
    let customer = Customer::new().await;
    let tenant = customer.server.running.campanile.store().tenant("acme").await.unwrap().unwrap();
    let ada = customer.server.running.campanile.store().find_person(tenant.id, "ada").await.unwrap().unwrap();
    let link = customer.server.running.campanile.sign_in_link(tenant.id, ada).await.unwrap();
    let session = customer.server.running.campanile.sign_in(&campanile_shared::SignIn::Link { link: link.secret }).await.unwrap();
    let cookie = format!("Cookie: __Host-campanile={}", session.secret);
    let request = format!("GET /citrix/acme/notifications HTTP/1.1\r\nHost: a\r\n{cookie}\r\n\r\n");
    let answer = customer.send(request.as_bytes()).await;
    assert_eq!((answer.status(), answer.suffix().as_str()), (401, "authentication"));
    assert_eq!(answer.json()["parameters"][0]["value"], "missing");
    assert_eq!(answer.header("set-cookie"), None);
    // Nor does a session's token in the place of a client's.
    let answer =
        customer.create(&[&format!("Authorization: CwsAuth bearer={}", session.secret)], &super::body(serde_json::json!({}))).await;
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_token_ends_with_its_key() {
    let customer = Customer::new().await;
    let (_, token) = customer.server.running.campanile.exchange(CLIENT, &customer.key).await.unwrap();
    let header = format!("Authorization: CwsAuth bearer={}", token.secret);
    let body = super::body(serde_json::json!({}));
    assert_eq!(customer.create(&[&header], &body).await.status(), 200);
    let tenant = customer.server.running.campanile.store().tenant("acme").await.unwrap().unwrap();
    customer.server.running.campanile.store().revoke_key(tenant.id, CLIENT, customer.server.running.campanile.now()).await.unwrap();
    assert_eq!(customer.create(&[&header], &body).await.status(), 401);
    assert_eq!(customer.stored().await, 1);
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let customer = Customer::with(serde_json::json!({"server": {"requests_per_second": 1, "request_burst": 2}})).await;
    let body = super::body(serde_json::json!({}));
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(customer.create(&[], &body).await);
    }
    let refused = answers.iter().find(|answer| answer.status() == 429).expect("the fourth at once is too many");
    assert_eq!(refused.suffix(), "rateLimitExceeded");
    let seconds = refused.header("retry-after").unwrap();
    assert_eq!(refused.json()["parameters"], serde_json::json!([{"name": "retryDelay", "value": seconds}]));
    assert_eq!(refused.json()["detail"], format!("Rate limit exceeded; try again in {seconds} seconds"));
    assert_eq!(customer.stored().await, answers.iter().filter(|answer| answer.status() == 200).count() as u64);
}

#[tokio::test]
async fn a_full_disk_refuses_creates_and_still_lists() {
    let customer = Customer::with(serde_json::json!({"store": {"max_size": 1}})).await;
    let content = serde_json::json!([{"languageTag": "en", "title": "t", "description": "d".repeat(60_000)}]);
    let body = super::body(serde_json::json!({"content": content}));
    let mut sent = 0;
    let refused = loop {
        let answer = customer.create(&[], &body).await;
        match answer.status() {
            200 => sent += 1,
            _ => break answer,
        }
        assert!(sent < 100, "a megabyte holds no {sent} of these");
    };
    assert_eq!((refused.status(), refused.suffix().as_str()), (507, "insufficientStorage"), "{refused:?}");
    let items = customer.get("/citrix/acme/notifications", &[]).await.json()["items"].as_array().unwrap().len();
    assert_eq!(items, sent);
}

#[tokio::test]
async fn pages_of_allowed_origins_may_read_the_ids_of_an_answer() {
    let customer = Customer::with(serde_json::json!({"console": {"origins": ["https://portal.example"]}})).await;
    for (path, status) in [("/citrix/acme/notifications", 200), ("/citrix/nobody/notifications", 403), ("/citrix/", 404)] {
        let answer = customer.get(path, &["Origin: https://portal.example"]).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://portal.example"), "{answer:?}");
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("x-cws-transactionid") && exposed.contains("x-campanile-notification-id"), "{exposed}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        let other = customer.get(path, &["Origin: https://evil.example"]).await;
        assert_eq!(other.header("access-control-allow-origin"), None, "{other:?}");
    }
}
