//! Calls for sending, and for sent notifications. The state keeps none of these data; each page loads what it
//! shows.

use campanile_shared::{
    Audience, Draft, Person, Receipt,
    delivery::DeliveryPage,
    directory::{AudienceSummary, Group},
    sent::{Correction, Later, PressPage, RecipientPage, Sent, SentPage},
};
use uuid::Uuid;

use super::State;
use crate::api::Result;

/// The number of people that a search returns.
const PEOPLE: u32 = 8;
/// The number of groups that a search returns.
const GROUPS: u32 = 8;
/// The page size of recipients, deliveries and button clicks.
const REPORT: u32 = 50;
/// The page size of sent notifications.
const SENT: u32 = 50;

impl State {
    /// People whose login, or a word of whose name, begins with `start`.
    pub async fn people(self, start: &str) -> Result<Vec<Person>> {
        self.settle(self.api().people(start, PEOPLE).await)
    }

    /// Groups whose name, object or relation contains the words.
    pub async fn groups(self, words: &str) -> Result<Vec<Group>> {
        self.settle(self.api().groups(words, GROUPS).await)
    }

    /// The people whom an audience reaches now.
    pub async fn audience(self, to: &Audience) -> Result<AudienceSummary> {
        self.settle(self.api().audience(to).await)
    }

    /// Sends a notification. `key` is the idempotency key.
    pub async fn send(self, draft: &Draft, key: Uuid) -> Result<Receipt> {
        self.settle(self.api().send_draft(draft, key).await)
    }

    /// A page of sent notifications. `cursor` is the `next` of the page before.
    pub async fn sent(self, cursor: Option<&str>) -> Result<SentPage> {
        self.settle(self.api().sent(cursor, SENT).await)
    }

    /// A sent notification.
    pub async fn sent_one(self, id: Uuid) -> Result<Sent> {
        self.settle(self.api().sent_one(id).await)
    }

    /// The scheduled notifications, the next first.
    pub async fn scheduled(self) -> Result<Vec<Later>> {
        self.settle(self.api().scheduled().await)
    }

    /// Cancels a scheduled notification.
    pub async fn unschedule(self, id: Uuid) -> Result<()> {
        self.settle(self.api().unschedule(id).await)
    }

    /// A page of a notification's recipients. `cursor` is the `next` of the page before.
    pub async fn recipients(self, id: Uuid, cursor: Option<&str>) -> Result<RecipientPage> {
        self.settle(self.api().recipients(id, cursor, REPORT).await)
    }

    /// A page of a notification's deliveries.
    pub async fn deliveries(self, id: Uuid, cursor: Option<&str>) -> Result<DeliveryPage> {
        self.settle(self.api().deliveries(id, cursor, REPORT).await)
    }

    /// A page of the clicks on a notification's buttons.
    pub async fn presses(self, id: Uuid, cursor: Option<&str>) -> Result<PressPage> {
        self.settle(self.api().presses(id, cursor, REPORT).await)
    }

    /// Retries the failed deliveries of a notification.
    pub async fn redeliver(self, id: Uuid) -> Result<()> {
        self.settle(self.api().redeliver(id).await)
    }

    /// Recalls a notification.
    pub async fn recall(self, id: Uuid) -> Result<Sent> {
        self.settle(self.api().recall(id).await)
    }

    /// Corrects the content of a notification.
    pub async fn correct(self, id: Uuid, correction: &Correction) -> Result<Sent> {
        self.settle(self.api().correct(id, correction).await)
    }

    /// The server's base URL, without a trailing slash.
    pub fn server(self) -> String {
        self.api().server().to_owned()
    }
}
