//! What is removed from a response before people see it.

use campanile_domain::model::http_request::HttpRequest;
use reqwest::Url;

/// The parts of a request that must not be shown: the signing secret, the values of header fields (often tokens) and the query
/// of the URL.
pub fn values_to_redact(post: &HttpRequest, url: &Url) -> Vec<String> {
    let plain = ["accept", "content-type", "user-agent"];
    let fields = post.headers.iter().filter(|(name, _)| !plain.iter().any(|plain| name.eq_ignore_ascii_case(plain)));
    // Words, so that `abc` of `Bearer abc` is removed by itself too.
    let words = fields.flat_map(|(_, value)| value.split_whitespace());
    let mut secrets: Vec<String> = words.chain(post.secret.as_deref()).chain(url.query()).map(str::to_owned).collect();
    // Shorter words occur in ordinary text.
    secrets.retain(|secret| secret.chars().count() >= 8);
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}
