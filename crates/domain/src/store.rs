//! The port to what is kept: every fact Campanile knows lives behind it.
//!
//! Each call is one transaction: a read sees one moment, a write is durable when the call returns
//! `Ok` (power may fail right after), except where losing it only means to do it again: planning,
//! claiming and releasing deliveries. Every call but the look-ups of secrets takes the tenant
//! first and sees nothing outside it.
//!
//! What a call reads at once is bounded: a list stops at some megabytes of what is stored, whatever
//! number of entries was asked for, and names a cursor ([`Listing`]). What a caller chose to look for
//! has a quarter of a second; then the answer holds what was found.

mod inbox;
mod listing;
mod scratch;
mod secrets;
mod sending;

use async_trait::async_trait;
use campanile_shared::{
    Change, Changed, Content, Filter, Matching, Person as Profile, Preferences, Snapshot,
    administration::{Member, NewApiKey},
    delivery::{Delivery, DeliveryCounts},
    directory::{AudienceSummary, ObjectRecord, PersonRecord, Record, Relation},
    kept::{KeptDraft, Letter},
    sent::{Press, Reach, Recipient},
    volume::Volume,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    AudienceKey, KeyId, NewNotification, NewPerson, Notification, Person, PersonId, Result, SecretHash, Sender, Tenant, TenantId,
    TenantSettings,
    delivery::{Due, Outcome, Tried},
    grant::{Grant, Listener, Standing},
    members,
    notification::Reviser,
    relations::{Pattern, Put, Role, Roles},
    retention::DeletionTime,
    schedule::{Place, Scheduled},
    secret::Kind,
    volume::Of,
    webhook::Hook,
};

pub use self::{
    inbox::{DatedItem, Half, HalfQuery, Missed, StoredItem, StoredPage, Watch},
    listing::Listing,
    scratch::Scratch,
    secrets::{Bearer, Key, Pass, PassSubject},
    sending::{Accepted, Claim, First, Room},
};

/// How a thread of a store is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct ThreadReport {
    /// Its name.
    pub name: &'static str,
    /// Whether it works; it has ended otherwise.
    pub running: bool,
    /// How often it panicked, and went on.
    pub panics: u64,
}

