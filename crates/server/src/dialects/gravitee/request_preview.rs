//! A send request in the format of Gravitee APIM's messages.

use campanile_shared::{
    Channel, Recipients, SendRequest,
    request_preview::{RequestPreview, UnsupportedField},
};
use serde_json::{Map, Value, json};

use crate::{
    config::dialect_names::GRAVITEE,
    request_preview::{PreviewInput, key_after, post_json, unsupported_fields},
};

/// The only organisation and environment of a server with one tenant's key.
const DEFAULT: &str = "DEFAULT";

/// The request.
pub fn request_preview(input: &PreviewInput) -> RequestPreview {
    let request = input.request;
    let mut unsupported = unsupported_fields(request, &[UnsupportedField::Channel]);
    let body = match (request.channel, &request.http) {
        (Channel::Http, Some(post)) => {
            let headers: Map<String, Value> = post.headers.iter().map(|header| (header.name.clone(), json!(header.value))).collect();
            json!({
                "channel": "HTTP",
                "text": post.body,
                "recipient": {"url": post.url},
                "params": headers,
                "useSystemProxy": post.system_proxy,
            })
        }
        (channel, _) => {
            let first = request.content.first().cloned().unwrap_or_default();
            let roles = environment_roles(request).unwrap_or_else(|| {
                unsupported.push(UnsupportedField::Audience);
                vec!["ADMIN"]
            });
            json!({
                "channel": if channel == Channel::Email { "MAIL" } else { "PORTAL" },
                "title": first.title,
                "text": first.description,
                "recipient": {"role_scope": "ENVIRONMENT", "role_value": roles},
            })
        }
    };
    let path = format!("/{GRAVITEE}/management/organizations/{DEFAULT}/environments/{DEFAULT}/messages");
    post_json("Gravitee APIM", path, key_after("Bearer "), &body, unsupported)
}

/// The roles, if the audience consists of roles of the environment only.
fn environment_roles(request: &SendRequest) -> Option<Vec<&str>> {
    let roles = request.to.iter().map(|recipients| match recipients {
        Recipients::Role { object, relation } if object.strip_prefix("environment:") == Some(DEFAULT) => Some(relation.as_str()),
        _ => None,
    });
    roles.collect::<Option<Vec<_>>>().filter(|roles| !roles.is_empty())
}
