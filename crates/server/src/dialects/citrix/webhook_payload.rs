//! The payload of the webhooks.

use campanile_domain::{Notification, model::webhook::WebhookEndpoint, ports::payload_format::PayloadFormat};
use campanile_shared::Link;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use super::{enums, response};

/// The body of a call as the vendor documents it. The created notification is in it as JSON text.
pub struct Callback;

impl PayloadFormat for Callback {
    fn body(&self, tenant: &str, notification: &Notification, _: &WebhookEndpoint, at: DateTime<Utc>) -> String {
        let message = &notification.message;
        let extra = response::extra(notification);
        let content = message.content.iter().map(|content| {
            json!({
                "LanguageTag": content.language.as_str(),
                "Title": content.title,
                "Description": content.description,
                "DetailUri": content.link.as_ref().map(Link::as_str),
            })
        });
        let data = extra.data.as_deref().and_then(|data| serde_json::from_str::<serde_json::Value>(data).ok());
        let admin = extra.destination_admin.as_deref().unwrap_or_else(|| response::destination(&notification.to));
        let after = json!({
            "PublishNotificationId": notification.id,
            "Destination": format!("{tenant};{admin}"),
            "Component": message.component,
            "CreatedDate": response::created_date(message, &extra),
            "Categories": message.categories,
            "Severity": enums::severity_code(message.severity),
            "EventId": message.source.event_id,
            "Priority": enums::priority_code(message.priority),
            "Content": content.collect::<Vec<_>>(),
            "Data": data,
            "ExternalId": message.source.external_id,
        });
        let call = json!({
            "CustomerId": tenant,
            "Type": "Notifications",
            "ChangeType": "Create",
            "TransactionId": notification.id,
            "Identity": message.source.caller(),
            "BeforeChange": null,
            "AfterChange": after.to_string(),
            "TimeStamp": at.to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        call.to_string()
    }
}
