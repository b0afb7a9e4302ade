//! Replays recorded exchanges: requests of clients and the expected responses, from files.
//!
//! `recorded.md` in this folder describes the file format.

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

use axum::{Router, http::StatusCode, routing::post};

use crate::{harness::serve_routes, raw_http};

/// A file of exchanges.
pub struct Recording {
    /// The file's name.
    pub name: String,
    text: String,
}

/// Reads the recordings of a subfolder, sorted by name.
pub fn recordings(folder: &str) -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "http"));
    files.sort();
    let read = |file: &std::path::PathBuf| Recording {
        name: file.file_name().unwrap().to_string_lossy().into_owned(),
        text: std::fs::read_to_string(file).unwrap(),
    };
    files.iter().map(read).collect()
}

/// Starts a receiver that accepts POSTs to `/taken` and refuses POSTs to `/refused`; returns its URL.
pub async fn start_receiver() -> String {
    let routes = Router::new()
        .route("/taken", post(|| async { StatusCode::ACCEPTED }))
        .route("/refused", post(|| async { (StatusCode::IM_A_TEAPOT, "no coffee") }));
    serve_routes(routes).await
}

impl Recording {
    /// The body of the first request.
    pub fn body(&self) -> &str {
        let (_, rest) = self.text.split_once("\n\n").unwrap();
        rest.split_once("\n--- answer\n").unwrap().0
    }

    /// Sends each request and compares the response. `replaced` fills in the placeholders.
    pub async fn replay(&self, server: SocketAddr, replaced: impl Fn(&str) -> String) {
        let name = &self.name;
        let mut kept = BTreeMap::<String, String>::new();
        for recorded in self.text.split("\n--- then\n") {
            let (sent, expected) = recorded.split_once("\n--- answer\n").unwrap_or_else(|| panic!("{name} has no answer"));
            let known = |text: &str| kept.iter().fold(replaced(text), |text, (word, value)| text.replace(&format!("<{word}>"), value));
            let sent = known(sent);
            let answer = raw_http::send(server, &request(&sent)).await;
            let expected = known(expected);
            let (head, body) = expected.split_once("\n\n").unwrap_or((expected.trim_end(), ""));
            let mut lines = head.lines();
            assert_eq!(answer.line, lines.next().unwrap(), "{name}:\n{sent}\n{answer:?}");
            let mut found = Vec::new();
            for (field, value) in lines.filter_map(|line| line.split_once(": ")) {
                let given = answer.header(field).unwrap_or_else(|| panic!("{name} lacks {field}: {answer:?}"));
                let fitting = match_pattern(value, given).unwrap_or_else(|| panic!("{name}: {field}: {given}"));
                found.extend(fitting.into_iter().map(owned_pair));
            }
            let (body, given) = (minify_json(body), minify_json(&answer.body));
            let fitting = match_pattern(&body, &given).unwrap_or_else(|| panic!("{name}:\n  expected {body}\n  got      {}", answer.body));
            found.extend(fitting.into_iter().map(owned_pair));
            kept.extend(found);
        }
    }
}

fn owned_pair((word, value): (&str, &str)) -> (String, String) {
    (word.to_owned(), value.to_owned())
}

/// A recorded request as bytes, with CRLF line ends and a `Content-Length`.
fn request(recorded: &str) -> Vec<u8> {
    let (head, body) = recorded.split_once("\n\n").unwrap_or((recorded.trim_end(), ""));
    let head = head.replace('\n', "\r\n");
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Removes the white space between JSON values.
fn minify_json(json: &str) -> String {
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

/// Matches a text against a pattern; returns the values of `<any:word>`. `<any>` matches any text as well.
fn match_pattern<'a>(pattern: &'a str, text: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut parts = pattern.split("<any");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let parts: Vec<(&str, &str)> = parts.map(|part| part.split_once('>')).collect::<Option<_>>()?;
    let mut kept = Vec::new();
    for (at, (name, literal)) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        let start = if last { rest.strip_suffix(literal)?.len() } else { rest.find(literal)? };
        kept.extend(name.strip_prefix(':').map(|word| (word, &rest[..start])));
        rest = &rest[start + literal.len()..];
    }
    rest.is_empty().then_some(kept)
}

#[test]
fn patterns_match_whole_texts() {
    for (pattern, text, expected) in [
        ("a<any>c", "abc", Some(vec![])),
        ("<any>", "", Some(vec![])),
        ("abc", "abc", Some(vec![])),
        ("a<any:x>c<any:y>", "abcde", Some(vec![("x", "b"), ("y", "de")])),
        ("a<any>c", "abcd", None),
        ("abc", "abcd", None),
        ("abc", "ab", None),
    ] {
        assert_eq!(match_pattern(pattern, text), expected, "{pattern} {text}");
    }
    assert_eq!(minify_json("{ \"a b\\\" c\" :\n 1 }"), "{\"a b\\\" c\":1}");
}
