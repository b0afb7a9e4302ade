//! Sending, and what was sent. Nothing of it is kept here: each page asks for what it shows.

use campanile_shared::{
    Audience, Draft, Person, Receipt,
    sent::{Sent, SentPage},
};
use uuid::Uuid;

use super::State;
use crate::api::Result;

/// How many people a search offers.
const PEOPLE: u32 = 8;
/// How many notifications a page of the sent has.
const SENT: u32 = 50;

impl State {
    /// People to write to, by the beginning of their login or of a word of their name.
    pub async fn people(self, start: &str) -> Result<Vec<Person>> {
        self.settle(self.api().people(start, PEOPLE).await)
    }

    /// How many people an audience reaches now.
    pub async fn audience_size(self, to: &Audience) -> Result<u64> {
        self.settle(self.api().audience_size(to).await)
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

    /// The server's base URL, without a slash at its end.
    pub fn server(self) -> String {
        self.api().server().to_owned()
    }
}
