//! The port to the store.
//!
//! Each call is one transaction. A read sees a consistent state. A write is durable when the call returns
//! `Ok`, even if power fails right after; the exceptions are planning, leasing and releasing deliveries,
//! which are simply done again. Except for look-ups of secrets, every call takes the tenant first and sees
//! nothing outside it.
//!
//! Each call reads a bounded amount: a list stops after some megabytes, however many entries were asked for,
//! and returns a cursor ([`Listing`]). A search stops after a quarter of a second and returns what it found.

mod inbox;
mod listing;
mod sending;
mod temporary_names;
mod tokens;

use async_trait::async_trait;
use campanile_shared::{
    Content, Filter, InboxChange, InboxChangeResult, MatchCount, Person as Profile, Preferences, Snapshot,
    administration::{Member, NewApiKey},
    delivery::{Delivery, DeliveryCounts},
    directory::{AudienceSummary, ObjectRecord, PersonRecord, Record, Relation},
    saved_draft::{SavedDraft, SavedDraftContent},
    sent::{ButtonClick, Recipient, RecipientCounts},
    volume::Volume,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    AudienceKey, KeyId, NewNotification, NewPerson, Notification, Person, PersonId, Result, SecretHash, Sender, Tenant, TenantId,
    TenantSettings,
    delivery::{AttemptRecord, DueDelivery, FirstAttempts},
    grant::{Grant, Listener, ListenerAccess},
    housekeeping::DeletionTime,
    members,
    notification::Reviser,
    relations::{PutResult, RelationPattern, Role, RoleQuery},
    scheduled::{ScheduledCursor, ScheduledNotification},
    secret::SecretKind,
    volume::VolumeFilter,
    webhook::WebhookEndpoint,
};

pub use self::{
    inbox::{BroadcastFilter, BroadcastQuery, CatchUp, DatedItem, StoredItem, StoredPage, StreamStart},
    listing::Listing,
    sending::{Accepted, IdempotencyKey, QueueCapacity, RecordedResponse},
    temporary_names::TemporaryNames,
    tokens::{StoredApiKey, Token, TokenHolder, TokenSubject},
};

/// The state of one of the store's threads.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct ThreadReport {
    /// The thread's name.
    pub name: &'static str,
    /// Whether it is running; `false` means that it has ended.
    pub running: bool,
    /// How many panics it has survived.
    pub panics: u64,
}

