//! Success responses of this dialect, and the body of a callback.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The body of a success response. The fields are in the documented order.
#[derive(Debug, Deserialize, Serialize)]
pub struct NotifyResponse {
    #[serde(rename = "notificationMessageUUID")]
    id: Uuid,
    status: Status,
    #[serde(rename = "requestUUID")]
    request: Uuid,
    errors: [Value; 0],
    warnings: Vec<Warning>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Success,
}

/// A warning about a request that was accepted.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    warning_code: Cow<'static, str>,
    warning_description: Cow<'static, str>,
}

impl NotifyResponse {
    /// A response to a request about a notification, without warnings.
    pub const fn new(request: Uuid, id: Uuid) -> Self {
        Self { id, status: Status::Success, request, errors: [], warnings: Vec::new() }
    }

    /// The notification's id.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Adds a warning.
    pub fn add_warning(&mut self, code: &'static str, description: impl Into<Cow<'static, str>>) {
        self.warnings.push(Warning { warning_code: code.into(), warning_description: description.into() });
    }
}

/// The body of a callback: the response and the metadata that the sender passed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Callback<'a> {
    #[serde(flatten)]
    pub reply: &'a NotifyResponse,
    pub call_back_metadata: &'a Option<Map<String, Value>>,
}
