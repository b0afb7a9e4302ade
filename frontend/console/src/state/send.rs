//! Calls for sending, and for sent notifications. The state keeps none of these data; each page loads what it
//! shows.

use campanile_shared::{
    Audience, Person, Receipt, SendRequest,
    delivery::DeliveryPage,
    directory::{AudienceSummary, Group},
    request_preview::RequestPreview,
    sent::{ButtonClickPage, Correction, RecipientPage, ScheduledEntry, SentNotification, SentPage},
};
use uuid::Uuid;

use super::State;
use crate::api::Result;

/// The number of people that a search returns.
const PEOPLE_LIMIT: u32 = 8;
/// The number of groups that a search returns.
const GROUPS_LIMIT: u32 = 8;
/// The page size of recipients, deliveries and button clicks.
const REPORT_PAGE_SIZE: u32 = 50;
/// The page size of sent notifications.
const SENT_PAGE_SIZE: u32 = 50;

impl State {
    /// People whose login, or a word of whose name, begins with `start`.
    pub async fn people(self, start: &str) -> Result<Vec<Person>> {
        self.handle_session_error(self.api().people(start, PEOPLE_LIMIT).await)
    }

    /// Groups whose name, object or relation contains the words.
    pub async fn groups(self, words: &str) -> Result<Vec<Group>> {
        self.handle_session_error(self.api().groups(words, GROUPS_LIMIT).await)
    }

    /// The people whom an audience reaches now.
    pub async fn audience(self, to: &Audience) -> Result<AudienceSummary> {
        self.handle_session_error(self.api().audience(to).await)
    }

    /// A send request as a request to each API that the server supports.
    pub async fn request_previews(self, request: &SendRequest) -> Result<Vec<RequestPreview>> {
        self.handle_session_error(self.api().request_previews(request).await)
    }

    /// Sends a notification. `key` is the idempotency key.
    pub async fn send_notification(self, request: &SendRequest, key: Uuid) -> Result<Receipt> {
        self.handle_session_error(self.api().send_notification(request, key).await)
    }

    /// A page of sent notifications. `cursor` is the `next` of the page before.
    pub async fn sent_notifications(self, cursor: Option<&str>) -> Result<SentPage> {
        self.handle_session_error(self.api().sent_notifications(cursor, SENT_PAGE_SIZE).await)
    }

    /// A sent notification.
    pub async fn sent_notification(self, id: Uuid) -> Result<SentNotification> {
        self.handle_session_error(self.api().sent_notification(id).await)
    }

    /// The scheduled notifications, the next first.
    pub async fn scheduled(self) -> Result<Vec<ScheduledEntry>> {
        self.handle_session_error(self.api().scheduled().await)
    }

    /// Cancels a scheduled notification.
    pub async fn cancel_scheduled(self, id: Uuid) -> Result<()> {
        self.handle_session_error(self.api().cancel_scheduled(id).await)
    }

    /// A page of a notification's recipients. `cursor` is the `next` of the page before.
    pub async fn recipients(self, id: Uuid, cursor: Option<&str>) -> Result<RecipientPage> {
        self.handle_session_error(self.api().recipients(id, cursor, REPORT_PAGE_SIZE).await)
    }

    /// A page of a notification's deliveries.
    pub async fn deliveries(self, id: Uuid, cursor: Option<&str>) -> Result<DeliveryPage> {
        self.handle_session_error(self.api().deliveries(id, cursor, REPORT_PAGE_SIZE).await)
    }

    /// A page of the clicks on a notification's buttons.
    pub async fn button_clicks(self, id: Uuid, cursor: Option<&str>) -> Result<ButtonClickPage> {
        self.handle_session_error(self.api().button_clicks(id, cursor, REPORT_PAGE_SIZE).await)
    }

    /// Retries the failed deliveries of a notification.
    pub async fn redeliver(self, id: Uuid) -> Result<()> {
        self.handle_session_error(self.api().redeliver(id).await)
    }

    /// Recalls a notification.
    pub async fn recall(self, id: Uuid) -> Result<SentNotification> {
        self.handle_session_error(self.api().recall(id).await)
    }

    /// Corrects the content of a notification.
    pub async fn correct(self, id: Uuid, correction: &Correction) -> Result<SentNotification> {
        self.handle_session_error(self.api().correct(id, correction).await)
    }

    /// The server's base URL, without a trailing slash.
    pub fn server(self) -> String {
        self.api().server().to_owned()
    }
}