/// What is kept.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    // Notifications

    /// Stores a notification and files it under its keys: as many rows for one person as for
    /// everyone. With a claim on an idempotency key, stores it at most once: a repeat gives the
    /// first answer again, [`crate::Error::KeyReused`] when its body differs. An equal fingerprint
    /// of the tenant gives the notification that has it.
    async fn accept(&self, tenant: TenantId, new: NewNotification, claim: Option<Claim>) -> Result<Accepted>;

    /// What was answered to the first request of a claim that is still remembered;
    /// [`crate::Error::KeyReused`] when its body was another.
    async fn first(&self, tenant: TenantId, claim: &Claim, now: DateTime<Utc>) -> Result<Option<First>>;

    /// The tenant's notifications before `before` (`None`: from the newest), the newest first.
    async fn notifications(&self, tenant: TenantId, before: Option<u64>, limit: u32) -> Result<Listing<Notification, u64>>;

    /// One notification of the tenant.
    async fn notification(&self, tenant: TenantId, id: Uuid) -> Result<Option<Notification>>;

    /// How many people the keys reach at this moment, each counted once.
    async fn audience_size(&self, tenant: TenantId, keys: &[AudienceKey]) -> Result<u64>;

    /// The same, with how many of them have an address, and the first `limit` by name.
    async fn audience(&self, tenant: TenantId, keys: &[AudienceKey], limit: u32) -> Result<AudienceSummary>;

    /// Those whom a notification reached when it was sent, by place in the store after `after`:
    /// whoever held one of its keys then, and nobody who came later.
    /// All of them are counted by what they did with it since.
    async fn recipients(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<(Listing<Recipient, PersonId>, Reach)>;

    // Sending later

    /// Keeps what is to be sent later, or when somebody says so. With a claim, at most once: see
    /// [`Store::accept`]; its sequence is 0.
    async fn schedule(&self, tenant: TenantId, scheduled: &Scheduled, claim: Option<Claim>, now: DateTime<Utc>) -> Result<Accepted>;

    /// What the tenant has scheduled after a place, the next first; drafts, which have no time, come last.
    async fn scheduled(&self, tenant: TenantId, after: Option<Place>, limit: u32) -> Result<Listing<Scheduled, Place>>;

    /// One of them.
    async fn scheduled_one(&self, tenant: TenantId, id: Uuid) -> Result<Option<Scheduled>>;

    /// What is due, of all tenants.
    async fn due(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<(TenantId, Scheduled)>>;

    /// Sends what was scheduled: stores the notification and forgets that it was to be sent, both
    /// or neither; [`crate::Error::NotFound`] when it is not scheduled any more.
    async fn publish(&self, tenant: TenantId, new: NewNotification) -> Result<Accepted>;

    /// Forgets something scheduled; [`crate::Error::NotFound`] when there is none of this id.
    async fn unschedule(&self, tenant: TenantId, id: Uuid) -> Result<()>;

    // Deliveries

    /// Plans a further part of what goes out by mail: a row for each address, in this lane. Returns
    /// how many people were looked at; 0 when everything is planned.
    async fn spread(&self, now: DateTime<Utc>, lane: &str, limit: u32) -> Result<u32>;

    /// Deliveries that are due, claimed until `lease`: nobody else gets them before that. No lane
    /// gets more than there is room for in it. Lanes after the one that had the last turn come first,
    /// so that each has its turn. What is not to be attempted any more is claimed as well, and says so.
    async fn claim(&self, now: DateTime<Utc>, lease: DateTime<Utc>, room: Room, limit: u32) -> Result<Vec<Due>>;

    /// Ends claims on these deliveries whose lease ends at these instants: they are due again at
    /// once. A claim that somebody else has by now stays.
    async fn release(&self, claims: Vec<(Uuid, DateTime<Utc>)>, now: DateTime<Utc>) -> Result<()>;

    /// Keeps what attempts came to. What was finished meanwhile stays as it is. [`crate::delivery::Next::Gone`]
    /// disables the endpoint or, where the sender named a URL, the URL: what else is to go there is
    /// claimed only to be refused.
    async fn record(&self, outcomes: Vec<Outcome>) -> Result<()>;

    /// When the next delivery or scheduled notification is due; `None` when nothing waits.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>>;

    /// The deliveries of a notification after the row `after`, the earliest first, and how all of them
    /// stand at the same moment.
    async fn deliveries(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<u64>,
        limit: u32,
    ) -> Result<(Listing<Delivery, u64>, DeliveryCounts)>;

    /// How the first attempts of a notification's own deliveries went; those to endpoints that hear
    /// of everything do not count.
    async fn tried(&self, tenant: TenantId, id: Uuid) -> Result<Tried>;

    /// Makes the deliveries of a notification that were rejected or given up due again, with the
    /// whole schedule before them. A URL that was disabled is not any more. Returns how many.
    async fn redeliver(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>) -> Result<u32>;

    /// Takes a notification out of every inbox; doing it again changes nothing, nor who did it.
    async fn recall(&self, tenant: TenantId, id: Uuid, by: Reviser, now: DateTime<Utc>) -> Result<()>;

    /// Ends deliveries of a recalled notification that are still to be made, at most `limit`;
    /// returns how many.
    async fn cancel(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// Has a notification say something else, in every inbox at once; [`crate::Error::NotFound`]
    /// when it is in none.
    async fn correct(&self, tenant: TenantId, id: Uuid, content: Vec<Content>, by: Reviser, now: DateTime<Utc>) -> Result<()>;

    /// Adds an endpoint. With a claim, at most once: see [`Store::accept`]; its sequence is 0.
    async fn keep_hook(&self, tenant: TenantId, hook: &Hook, claim: Option<Claim>) -> Result<Accepted>;

    /// The endpoints of a tenant, the oldest first.
    async fn hooks(&self, tenant: TenantId) -> Result<Vec<Hook>>;

    /// Removes an endpoint and what waits for it.
    async fn remove_hook(&self, tenant: TenantId, id: Uuid) -> Result<()>;

    /// The components of what is in a person's inbox, whatever they did with it, in alphabetical order:
    /// those of the newest 20,000 notifications or so, at most 1,000.
    async fn components(&self, tenant: TenantId, person: PersonId) -> Result<Vec<String>>;

    // Inboxes

    /// The counts of an inbox.
    async fn snapshot(&self, tenant: TenantId, person: PersonId) -> Result<Snapshot>;

    /// A page of an inbox, the newest first, below the sequence `before`. The work is bounded by
    /// the page and a fixed scan budget: a page may hold fewer items than asked for (even none)
    /// and still name a `next`.
    async fn page(&self, tenant: TenantId, person: PersonId, filter: &Filter, before: Option<u64>, limit: u32) -> Result<StoredPage>;

    /// How many items of an inbox match a filter, counted up to `most`, with a bounded amount of work.
    async fn count_matching(&self, tenant: TenantId, person: PersonId, filter: &Filter, most: u32) -> Result<Matching>;

    /// One item of an inbox; `None` when it is not in it.
    async fn item(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<StoredItem>>;

    /// Items of one half of an inbox, the newest first, and below which sequence the next page begins.
    /// The work is that of the half's own items.
    async fn half(&self, tenant: TenantId, person: PersonId, query: HalfQuery, limit: u32) -> Result<(Vec<DatedItem>, Option<u64>)>;

    /// How many there are, up to `most`.
    async fn count_half(&self, tenant: TenantId, person: PersonId, query: HalfQuery, most: u32) -> Result<u32>;

    /// Notes that a person pressed a button of an item, by its place from 0; the first time counts.
    /// Returns the item as it is then; [`crate::Error::NotFound`] when it is not in the inbox or has no such button.
    async fn press(&self, tenant: TenantId, person: PersonId, id: Uuid, button: u32, now: DateTime<Utc>) -> Result<StoredItem>;

    /// Everybody's presses of a notification's buttons after the row `after`, the earliest first.
    async fn presses(&self, tenant: TenantId, id: Uuid, after: Option<u64>, limit: u32) -> Result<Listing<Press, u64>>;

    /// Changes items of an inbox (what is to be snoozed has a time) and keeps for `Changed::undo` what takes the change back.
    async fn change(&self, tenant: TenantId, person: PersonId, change: Change, undo: Uuid, now: DateTime<Utc>) -> Result<Changed>;

    /// Takes a change back that is at most ten minutes old, once; [`crate::Error::NotFound`] otherwise.
    async fn undo(&self, tenant: TenantId, person: PersonId, undo: Uuid, now: DateTime<Utc>) -> Result<Changed>;

    /// Notes that the person looked at everything up to this sequence.
    async fn see(&self, tenant: TenantId, person: PersonId, up_to: u64) -> Result<Snapshot>;

    /// What a stream needs to begin: the keys the person holds now and the inbox at that moment.
    async fn watch(&self, tenant: TenantId, person: PersonId) -> Result<Watch>;

    /// What an inbox missed since a snapshot's sequence and revision: `None` when that is more
    /// than `limit` items or cannot be told item by item.
    async fn missed(&self, tenant: TenantId, person: PersonId, sequence: u64, revision: u64, limit: u32) -> Result<Option<Missed>>;

    // Tenants and people

    /// Adds a tenant; [`crate::Error::Exists`] when the name is taken.
    async fn create_tenant(&self, name: &str, settings: TenantSettings, portal_secret: &str, mail_secret: &str) -> Result<Tenant>;

    /// The tenant of a name, compared without regard to case.
    async fn tenant(&self, name: &str) -> Result<Option<Tenant>>;

    /// All tenants, by name.
    async fn tenants(&self) -> Result<Vec<Tenant>>;

    /// Changes what was chosen for a tenant.
    async fn set_tenant_settings(&self, tenant: TenantId, settings: TenantSettings) -> Result<()>;

    /// Replaces a tenant's portal secret. The former is good until the instant, if there is one; the
    /// one before it is not any more.
    async fn rotate_portal_secret(&self, tenant: TenantId, secret: &str, former_until: Option<DateTime<Utc>>) -> Result<()>;

    /// Adds a person, who will get what is sent from now on; [`crate::Error::Exists`] when the
    /// login or an external id is taken.
    async fn create_person(&self, tenant: TenantId, new: NewPerson, now: DateTime<Utc>) -> Result<PersonId>;

    /// The person of a login or an external id, compared without regard to case.
    async fn find_person(&self, tenant: TenantId, name: &str) -> Result<Option<PersonId>>;

    /// A person by place in the store; `None` also when they may not come in.
    async fn person(&self, tenant: TenantId, person: PersonId) -> Result<Option<Person>>;

    /// People who may come in and whose login or a word of whose name begins with the text, by name.
    async fn people(&self, tenant: TenantId, beginning: &str, limit: u32) -> Result<Vec<Profile>>;

    /// People as administrators see them, by name after a place: those whose login or a word of
    /// whose name begins with the text. The work is that of the page, or of the 1,000 found first.
    async fn members(
        &self,
        tenant: TenantId,
        beginning: &str,
        after: Option<members::Place>,
        limit: u32,
    ) -> Result<Listing<Member, members::Place>>;

    /// One of them.
    async fn member(&self, tenant: TenantId, person: PersonId) -> Result<Option<Member>>;

    /// Lets a person in no more, or again. Whoever is not let in loses every pass, gets no mail and
    /// counts in no audience; inbox and relations stay.
    async fn set_disabled(&self, tenant: TenantId, person: PersonId, disabled: bool, now: DateTime<Utc>) -> Result<()>;

    /// Removes a person, with their inbox, sessions and relations.
    async fn remove_person(&self, tenant: TenantId, person: PersonId) -> Result<()>;

    // The directory

    /// Adds or changes people, names objects, begins relations; repeating it changes nothing. For
    /// each record what it did; with `dry`, what it would have done. A relation whose `person:`
    /// names nobody is [`Put::Unknown`].
    async fn put(&self, tenant: TenantId, records: Vec<Record>, dry: bool, now: DateTime<Utc>) -> Result<Vec<Put>>;

    /// A place for names that an import sets aside.
    fn scratch(&self) -> Result<Box<dyn Scratch>>;

    /// Relations that hold and fit a pattern, after the row `after`, each with its row.
    async fn relations(&self, tenant: TenantId, pattern: &Pattern, after: Option<i64>, limit: u32)
    -> Result<Listing<(i64, Relation), i64>>;

    /// The names of the roles that people hold to objects whose names begin so, in alphabetical order.
    async fn role_names(&self, tenant: TenantId, beginning: &str) -> Result<Vec<String>>;

    /// Ends the relations of these rows, from now on. Returns how many held.
    /// [`crate::Error::LastAdministrator`] when nobody would administer the tenant any more who is not
    /// disabled; the same for [`Store::relate`], [`Store::set_disabled`] and [`Store::remove_person`].
    async fn end_relations(&self, tenant: TenantId, rows: Vec<i64>, now: DateTime<Utc>) -> Result<u32>;

    /// The named objects that begin with a text, in their order after `after`.
    async fn objects(&self, tenant: TenantId, beginning: &str, after: Option<&str>, limit: u32) -> Result<Listing<ObjectRecord, String>>;

    /// The roles that people hold now, and the relation of accepted subscriptions whoever stands in
    /// it, by object and relation. Relations to people and to the tenant itself are no such roles.
    /// And whether there are perhaps more: looking for them took too long.
    async fn roles(&self, tenant: TenantId, which: Roles, limit: u32) -> Result<(Vec<Role>, bool)>;

    /// People as an export writes them, by place in the store after `after`.
    async fn person_records(&self, tenant: TenantId, after: Option<PersonId>, limit: u32) -> Result<Listing<PersonRecord, PersonId>>;

    /// Gives (`holds`) or ends a person's relation to an object, from now on; repeating it changes nothing.
    async fn relate(&self, tenant: TenantId, person: PersonId, object: &str, relation: &str, holds: bool, now: DateTime<Utc>)
    -> Result<()>;

    /// What a person chose.
    async fn preferences(&self, tenant: TenantId, person: PersonId) -> Result<Preferences>;

    /// Keeps what a person chose.
    async fn set_preferences(&self, tenant: TenantId, person: PersonId, preferences: &Preferences) -> Result<()>;

    /// A person's drafts, the last saved first.
    async fn drafts(&self, tenant: TenantId, person: PersonId) -> Result<Vec<KeptDraft>>;

    /// One of them.
    async fn draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<Option<Letter>>;

    /// Keeps a draft, in place of the one that has its id; says whether it is kept: not when the
    /// person would have more than `most`.
    async fn keep_draft(&self, tenant: TenantId, person: PersonId, kept: KeptDraft, letter: String, most: u32) -> Result<bool>;

    /// Forgets a draft; nothing happens when there is none.
    async fn forget_draft(&self, tenant: TenantId, person: PersonId, id: Uuid) -> Result<()>;

    /// Ends all mail to a person, also that which is addressed to them and not sent yet, until they
    /// choose some again.
    async fn end_mail(&self, tenant: TenantId, person: PersonId) -> Result<()>;

    // Secrets

    /// The password hash of a person (PHC string), if one was set.
    async fn password(&self, tenant: TenantId, person: PersonId) -> Result<Option<String>>;

    /// Sets the password hash of a person and ends their sessions.
    async fn set_password(&self, tenant: TenantId, person: PersonId, hash: &str) -> Result<()>;

    /// Replaces a password hash by another. The person's passes end, except the given one and tokens
    /// for programs. [`crate::Error::NotFound`] when `former` is not the present hash.
    async fn change_password(&self, tenant: TenantId, person: PersonId, former: &str, hash: &str, session: SecretHash) -> Result<()>;

    /// Adds an API key; [`crate::Error::Exists`] when the tenant has one of that name.
    async fn create_key(&self, tenant: TenantId, new: &NewApiKey, hash: SecretHash, now: DateTime<Utc>) -> Result<KeyId>;

    /// The tenant's keys, by name.
    async fn keys(&self, tenant: TenantId, after: Option<KeyId>, limit: u32) -> Result<Listing<Key, KeyId>>;

    /// Notes when keys were last used. It may be lost with the power: the next use tells it again.
    async fn note_uses(&self, uses: Vec<(KeyId, DateTime<Utc>)>) -> Result<()>;

    /// Revokes a key and every token it was exchanged for; `NotFound` when there is none of that name.
    async fn revoke_key(&self, tenant: TenantId, name: &str, now: DateTime<Utc>) -> Result<()>;

    /// The sender of an API key that was not revoked.
    async fn sender(&self, key: SecretHash) -> Result<Option<Sender>>;

    /// Keeps a pass until it expires; [`crate::Error::Unauthenticated`] when its person may not come in
    /// or its key is revoked. Of a person's known browsers the last 20 are kept.
    async fn keep_pass(&self, hash: SecretHash, pass: Pass) -> Result<()>;

    /// The pass of this kind with this hash, if it has not expired and its person or key is still valid.
    async fn pass(&self, hash: SecretHash, kind: Kind, now: DateTime<Utc>) -> Result<Option<Bearer>>;

    /// The same, and it is gone: nobody can use it again.
    async fn take_pass(&self, hash: SecretHash, kind: Kind, now: DateTime<Utc>) -> Result<Option<Bearer>>;

    /// Keeps a ticket until it expires, with what let its maker in.
    async fn keep_ticket(&self, hash: SecretHash, pass: Pass, maker: Grant) -> Result<()>;

    /// The person of a ticket and what let its maker in, when both are still good; the ticket is gone.
    async fn take_ticket(&self, hash: SecretHash, now: DateTime<Utc>) -> Result<Option<(Person, Grant)>>;

    /// What each of these may hear now; `None` for those who may not be here any more.
    async fn standings(&self, listeners: Vec<Listener>, now: DateTime<Utc>) -> Result<Vec<Option<Standing>>>;

    /// Ends a pass; nothing happens when there is none.
    async fn end_pass(&self, hash: SecretHash) -> Result<()>;

    // Housekeeping

    /// Looks whether another process changed anything since the last look, and tells
    /// [`crate::Committed::ChangedElsewhere`] then.
    async fn look_elsewhere(&self) -> Result<()>;

    /// Takes snoozed items back into their inboxes whose time has come, unread and above the others
    /// until they are read. At most `limit`; returns how many were looked at.
    async fn wake(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// Takes expired notifications out of the inboxes, at most `limit` of them. Returns how many.
    async fn expire(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// Deletes notifications past their tenant's retention with what was delivered of them, passes,
    /// undos and idempotency claims (24 hours) past their time, at most `limit` rows of each. Returns
    /// how many notifications and deliveries went.
    async fn purge(&self, now: DateTime<Utc>, limit: u32) -> Result<u32>;

    /// By what time things were last deleted. Of a database that has not kept it yet it begins with the last
    /// notification; `None` when there is none.
    async fn deletion_time(&self) -> Result<Option<DeletionTime>>;

    /// Keeps it for the next start. It may be lost with the power.
    async fn keep_deletion_time(&self, time: DeletionTime) -> Result<()>;

    /// Counts the next notifications, at most `limit`, for the report of [`Store::volume`]; days before
    /// `first` are passed over and forgotten. Returns how many there were. It may be lost with the
    /// power: then they are counted later.
    async fn count_volume(&self, first: NaiveDate, limit: u32) -> Result<u32>;

    /// What a tenant sent in so many days from `first` on, as far as it was counted.
    async fn volume(&self, tenant: TenantId, first: NaiveDate, days: u32, of: &Of) -> Result<Volume>;

    /// How the threads are that do all this.
    fn threads(&self) -> Vec<ThreadReport>;

    /// Whether the store can be read and written.
    async fn check(&self) -> Result<()>;
}
