//! A send request in the format of SelfCommunity's custom notifications.

use campanile_shared::{
    Recipients,
    request_preview::{RequestPreview, UnsupportedField},
};
use serde_json::json;

use crate::{
    config::dialect_names::SELFCOMMUNITY,
    request_preview::{PreviewInput, key_after, post_json, unsupported_fields},
};

/// The request. SelfCommunity's users are numbers. A send request has them only as external ids.
pub fn request_preview(input: &PreviewInput) -> RequestPreview {
    let request = input.request;
    let mut unsupported = unsupported_fields(request, &[UnsupportedField::Link]);
    let user = match &request.to[..] {
        [Recipients::Person { person }] => person.strip_prefix("selfcommunity:").and_then(|user| user.parse::<u64>().ok()),
        _ => None,
    };
    if user.is_none() {
        unsupported.push(UnsupportedField::Audience);
    }
    let first = request.content.first().cloned().unwrap_or_default();
    let mut body = json!({
        "recipients_type": "user",
        "user": user.unwrap_or(1),
        "type": "message",
        "title": first.title,
        "description": first.description,
    });
    if let Some(link) = &first.link {
        body["embed"] = json!({"embed_type": "link", "embed_id": "1", "url": link});
    }
    let path = format!("/{SELFCOMMUNITY}/api/v2/notification/notify/");
    post_json("SelfCommunity", path, key_after("Bearer "), &body, unsupported)
}
