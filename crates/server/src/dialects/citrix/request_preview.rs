//! A send request in the format of Citrix Cloud's notifications.

use campanile_shared::{
    Priority, Recipients, Severity,
    request_preview::{RequestPreview, UnsupportedField},
    send_request::ContentInput,
    text,
};
use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::{
    config::dialect_names::CITRIX,
    request_preview::{PreviewInput, key_after, post_json, unsupported_fields},
};

/// The request. Citrix requires a component and a description: if one is missing, the tenant's name or the title is used.
pub fn request_preview(input: &PreviewInput) -> RequestPreview {
    let PreviewInput { tenant, request, now } = input;
    let administrator = match &request.to[..] {
        [Recipients::Administrators] => Some("*"),
        [Recipients::Person { person }] => Some(person.as_str()),
        _ => None,
    };
    let mut unsupported: Vec<_> = administrator.is_none().then_some(UnsupportedField::Audience).into_iter().collect();
    unsupported.extend(unsupported_fields(
        request,
        &[
            UnsupportedField::Languages,
            UnsupportedField::Severity,
            UnsupportedField::Priority,
            UnsupportedField::Component,
            UnsupportedField::Categories,
            UnsupportedField::Link,
        ],
    ));
    let severity = match request.severity {
        Severity::Information => "Information",
        Severity::Success => "Success",
        Severity::Warning => "Warning",
        Severity::Error => "Error",
    };
    let priority = match request.priority {
        Priority::Low => "Low",
        Priority::Normal => "Normal",
        Priority::High => "High",
        Priority::Urgent => "Urgent",
    };
    let mut body = json!({
        "destinationAdmin": administrator.unwrap_or("*"),
        "component": request.component.as_deref().unwrap_or(tenant),
        "createdDate": now.to_rfc3339_opts(SecondsFormat::Millis, true),
        "severity": severity,
        "priority": priority,
        "content": request.content.iter().map(content).collect::<Vec<_>>(),
    });
    if !request.categories.is_empty() {
        body["categories"] = json!(request.categories);
    }
    let path = format!("/{CITRIX}/{}/notifications/items", text::percent_encoded(tenant));
    post_json("Citrix Cloud", path, key_after("CwsAuth bearer="), &body, unsupported)
}

fn content(ContentInput { language, title, description, link }: &ContentInput) -> Value {
    let description = if description.is_empty() { title } else { description };
    let mut content = json!({"languageTag": language, "title": title, "description": description});
    if let Some(link) = link {
        content["detailUri"] = json!(link);
    }
    content
}
