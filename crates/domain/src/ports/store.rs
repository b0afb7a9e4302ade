//! The port to the store.
//!
//! Each call is one transaction. A read sees a consistent state. A write is durable when the call returns
//! `Ok`, even if power fails right after; the exceptions are planning, leasing and releasing deliveries,
//! which are simply done again. Except for look-ups of secrets, every call takes the tenant first and sees
//! nothing outside it.
//!
//! Each call reads a bounded amount: a list stops after some megabytes, however many entries were asked for,
//! and returns a cursor ([`Listing`](crate::model::listing::Listing)). A search stops after a quarter of a second and returns what it found.

use crate::ports::{
    api_keys::ApiKeyStore, deliveries::DeliveryStore, health::HealthStore, housekeeping::HousekeepingStore, inboxes::InboxStore,
    notifications::NotificationStore, passwords::PasswordStore, people::PersonStore, preferences::PreferenceStore,
    relations::RelationStore, saved_drafts::SavedDraftStore, scheduled::ScheduledStore, send_volume::SendVolumeStore, tenants::TenantStore,
    tokens::TokenStore, webhooks::WebhookStore,
};

/// The whole store: every port to it.
pub trait Store:
    NotificationStore
    + ScheduledStore
    + DeliveryStore
    + WebhookStore
    + InboxStore
    + TenantStore
    + PersonStore
    + RelationStore
    + PreferenceStore
    + SavedDraftStore
    + PasswordStore
    + ApiKeyStore
    + TokenStore
    + HousekeepingStore
    + SendVolumeStore
    + HealthStore
{
}

impl<S> Store for S where
    S: NotificationStore
        + ScheduledStore
        + DeliveryStore
        + WebhookStore
        + InboxStore
        + TenantStore
        + PersonStore
        + RelationStore
        + PreferenceStore
        + SavedDraftStore
        + PasswordStore
        + ApiKeyStore
        + TokenStore
        + HousekeepingStore
        + SendVolumeStore
        + HealthStore
{
}
