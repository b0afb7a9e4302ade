//! What the tenant sent.

use campanile_shared::{
    delivery::DeliveryPage,
    sent::{Correction, Later, PressPage, RecipientPage, Sent, SentPage},
};
use gloo_net::http::Method;
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Api, Result, answer};
use crate::query;

#[derive(Deserialize)]
struct Scheduled {
    items: Vec<Later>,
}

impl Api {
    /// A page of what was sent, the newest first; `cursor` is the `next` of the page before.
    pub async fn sent(&self, cursor: Option<&str>, limit: u32) -> Result<SentPage> {
        let query = query::write(&[("cursor", cursor.unwrap_or_default()), ("limit", &limit.to_string())]);
        self.get(&format!("/notifications{query}")).await
    }

    /// One notification that was sent.
    pub async fn sent_one(&self, id: Uuid) -> Result<Sent> {
        self.get(&format!("/notifications/{id}")).await
    }

    /// What is to be sent later, the next first; drafts come last.
    pub async fn scheduled(&self) -> Result<Vec<Later>> {
        self.get("/scheduled").await.map(|scheduled: Scheduled| scheduled.items)
    }

    /// Takes back what is to be sent later.
    pub async fn unschedule(&self, id: Uuid) -> Result<()> {
        answer(self.request(Method::DELETE, &format!("/scheduled/{id}")), None).await.map(drop)
    }

    /// A page of those whom a notification reached, and what they did with it.
    pub async fn recipients(&self, id: Uuid, cursor: Option<&str>, limit: u32) -> Result<RecipientPage> {
        self.report(id, "recipients", cursor, limit).await
    }

    /// A page of a notification's deliveries.
    pub async fn deliveries(&self, id: Uuid, cursor: Option<&str>, limit: u32) -> Result<DeliveryPage> {
        self.report(id, "deliveries", cursor, limit).await
    }

    /// A page of who pressed which of a notification's buttons.
    pub async fn presses(&self, id: Uuid, cursor: Option<&str>, limit: u32) -> Result<PressPage> {
        self.report(id, "presses", cursor, limit).await
    }

    /// Has the deliveries that failed tried again.
    pub async fn redeliver(&self, id: Uuid) -> Result<()> {
        answer(self.request(Method::POST, &format!("/notifications/{id}/redeliver")), None).await.map(drop)
    }

    /// Takes a notification back; answers what became of it.
    pub async fn recall(&self, id: Uuid) -> Result<Sent> {
        self.send(Method::POST, &format!("/notifications/{id}/recall"), &()).await
    }

    /// Corrects what a notification says; answers what became of it.
    pub async fn correct(&self, id: Uuid, correction: &Correction) -> Result<Sent> {
        self.send(Method::PUT, &format!("/notifications/{id}/content"), correction).await
    }

    async fn report<Page: DeserializeOwned>(&self, id: Uuid, part: &str, cursor: Option<&str>, limit: u32) -> Result<Page> {
        let query = query::write(&[("cursor", cursor.unwrap_or_default()), ("limit", &limit.to_string())]);
        self.get(&format!("/notifications/{id}/{part}{query}")).await
    }
}
