//! The description of our own API.

use reqwest::Method;
use serde_json::Value;

use super::Acme;

#[tokio::test]
async fn the_page_says_what_to_send_and_what_can_go_wrong() {
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
        "<a href=\"#Draft\">Draft</a>",
        "<section id=\"Draft\">",
        "<code>not_before</code>",
        "<section id=\"Problem\">",
        "<section id=\"errors\">",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let types: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(types.iter().all(|name| page.contains(&format!("<section id=\"{name}\">"))), "{types:?}");
}
