//! The console's files: caching, encodings, security headers.

use reqwest::{Response, header::HeaderMap};
use serde_json::{Value, json};

use crate::harness::Server;

const HASHED: &str = "console-0123456789abcdef.js";

/// A server whose console is a folder with test files.
struct Site {
    server: Server,
    _files: tempfile::TempDir,
}

impl Site {
    async fn new() -> Self {
        let files = tempfile::tempdir().unwrap();
        for (name, content) in [
            ("index.html", "page"),
            ("index.html.br", "page in brotli"),
            ("index.html.gz", "page in gzip"),
            (HASHED, "script"),
            ("campanile.js", "element"),
            ("panel_bg.wasm", "panel"),
            ("config.json", "{}"),
            ("icon.svg", "<svg/>"),
            (".secret", "secret"),
            ("locales/en.json", "{\"a\":1}"),
        ] {
            let path = files.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        Self { server: Server::with(json!({"console": {"files": files.path()}})).await, _files: files }
    }

    async fn get(&self, path: &str, headers: &[(&'static str, &str)]) -> Response {
        let headers: HeaderMap = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        self.server.get(path).headers(headers).send().await.unwrap()
    }
}

fn header_value<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn pages_get_the_index_and_files_get_their_content() {
    let site = Site::new().await;
    for path in ["/", "/inbox", "/sign-in?next=inbox", "/index.html"] {
        let response = site.get(path, &[("accept", "text/html,*/*;q=0.8")]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header_value(&response, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header_value(&response, "cache-control"), "no-cache");
        assert_eq!(response.text().await.unwrap(), "page");
    }
    for (path, kind, content) in [
        (format!("/{HASHED}"), "text/javascript; charset=utf-8", "script"),
        ("/panel_bg.wasm".to_owned(), "application/wasm", "panel"),
        ("/icon.svg".to_owned(), "image/svg+xml", "<svg/>"),
        ("/locales/en.json".to_owned(), "application/json", "{\"a\":1}"),
    ] {
        let response = site.get(&path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header_value(&response, "content-type"), kind);
        assert_eq!(response.text().await.unwrap(), content);
    }
}

#[tokio::test]
async fn unknown_paths_are_not_found() {
    let site = Site::new().await;
    for (path, accept) in
        [("/inbox", "*/*"), ("/inbox/1", "text/html"), ("/missing.js", "text/html"), ("/locales", "*/*"), ("/.secret", "*/*")]
    {
        let response = site.get(path, &[("accept", accept)]).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(header_value(&response, "content-type"), "application/problem+json");
        assert_eq!(response.json::<Value>().await.unwrap()["type"], "/problems/not-found");
    }
}

#[tokio::test]
async fn no_path_escapes_the_folder() {
    let site = Site::new().await;
    for path in ["/../Cargo.toml", "/locales/../../x", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/x", "//etc/passwd", "/locales/..\\..\\x"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
        let answer = site.server.exchange(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 404 ") || answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
    }
}

#[tokio::test]
async fn each_encoding_has_its_own_etag() {
    let site = Site::new().await;
    let mut tags = Vec::new();
    for (accepted, encoding, content) in
        [("gzip, br", "br", "page in brotli"), ("gzip, br;q=0.5", "gzip", "page in gzip"), ("identity", "", "page")]
    {
        let response = site.get("/", &[("accept-encoding", accepted)]).await;
        assert_eq!(header_value(&response, "content-encoding"), encoding);
        assert!(header_value(&response, "vary").contains("accept-encoding"));
        tags.push(header_value(&response, "etag").to_owned());
        assert_eq!(response.text().await.unwrap(), content);
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3);
    assert!(tags.iter().all(|tag| tag.starts_with('"')), "strong: {tags:?}");
}

#[tokio::test]
async fn a_matching_etag_gets_not_modified() {
    let site = Site::new().await;
    let tag = header_value(&site.get("/campanile.js", &[]).await, "etag").to_owned();
    let response = site.get("/campanile.js", &[("if-none-match", &format!("\"other\", {tag}"))]).await;
    assert_eq!(response.status(), 304);
    assert_eq!(header_value(&response, "etag"), tag);
    assert_eq!(header_value(&response, "cache-control"), "no-cache");
    assert_eq!(response.text().await.unwrap(), "");
    assert_eq!(site.get("/campanile.js", &[("if-none-match", "\"other\"")]).await.status(), 200);
}

#[tokio::test]
async fn hashed_files_are_cached_forever() {
    let site = Site::new().await;
    assert_eq!(header_value(&site.get(&format!("/{HASHED}"), &[]).await, "cache-control"), "public, max-age=31536000, immutable");
    for path in ["/campanile.js", "/config.json", "/locales/en.json"] {
        assert_eq!(header_value(&site.get(path, &[]).await, "cache-control"), "no-cache", "{path}");
    }
}

#[tokio::test]
async fn pages_have_a_strict_policy_and_files_allow_other_origins() {
    let site = Site::new().await;
    let page = site.get("/", &[]).await;
    assert_eq!(
        header_value(&page, "content-security-policy"),
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types default"
    );
    assert_eq!(header_value(&page, "access-control-allow-origin"), "");
    assert_eq!(header_value(&page, "cross-origin-resource-policy"), "same-origin");
    for path in ["/campanile.js", "/panel_bg.wasm", "/locales/en.json"] {
        let file = site.get(path, &[("origin", "https://portal.example")]).await;
        assert_eq!(header_value(&file, "access-control-allow-origin"), "*", "{path}");
        assert_eq!(header_value(&file, "cross-origin-resource-policy"), "cross-origin", "{path}");
        assert_eq!(header_value(&file, "x-content-type-options"), "nosniff");
        assert_eq!(header_value(&file, "referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let site = Site::new().await;
    let get = site.get("/campanile.js", &[]).await;
    let head = site.server.http.head(site.server.url("/campanile.js")).send().await.unwrap();
    let fields = |response: &Response| {
        let mut fields = response.headers().clone();
        fields.remove("date");
        fields
    };
    assert_eq!(fields(&head), fields(&get));
    assert_eq!(header_value(&head, "content-length"), "7");
    assert_eq!(head.text().await.unwrap(), "");
}

#[tokio::test]
async fn files_allow_only_get_and_head() {
    let site = Site::new().await;
    let response = site.server.http.delete(site.server.url("/campanile.js")).send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(header_value(&response, "allow"), "GET, HEAD");
    assert_eq!(header_value(&response, "content-type"), "application/problem+json");
}

/// The test passes with and without a built console.
#[tokio::test]
async fn the_binary_serves_pages() {
    let server = Server::start().await;
    let response = server.get("/").send().await.unwrap();
    assert!(matches!(response.status().as_u16(), 200 | 503));
    assert!(header_value(&response, "content-security-policy").contains("default-src 'none'"));
    assert!(response.text().await.unwrap().contains("Campanile"));
}
