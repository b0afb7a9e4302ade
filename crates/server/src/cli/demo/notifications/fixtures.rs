//! Buttons, attachments and further categories of the sample notifications.

use campanile_shared::{Attachment, Button};

/// The buttons of a sample: links and answers.
pub fn buttons(category: &str) -> Vec<Button> {
    let answer = |label: &str, primary, data: &str| Button { label: label.to_owned(), primary, link: None, data: Some(data.to_owned()) };
    let link = |label: &str, url: &str| Button { label: label.to_owned(), primary: false, link: url.parse().ok(), data: None };
    match category {
        "licensing" => vec![
            answer("I’m on it", true, r#"{"incident": "INC-2041", "answer": "taken"}"#),
            link("Open runbook", "https://wiki.acme.example/runbooks/licence-server"),
        ],
        "certificates" => vec![
            answer("Renew now", true, r#"{"gateway": "eu-2", "answer": "renew"}"#),
            answer("Remind me tomorrow", false, r#"{"gateway": "eu-2", "answer": "later"}"#),
        ],
        _ => Vec::new(),
    }
}

/// The attachments of a sample.
pub fn attachments(category: &str) -> Vec<Attachment> {
    let file = |name: &str, kind: &str, bytes| Attachment {
        name: name.to_owned(),
        kind: Some(kind.to_owned()),
        bytes: Some(bytes),
        link: format!("https://files.acme.example/{name}").parse().ok(),
        thumbnail: None,
    };
    match category {
        "licensing" => vec![file("licence-server-fra.log", "text/plain", 48_213), file("topology.pdf", "application/pdf", 312_640)],
        "backup" => vec![file("restore-test.pdf", "application/pdf", 184_320)],
        "limits" => vec![file("rejected-requests.csv", "text/csv", 96_410)],
        _ => Vec::new(),
    }
}

/// The categories of a sample: the given one and related ones.
pub fn categories(category: &str) -> Vec<String> {
    let further: &[&str] = match category {
        "licensing" => &["incident", "frankfurt"],
        "certificates" => &["security", "expiry"],
        "connectors" => &["incident"],
        _ => &[],
    };
    std::iter::once(category).chain(further.iter().copied()).map(str::to_owned).collect()
}
