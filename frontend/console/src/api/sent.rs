//! API calls for the notifications that the tenant sent.

use campanile_shared::{
    delivery::DeliveryPage,
    sent::{ButtonClickPage, Correction, RecipientPage, ScheduledEntry, SentNotification, SentPage},
};
use gloo_net::http::Method;
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Api, Result, execute};
use crate::query_string;

#[derive(Deserialize)]
struct Scheduled {
    items: Vec<ScheduledEntry>,
}

impl Api {
    /// A page of the sent notifications, the newest first. `cursor` is the `next` of the page before.
    pub async fn sent_notifications(&self, cursor: Option<&str>, limit: u32) -> Result<SentPage> {
        let query = query_string::encode(&[("cursor", cursor.unwrap_or_default()), ("limit", &limit.to_string())]);
        self.get(&format!("/notifications{query}")).await
    }

    /// A sent notification.
    pub async fn sent_notification(&self, id: Uuid) -> Result<SentNotification> {
        self.get(&format!("/notifications/{id}")).await
    }

    /// The scheduled notifications, the next first. Those without a time come last.
    pub async fn scheduled(&self) -> Result<Vec<ScheduledEntry>> {
        self.get("/scheduled").await.map(|scheduled: Scheduled| scheduled.items)
    }

    /// Cancels a scheduled notification.
    pub async fn cancel_scheduled(&self, id: Uuid) -> Result<()> {
        execute(self.request(Method::DELETE, &format!("/scheduled/{id}")), None).await.map(drop)
    }

    /// A page of a notification's recipients and what they did with it.
    pub async fn recipients(&self, id: Uuid, cursor: Option<&str>, limit: u32) -> Result<RecipientPage> {
        self.report_page(id, "recipients", cursor, limit).await
    }

    /// A page of a notification's deliveries.
    pub async fn deliveries(&self, id: Uuid, cursor: Option<&str>, limit: u32) -> Result<DeliveryPage> {
        self.report_page(id, "deliveries", cursor, limit).await
    }

    /// A page of the clicks on a notification's buttons.
    pub async fn button_clicks(&self, id: Uuid, cursor: Option<&str>, limit: u32) -> Result<ButtonClickPage> {
        self.report_page(id, "presses", cursor, limit).await
    }

    /// Retries the failed deliveries of a notification.
    pub async fn redeliver(&self, id: Uuid) -> Result<()> {
        execute(self.request(Method::POST, &format!("/notifications/{id}/redeliver")), None).await.map(drop)
    }

    /// Recalls a notification. Returns its new state.
    pub async fn recall(&self, id: Uuid) -> Result<SentNotification> {
        self.send(Method::POST, &format!("/notifications/{id}/recall"), &()).await
    }

    /// Corrects the content of a notification. Returns its new state.
    pub async fn correct(&self, id: Uuid, correction: &Correction) -> Result<SentNotification> {
        self.send(Method::PUT, &format!("/notifications/{id}/content"), correction).await
    }

    async fn report_page<Page: DeserializeOwned>(&self, id: Uuid, part: &str, cursor: Option<&str>, limit: u32) -> Result<Page> {
        let query = query_string::encode(&[("cursor", cursor.unwrap_or_default()), ("limit", &limit.to_string())]);
        self.get(&format!("/notifications/{id}/{part}{query}")).await
    }
}
