//! The embed of a notification: an object of the sender that it is about, with a link.

use campanile_shared::Link;
use serde_json::{Map, Value};

/// Embed types that are reserved for the vendor's own objects.
const RESERVED_EMBED_TYPES: [&str; 3] = ["sc_link", "sc_shared_object", "sc_shared_event"];

/// Validates an embed and returns its link, or the error message.
pub fn embed_link(embed: &Map<String, Value>) -> Result<Option<Link>, &'static str> {
    match embed.get("embed_type") {
        Some(Value::String(kind)) if RESERVED_EMBED_TYPES.contains(&kind.as_str()) => return Err("This embed_type is reserved."),
        Some(Value::String(kind)) if !kind.is_empty() => {}
        _ => return Err("embed_type is required."),
    }
    if !matches!(embed.get("embed_id"), Some(Value::String(_) | Value::Number(_))) {
        return Err("embed_id is a string or a number.");
    }
    match embed.get("metadata") {
        None | Some(Value::Null | Value::Object(_)) => {}
        Some(Value::String(text)) if text.is_empty() || serde_json::from_str::<Map<String, Value>>(text).is_ok() => {}
        Some(_) => return Err("metadata is an object."),
    }
    match embed.get("url") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(url)) if url.is_empty() => Ok(None),
        Some(Value::String(url)) => url.parse().map(Some).map_err(|_| "url is not a link with the scheme http, https or mailto."),
        Some(_) => Err("url is a string."),
    }
}
