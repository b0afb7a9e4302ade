//! Calls from the vendor's console on another origin.

use reqwest::Method;
use serde_json::json;

use super::{BASE, Gravitee};

#[tokio::test]
async fn gravitees_console_may_call_from_an_allowed_origin() {
    let origin = "https://console.example";
    let gravitee = Gravitee::with(json!({"console": {"origins": [origin]}})).await;
    let url = gravitee.server.url(&format!("{BASE}/messages"));
    let preflight = |origin: &'static str| {
        let request =
            gravitee.server.http.request(Method::OPTIONS, &url).header("origin", origin).header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization,content-type,if-match,x-requested-with,x-xsrf-token").send()
    };
    let answer = preflight(origin).await.unwrap();
    let admitted = answer.headers()["access-control-allow-headers"].to_str().unwrap().to_lowercase();
    for name in ["authorization", "content-type", "if-match", "x-requested-with", "x-xsrf-token"] {
        assert!(admitted.contains(name), "{name} is not in {admitted}");
    }
    assert_eq!(answer.headers()["access-control-allow-origin"], origin);
    assert!(preflight("https://other.example").await.unwrap().headers().get("access-control-allow-origin").is_none());
}
