//! The port to the payload formats of webhook endpoints.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    Notification,
    model::{http_request::HttpRequest, webhook::WebhookEndpoint},
};

/// A payload format of webhook endpoints.
pub trait PayloadFormat: Send + Sync + 'static {
    /// The body of the request, as JSON; `at` is the time at which it is written.
    fn body(&self, tenant: &str, notification: &Notification, hook: &WebhookEndpoint, at: DateTime<Utc>) -> String;
}

/// The payload formats, by name.
#[derive(Clone, Default)]
pub struct PayloadFormats(Arc<HashMap<&'static str, Arc<dyn PayloadFormat>>>);

impl PayloadFormats {
    /// A set of payload formats.
    pub fn new(formats: impl IntoIterator<Item = (&'static str, Arc<dyn PayloadFormat>)>) -> Self {
        Self(Arc::new(formats.into_iter().collect()))
    }

    /// The request that sends a notification to an endpoint; `None` if its format does not exist any more.
    pub fn request(&self, tenant: &str, notification: &Notification, hook: &WebhookEndpoint, at: DateTime<Utc>) -> Option<HttpRequest> {
        let body = self.0.get(&*hook.format)?.body(tenant, notification, hook, at);
        Some(HttpRequest { headers: hook.headers.clone(), body, system_proxy: false, secret: hook.secret.clone() })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::fixtures;

    struct Sample;

    impl PayloadFormat for Sample {
        fn body(&self, tenant: &str, notification: &Notification, hook: &WebhookEndpoint, at: DateTime<Utc>) -> String {
            format!("{tenant} {} {} {}", notification.sequence, hook.url, at.timestamp())
        }
    }

    #[test]
    fn a_request_has_the_endpoint_s_format_and_header_fields() {
        let formats = PayloadFormats::new([("sample", Arc::new(Sample) as Arc<dyn PayloadFormat>)]);
        let hook = |format: &str| WebhookEndpoint {
            id: Uuid::nil(),
            format: format.to_owned(),
            url: "https://a.example".to_owned(),
            queue: String::new(),
            headers: vec![("X-Team".to_owned(), "platform".to_owned())],
            secret: Some("whsec_x".to_owned()),
            extra: serde_json::Value::Null,
            created_at: fixtures::at(1),
            hears_creates: true,
            disabled: None,
        };
        let notification = fixtures::notification(fixtures::message());
        let post = |format: &str| formats.request("acme", &notification, &hook(format), fixtures::at(9));
        let expected = HttpRequest {
            headers: vec![("X-Team".to_owned(), "platform".to_owned())],
            body: "acme 12 https://a.example 9".to_owned(),
            system_proxy: false,
            secret: Some("whsec_x".to_owned()),
        };
        assert_eq!((post("sample"), post("gone")), (Some(expected), None));
    }
}
