//! The OpenAPI document and the page of our own API.

use reqwest::Method;
use serde_json::Value;

use super::Acme;

#[tokio::test]
async fn the_docs_page_describes_requests_and_errors() {
    let acme = Acme::start().await;
    let text = async |path: &str| acme.call(Method::GET, path).send().await.unwrap().text().await.unwrap();
    let document: Value = text("/openapi.json").await.parse().unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, call) in item.as_object().unwrap() {
            let other = call["responses"]["default"]["$ref"].as_str().and_then(|reference| document.pointer(&reference[1..]));
            assert!(other.unwrap()["content"]["application/problem+json"].is_object(), "{method} {path}");
        }
    }
    let page = text("/docs").await;
    for part in [
        "<a href=\"#SendRequest\">SendRequest</a>",
        "<section id=\"SendRequest\">",
        "<code>not_before</code>",
        "<section id=\"Problem\">",
        "<section id=\"errors\">",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let types: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(types.iter().all(|name| page.contains(&format!("<section id=\"{name}\">"))), "{types:?}");
}

/// Fills the parameters of a path with values.
fn fill_path(path: &str) -> String {
    let value = |name: &str| match name {
        "id" => "00000000-0000-7000-8000-000000000000",
        "button" | "attachment" => "0",
        _ => "nobody",
    };
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |filled, part| {
        let (name, rest) = part.split_once('}').unwrap();
        filled + value(name) + rest
    })
}

#[tokio::test]
async fn every_call_fails_as_documented() {
    let acme = Acme::start().await;
    let ada = acme.session("ada").await;
    let document: Value = acme.call(Method::GET, "/openapi.json").send().await.unwrap().json().await.unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        let url = fill_path(path);
        let mut methods: Vec<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        for (method, call) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let refused = async |request: reqwest::RequestBuilder, status: &str| {
                let response = request.send().await.unwrap();
                assert_eq!(response.status().as_str(), status, "{method} {path}");
                assert_eq!(response.headers()["content-type"], "application/problem+json", "{method} {path}");
                assert!(call["responses"][status].is_object(), "{method} {path} does not document {status}");
                response
            };
            if call["security"].is_null() && !call["parameters"].to_string().contains("ticket") {
                let response = refused(acme.call(method.clone(), &url).header("content-type", "application/json").body("{}"), "401").await;
                assert_eq!(response.headers()["www-authenticate"], "Bearer", "{method} {path}");
            }
            // An import accepts lines under any media type.
            if !call["requestBody"].is_null() && call["operationId"] != "import_directory" {
                let request = || acme.call(method.clone(), &url).bearer_auth(&ada);
                refused(request().header("content-type", "text/plain").body("{}"), "415").await;
                refused(request().header("content-type", "application/json").body("{"), "400").await;
                refused(request().header("content-type", "application/json").body("[]"), "422").await;
                let large = format!("\"{}\"", "x".repeat(2 << 20));
                refused(request().header("content-type", "application/json").body(large), "413").await;
            }
        }
        let response = acme.call(Method::PATCH, &url).bearer_auth(&ada).send().await.unwrap();
        assert_eq!(response.status(), 405, "{path}");
        let allowed = response.headers()["allow"].to_str().unwrap();
        let mut allowed: Vec<String> =
            allowed.split(',').map(|method| method.trim().to_owned()).filter(|method| method != "HEAD").collect();
        methods.sort();
        allowed.sort();
        assert_eq!(allowed, methods, "{path}");
    }
}