/// The store.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    // Notifications

    /// Stores a notification and files it under its keys. A notification for everyone takes as many rows as
    /// one for a single person. With an idempotency key it is stored at most once: a repeat returns the first
    /// response, or [`crate::Error::KeyReused`] if the body differs. If the tenant already has a notification
    /// with the same fingerprint, that one is returned.
    async fn insert_notification(&self, tenant: TenantId, new: NewNotification, claim: Option<IdempotencyKey>) -> Result<Accepted>;

    /// The recorded response to the first request with an idempotency key, while the key is remembered;
    /// [`crate::Error::KeyReused`] if that request had another body.
    async fn recorded_response(&self, tenant: TenantId, claim: &IdempotencyKey, now: DateTime<Utc>) -> Result<Option<RecordedResponse>>;

    /// The tenant's notifications before `before` (`None`: from the newest), newest first.
    async fn notifications(&self, tenant: TenantId, before: Option<u64>, limit: u32) -> Result<Listing<Notification, u64>>;

    /// One notification of the tenant.
    async fn notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<Notification>>;

    /// How many people the keys reach now. Each person counts once.
    async fn audience_size(&self, tenant: TenantId, keys: &[AudienceKey]) -> Result<u64>;

    /// Like [`Store::audience_size`], and also how many of these people have an address, and the first
    /// `limit` by name.
    async fn audience(&self, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary>;

    /// The people whom a notification reached when it was sent, ordered by id, after `after`: those who held
    /// one of its keys at that time. The counts cover all of them, by what they have done with it since.
    async fn recipients(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<(Listing<Recipient, PersonId>, RecipientCounts)>;

    // Sending later

    /// Stores a notification to be sent later, or on request. With an idempotency key it is stored at most
    /// once: see [`Store::insert_notification`]. The returned sequence is 0.
    async fn schedule(
        &self,
        tenant: TenantId,
        scheduled: &ScheduledNotification,
        claim: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Accepted>;

    /// The tenant's scheduled notifications after a cursor, the next to be sent first. Unscheduled ones,
    /// which have no time, come last.
    async fn scheduled(
        &self,
        tenant: TenantId,
        after: Option<ScheduledCursor>,
        limit: u32,
    ) -> Result<Listing<ScheduledNotification, ScheduledCursor>>;

    /// One scheduled notification.
    async fn scheduled_notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<ScheduledNotification>>;

    /// The scheduled notifications of all tenants that are due.
    async fn due_scheduled(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<(TenantId, ScheduledNotification)>>;

    /// Sends a scheduled notification: stores the notification and removes the schedule entry in one
    /// transaction. [`crate::Error::NotFound`] if it is not scheduled any more.
    async fn publish_scheduled(&self, tenant: TenantId, new: NewNotification) -> Result<Accepted>;

    /// Removes a scheduled notification; [`crate::Error::NotFound`] if there is none with this id.
    async fn cancel_scheduled(&self, tenant: TenantId, id: Uuid) -> Result<()>;

    // Deliveries

    /// Plans the next part of the mailings: adds one delivery to this queue for each address. Returns how
    /// many people were looked at; 0 when everything is planned.
    async fn expand_mailing(&self, now: DateTime<Utc>, lane: &str, limit: u32) -> Result<u32>;

    /// Leases due deliveries until `lease`; no other process gets them before that. No queue gets more than
    /// `room` allows. The order starts after the queue served last, so that each queue gets its turn.
    /// Deliveries that are not to be attempted any more are leased too, with the reason in [`DueDelivery::void`].
    async fn lease_deliveries(&self, now: DateTime<Utc>, lease: DateTime<Utc>, room: QueueCapacity, limit: u32)
    -> Result<Vec<DueDelivery>>;

    /// Ends the leases on these deliveries, which are then due again at once. Each lease is identified by the
    /// instant at which it ends: a newer lease, held by another process, is left alone.
    async fn release_leases(&self, claims: Vec<(Uuid, DateTime<Utc>)>, now: DateTime<Utc>) -> Result<()>;

    /// Records the results of attempts. Deliveries that were finished in the meantime are not changed.
    /// [`crate::delivery::Next::Gone`] disables the endpoint, or the URL if the sender named one: later
    /// deliveries to it are leased only to be rejected.
    async fn record_attempts(&self, outcomes: Vec<AttemptRecord>) -> Result<()>;

    /// When the next delivery or scheduled notification is due; `None` if there is none.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>>;

    /// The deliveries of a notification after the row `after`, earliest first, and the counts of all its
    /// deliveries at the same moment.
    async fn deliveries(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<u64>,
        limit: u32,
    ) -> Result<(Listing<Delivery, u64>, DeliveryCounts)>;

    /// The state of the first attempts of a notification's own deliveries. Deliveries to webhook endpoints do
    /// not count.
    async fn first_attempts(&self, tenant: TenantId, id: Uuid) -> Result<FirstAttempts>;

    /// Makes the rejected and given-up deliveries of a notification due again, with the full retry schedule.
    /// A disabled URL is enabled again. Returns how many deliveries these are.
    async fn redeliver(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>) -> Result<u32>;

    /// Removes a notification from every inbox. A repeat changes nothing, not even who recalled it.
    async fn recall(&self, tenant: TenantId, id: Uuid, by: Reviser, now: DateTime<Utc>) -> Result<()>;

    /// Ends pending deliveries of a recalled notification, at most `limit`; returns how many.
    async fn cancel_deliveries(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// Replaces the content of a notification in every inbox; [`crate::Error::NotFound`] if it is in no
    /// inbox.
    async fn correct(&self, tenant: TenantId, id: Uuid, content: Vec<Content>, by: Reviser, now: DateTime<Utc>) -> Result<()>;

    /// Adds a webhook endpoint. With an idempotency key it is added at most once: see [`Store::insert_notification`]. The
    /// returned sequence is 0.
    async fn insert_webhook(&self, tenant: TenantId, hook: &WebhookEndpoint, claim: Option<IdempotencyKey>) -> Result<Accepted>;

    /// The tenant's webhook endpoints, oldest first.
    async fn webhooks(&self, tenant: TenantId) -> Result<Vec<WebhookEndpoint>>;

    /// Removes a webhook endpoint and its pending deliveries.
    async fn remove_webhook(&self, tenant: TenantId, id: Uuid) -> Result<()>;

    /// The components of the notifications in a person's inbox, dismissed ones included, in alphabetical
    /// order. About the newest 20,000 notifications are looked at, and at most 1,000 components returned.
    async fn components(&self, tenant: TenantId, person: PersonId) -> Result<Vec<String>>;

    // Inboxes

    /// The counts of an inbox.
    async fn snapshot(&self, tenant: TenantId, person: PersonId) -> Result<Snapshot>;

    /// A page of an inbox, newest first, below the sequence `before`. The work is bounded by the page and a
    /// fixed scan budget: a page may hold fewer items than asked for (even none) and still return a `next`.
    async fn inbox_page(&self, tenant: TenantId, person: PersonId, filter: &Filter, before: Option<u64>, limit: u32) -> Result<StoredPage>;

    /// How many items of an inbox match a filter, counted up to `most`. The work is bounded.
    async fn count_matching(&self, tenant: TenantId, person: PersonId, filter: &Filter, most: u32) -> Result<MatchCount>;

    /// One item of an inbox; `None` if it is not in the inbox.
    async fn inbox_item(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<StoredItem>>;

    /// Items of an inbox by whether they were broadcast, newest first, and the sequence below which the next
    /// page begins. The cost depends only on the items that match.
    async fn items_by_broadcast(
        &self,
        tenant: TenantId,
        person: PersonId,
        query: BroadcastQuery,
        limit: u32,
    ) -> Result<(Vec<DatedItem>, Option<u64>)>;

    /// How many items match such a query, counted up to `most`.
    async fn count_by_broadcast(&self, tenant: TenantId, person: PersonId, query: BroadcastQuery, most: u32) -> Result<u32>;

    /// Records that a person clicked a button of an item, by its index from 0. Only the first click counts.
    /// Returns the item as it is then; [`crate::Error::NotFound`] if it is not in the inbox or has no such
    /// button.
    async fn record_click(&self, tenant: TenantId, person: PersonId, id: Uuid, button: u32, now: DateTime<Utc>) -> Result<StoredItem>;

    /// All clicks on a notification's buttons after the row `after`, earliest first.
    async fn button_clicks(&self, tenant: TenantId, id: Uuid, after: Option<u64>, limit: u32) -> Result<Listing<ButtonClick, u64>>;

    /// Changes items of an inbox. A change that snoozes must have a time. The change can be undone with the
    /// id `undo`, returned in `InboxChangeResult::undo`.
    async fn change_items(
        &self,
        tenant: TenantId,
        person: PersonId,
        change: InboxChange,
        undo: Uuid,
        now: DateTime<Utc>,
    ) -> Result<InboxChangeResult>;

    /// Undoes a change that is at most ten minutes old, once; [`crate::Error::NotFound`] otherwise.
    async fn undo_change(&self, tenant: TenantId, person: PersonId, undo: Uuid, now: DateTime<Utc>) -> Result<InboxChangeResult>;

    /// Records that the person has seen everything up to this sequence.
    async fn mark_seen(&self, tenant: TenantId, person: PersonId, up_to: u64) -> Result<Snapshot>;

    /// What a stream starts with: the keys that the person holds and the inbox, both now.
    async fn stream_start(&self, tenant: TenantId, person: PersonId) -> Result<StreamStart>;

    /// What changed in an inbox since a snapshot's sequence and revision; `None` if these are more than
    /// `limit` items or cannot be listed item by item.
    async fn missed_since(&self, tenant: TenantId, person: PersonId, sequence: u64, revision: u64, limit: u32) -> Result<Option<CatchUp>>;

    // Tenants and people

    /// Adds a tenant; [`crate::Error::Exists`] if the name is taken.
    async fn create_tenant(&self, name: &str, settings: TenantSettings, portal_secret: &str, mail_secret: &str) -> Result<Tenant>;

    /// The tenant with this name, ignoring case.
    async fn tenant(&self, name: &str) -> Result<Option<Tenant>>;

    /// All tenants, by name.
    async fn tenants(&self) -> Result<Vec<Tenant>>;

    /// Replaces a tenant's settings.
    async fn set_tenant_settings(&self, tenant: TenantId, settings: TenantSettings) -> Result<()>;

    /// Replaces a tenant's portal secret. The former secret stays valid until `former_until`, if given. The
    /// one before it becomes invalid.
    async fn rotate_portal_secret(&self, tenant: TenantId, secret: &str, former_until: Option<DateTime<Utc>>) -> Result<()>;

    /// Adds a person, who receives what is sent from now on; [`crate::Error::Exists`] if the login or an
    /// external id is taken.
    async fn create_person(&self, tenant: TenantId, new: NewPerson, now: DateTime<Utc>) -> Result<PersonId>;

    /// The person with this login or external id, ignoring case.
    async fn find_person(&self, tenant: TenantId, name: &str) -> Result<Option<PersonId>>;

    /// A person by id; `None` also for a disabled person.
    async fn person(&self, tenant: TenantId, person: PersonId) -> Result<Option<Person>>;

    /// People who are not disabled and whose login, or a word of whose name, begins with the text, by name.
    async fn people(&self, tenant: TenantId, beginning: &str, limit: u32) -> Result<Vec<Profile>>;

    /// People as administrators see them, by name, after a cursor: those whose login, or a word of whose
    /// name, begins with the text. The cost is that of the page, or of the first 1,000 matches.
    async fn members(
        &self,
        tenant: TenantId,
        beginning: &str,
        after: Option<members::MemberCursor>,
        limit: u32,
    ) -> Result<Listing<Member, members::MemberCursor>>;

    /// One person as administrators see them.
    async fn member(&self, tenant: TenantId, person: PersonId) -> Result<Option<Member>>;

    /// Disables or enables a person. A disabled person loses every token, gets no mail and counts in no
    /// audience; inbox and relations stay.
    async fn set_disabled(&self, tenant: TenantId, person: PersonId, disabled: bool, now: DateTime<Utc>) -> Result<()>;

    /// Removes a person with their inbox, sessions and relations.
    async fn remove_person(&self, tenant: TenantId, person: PersonId) -> Result<()>;

    // The directory

    /// Adds or changes people, names objects and adds relations. A repeat changes nothing. Returns for each
    /// record what it did or, with `dry`, what it would have done. A relation to a `person:` that does not
    /// exist is [`PutResult::Unknown`].
    async fn put_records(&self, tenant: TenantId, records: Vec<Record>, dry: bool, now: DateTime<Utc>) -> Result<Vec<PutResult>>;

    /// A new, empty set of names for the duration of an import.
    fn temporary_names(&self) -> Result<Box<dyn TemporaryNames>>;

    /// Current relations that match a pattern, after the row `after`, each with its row.
    async fn relations(
        &self,
        tenant: TenantId,
        pattern: &RelationPattern,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Listing<(i64, Relation), i64>>;

    /// The names of the roles that people hold on objects whose names begin with the text, in alphabetical
    /// order.
    async fn role_names(&self, tenant: TenantId, beginning: &str) -> Result<Vec<String>>;

    /// Ends the relations of these rows from now on. Returns how many were current.
    /// [`crate::Error::LastAdministrator`] if the tenant would be left without an administrator who is not
    /// disabled; the same holds for [`Store::set_relation`], [`Store::set_disabled`] and [`Store::remove_person`].
    async fn end_relations(&self, tenant: TenantId, rows: Vec<i64>, now: DateTime<Utc>) -> Result<u32>;

    /// The named objects whose ids begin with the text, in order, after `after`.
    async fn objects(&self, tenant: TenantId, beginning: &str, after: Option<&str>, limit: u32) -> Result<Listing<ObjectRecord, String>>;

    /// The roles that people hold now, by object and relation, and the relation of accepted subscriptions,
    /// whoever its subjects are. Relations to people and to the tenant itself are left out. The flag says
    /// that the search ran out of time, so there may be more.
    async fn roles(&self, tenant: TenantId, which: RoleQuery, limit: u32) -> Result<(Vec<Role>, bool)>;

    /// People in the form that an export writes, ordered by id, after `after`.
    async fn person_records(&self, tenant: TenantId, after: Option<PersonId>, limit: u32) -> Result<Listing<PersonRecord, PersonId>>;

    /// Adds (`holds`) or ends a person's relation to an object, from now on. A repeat changes nothing.
    async fn set_relation(
        &self,
        tenant: TenantId,
        person: PersonId,
        object: &str,
        relation: &str,
        holds: bool,
        now: DateTime<Utc>,
    ) -> Result<()>;

    /// A person's preferences.
    async fn preferences(&self, tenant: TenantId, person: PersonId) -> Result<Preferences>;

    /// Stores a person's preferences.
    async fn set_preferences(&self, tenant: TenantId, person: PersonId, preferences: &Preferences) -> Result<()>;

    /// A person's saved drafts, last saved first.
    async fn saved_drafts(&self, tenant: TenantId, person: PersonId) -> Result<Vec<SavedDraft>>;

    /// One saved draft.
    async fn saved_draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<SavedDraftContent>>;

    /// Saves a draft, replacing the one with its id. Returns `false`, and saves nothing, if the person would
    /// have more than `most`.
    async fn save_draft(&self, tenant: TenantId, person: PersonId, kept: SavedDraft, letter: String, most: u32) -> Result<bool>;

    /// Deletes a saved draft; does nothing if there is none.
    async fn delete_draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<()>;

    /// Ends all mail to a person, including mail that is addressed to them and not sent yet, until they
    /// choose to get mail again.
    async fn end_all_mail(&self, tenant: TenantId, person: PersonId) -> Result<()>;

    // Secrets

    /// The password hash of a person (PHC string), if they have a password.
    async fn password(&self, tenant: TenantId, person: PersonId) -> Result<Option<String>>;

    /// Sets the password hash of a person and ends their sessions.
    async fn set_password(&self, tenant: TenantId, person: PersonId, hash: &str) -> Result<()>;

    /// Replaces a password hash. The person's tokens end, except the given session and personal tokens.
    /// [`crate::Error::NotFound`] if `former` is not the current hash.
    async fn change_password(&self, tenant: TenantId, person: PersonId, former: &str, hash: &str, session: SecretHash) -> Result<()>;

    /// Adds an API key; [`crate::Error::Exists`] if the tenant has one with this name.
    async fn create_key(&self, tenant: TenantId, new: &NewApiKey, hash: SecretHash, now: DateTime<Utc>) -> Result<KeyId>;

    /// The tenant's API keys, by name.
    async fn keys(&self, tenant: TenantId, after: Option<KeyId>, limit: u32) -> Result<Listing<StoredApiKey, KeyId>>;

    /// Records when keys were last used. This may be lost when power fails: the next use records it again.
    async fn record_key_uses(&self, uses: Vec<(KeyId, DateTime<Utc>)>) -> Result<()>;

    /// Revokes a key and every token it was exchanged for; `NotFound` if there is none with this name.
    async fn revoke_key(&self, tenant: TenantId, name: &str, now: DateTime<Utc>) -> Result<()>;

    /// The sender of an API key that is not revoked.
    async fn sender(&self, key: SecretHash) -> Result<Option<Sender>>;

    /// Stores a token until it expires; [`crate::Error::Unauthenticated`] if its person is disabled or its
    /// key revoked. Only the last 20 known browsers of a person are kept.
    async fn insert_token(&self, hash: SecretHash, pass: Token) -> Result<()>;

    /// The holder of a token of this kind with this hash, if the token has not expired and its person or key
    /// is still valid.
    async fn token(&self, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>>;

    /// Like [`Store::token`], but also deletes the token, so that it cannot be used again.
    async fn take_token(&self, hash: SecretHash, kind: SecretKind, now: DateTime<Utc>) -> Result<Option<TokenHolder>>;

    /// Stores a stream ticket until it expires, with the credential of the person who requested it.
    async fn insert_ticket(&self, hash: SecretHash, pass: Token, maker: Grant) -> Result<()>;

    /// The person of a stream ticket and the credential they requested it with, if both are still valid.
    /// Deletes the ticket.
    async fn take_ticket(&self, hash: SecretHash, now: DateTime<Utc>) -> Result<Option<(Person, Grant)>>;

    /// What each listener has access to now; `None` for those who have lost access.
    async fn listener_access(&self, listeners: Vec<Listener>, now: DateTime<Utc>) -> Result<Vec<Option<ListenerAccess>>>;

    /// Deletes a token; does nothing if there is none.
    async fn delete_token(&self, hash: SecretHash) -> Result<()>;

    // Housekeeping

    /// Checks whether another process has changed anything since the last call and, if so, reports
    /// [`crate::Committed::ChangedElsewhere`].
    async fn check_other_processes(&self) -> Result<()>;

    /// Returns snoozed items whose time has come to their inboxes, unread and above the others until they are
    /// read. At most `limit`; returns how many were looked at.
    async fn resurface_snoozed(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// Removes expired notifications from the inboxes, at most `limit`. Returns how many.
    async fn expire(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// Deletes notifications past their tenant's retention with their deliveries, and expired tokens, undo
    /// records and idempotency keys (24 hours), at most `limit` rows of each. Returns how many notifications
    /// and deliveries were deleted.
    async fn purge(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// The deletion time that was last stored. In a database that has none yet, the time of the last
    /// notification; `None` if there is none either.
    async fn deletion_time(&self) -> Result<Option<DeletionTime>>;

    /// Stores the deletion time for the next start. This may be lost when power fails.
    async fn set_deletion_time(&self, time: DeletionTime) -> Result<()>;

    /// Counts the next notifications, at most `limit`, for [`Store::volume`]. Days before `first` are skipped
    /// and their counts deleted. Returns how many were counted. The counts may be lost when power fails; then
    /// they are counted again later.
    async fn count_volume(&self, first: NaiveDate, limit: u32) -> Result<u32>;

    /// What a tenant sent in `days` days from `first` on, as far as it has been counted.
    async fn volume(&self, tenant: TenantId, first: NaiveDate, days: u32, of: &VolumeFilter) -> Result<Volume>;

    /// The state of the store's threads.
    fn threads(&self) -> Vec<ThreadReport>;

    /// Checks that the store can be read and written.
    async fn check(&self) -> Result<()>;
}
