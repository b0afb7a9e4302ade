//! Sending, and what was sent. Nothing of it is kept here: each page asks for what it shows.

use campanile_shared::{
    Audience, Draft, Person, Receipt,
    delivery::DeliveryPage,
    directory::{AudienceSummary, Group},
    sent::{Correction, Later, PressPage, RecipientPage, Sent, SentPage},
};
use uuid::Uuid;

use super::State;
use crate::api::Result;

/// How many people a search offers.
const PEOPLE: u32 = 8;
/// How many groups a search offers.
const GROUPS: u32 = 8;
/// How many people, deliveries or answers a page of a report has.
const REPORT: u32 = 50;
/// How many notifications a page of the sent has.
const SENT: u32 = 50;

impl State {
    /// People to write to, by the beginning of their login or of a word of their name.
    pub async fn people(self, start: &str) -> Result<Vec<Person>> {
        self.settle(self.api().people(start, PEOPLE).await)
    }

    /// Groups to write to, by words of their names, objects or relations.
    pub async fn groups(self, words: &str) -> Result<Vec<Group>> {
        self.settle(self.api().groups(words, GROUPS).await)
    }

    /// Who an audience reaches now.
    pub async fn audience(self, to: &Audience) -> Result<AudienceSummary> {
        self.settle(self.api().audience(to).await)
    }

    /// Sends a notification, once for each `key`.
    pub async fn send(self, draft: &Draft, key: Uuid) -> Result<Receipt> {
        self.settle(self.api().send_draft(draft, key).await)
    }

    /// A page of what was sent; `cursor` is the `next` of the page before.
    pub async fn sent(self, cursor: Option<&str>) -> Result<SentPage> {
        self.settle(self.api().sent(cursor, SENT).await)
    }

    /// One notification that was sent.
    pub async fn sent_one(self, id: Uuid) -> Result<Sent> {
        self.settle(self.api().sent_one(id).await)
    }

    /// What is to be sent later, the next first.
    pub async fn scheduled(self) -> Result<Vec<Later>> {
        self.settle(self.api().scheduled().await)
    }

    /// Takes back what is to be sent later.
    pub async fn unschedule(self, id: Uuid) -> Result<()> {
        self.settle(self.api().unschedule(id).await)
    }

    /// A page of those whom a notification reached; `cursor` is the `next` of the page before.
    pub async fn recipients(self, id: Uuid, cursor: Option<&str>) -> Result<RecipientPage> {
        self.settle(self.api().recipients(id, cursor, REPORT).await)
    }

    /// A page of a notification's deliveries.
    pub async fn deliveries(self, id: Uuid, cursor: Option<&str>) -> Result<DeliveryPage> {
        self.settle(self.api().deliveries(id, cursor, REPORT).await)
    }

    /// A page of who pressed which of a notification's buttons.
    pub async fn presses(self, id: Uuid, cursor: Option<&str>) -> Result<PressPage> {
        self.settle(self.api().presses(id, cursor, REPORT).await)
    }

    /// Has the deliveries that failed tried again.
    pub async fn redeliver(self, id: Uuid) -> Result<()> {
        self.settle(self.api().redeliver(id).await)
    }

    /// Takes a notification back.
    pub async fn recall(self, id: Uuid) -> Result<Sent> {
        self.settle(self.api().recall(id).await)
    }

    /// Corrects what a notification says.
    pub async fn correct(self, id: Uuid, correction: &Correction) -> Result<Sent> {
        self.settle(self.api().correct(id, correction).await)
    }

    /// The server's base URL, without a slash at its end.
    pub fn server(self) -> String {
        self.api().server().to_owned()
    }
}
