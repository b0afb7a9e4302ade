//! The request body. Every field is optional in the vendor's schema. Fields that are not listed here are
//! kept in the raw body.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The body of a notify request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Notify {
    pub message_attributes: Option<Message>,
    pub notification_attributes: Option<Notification>,
    pub message_sending_attributes_lite: Option<Sending>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Message {
    pub body: Option<String>,
    pub subject: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub protocol: Option<String>,
    pub tags: Option<Vec<String>>,
    pub draft_attributes: Option<Draft>,
    pub attachments: Option<Vec<File>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Draft {
    pub draft_status: Option<String>,
    pub scheduled_on: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct File {
    #[serde(rename = "fileURL")]
    pub file_url: Option<String>,
    pub mime_type: Option<String>,
    pub original_file_name: Option<String>,
    pub doc_size: Option<String>,
    #[serde(rename = "thumbnailURL")]
    pub thumbnail_url: Option<String>,
    #[serde(rename = "mediaPreviewURL")]
    pub media_preview_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Notification {
    pub internal_subscribers_notifier_pop: Option<bool>,
    pub external_subscribers_notifier_pop: Option<bool>,
    pub thread_owner_notifier_pop: Option<bool>,
    #[serde(rename = "additionalNotifierNotificationDAUUIDs")]
    pub associates: Option<Vec<String>>,
    pub notification_buttons: Option<Vec<Button>>,
    pub body_tags_for_special_rendering: Option<BTreeMap<String, Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Button {
    pub button_text_translation_key: Option<String>,
    pub button_default_text: Option<String>,
    pub button_action_event_data: Option<Map<String, Value>>,
    pub is_primary_button: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Sending {
    /// In seconds (decided here).
    pub delay: Option<u32>,
    pub send_synchronously: Option<bool>,
    pub call_back_url: Option<String>,
    pub call_back_metadata: Option<Map<String, Value>>,
}

impl Notify {
    /// Whether the response waits for the first delivery attempts.
    pub fn synchronous(&self) -> bool {
        self.message_sending_attributes_lite.as_ref().is_some_and(|sending| sending.send_synchronously == Some(true))
    }
}
