//! Sending: from a checked message to a stored notification.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use campanile_shared::{
    Audience, Draft, FieldError, Receipt, Recipients,
    problem::FieldFault,
    sent::{Sent, SentPage},
};
use uuid::Uuid;

use crate::{
    AudienceKey, Campanile, Error, NewNotification, Result, Source, TenantId,
    access::{Ability, Actor},
    notification::Message,
    store::{Accepted, Claim},
};

/// Idempotency claims whose first request has not been answered yet.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashSet<(TenantId, String, String)>>>);

/// One running claim; dropping it lets the next request with its key pass.
struct Run {
    running: Running,
    claim: (TenantId, String, String),
}

impl Running {
    fn begin(&self, tenant: TenantId, claim: &Claim) -> Result<Run> {
        let claim = (tenant, claim.scope.clone(), claim.key.clone());
        let new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(claim.clone());
        if new { Ok(Run { running: self.clone(), claim }) } else { Err(Error::InProgress) }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.claim);
    }
}

/// A message with whom it is for, as a dialect hands it over.
pub struct Post {
    /// Who it is for.
    pub to: Audience,
    /// What it says.
    pub message: Message,
    /// The sender's claim that this request is sent at most once.
    pub claim: Option<Claim>,
    /// Equal fingerprints are one notification.
    pub fingerprint: Option<[u8; 32]>,
}

impl Campanile {
    /// Stores a draft of our own API for its audience.
    pub async fn send(&self, by: &Actor, draft: Draft, claim: Option<Claim>) -> Result<Receipt> {
        by.require(Ability::Send)?;
        let now = self.now();
        let content = draft.validate(now).map_err(Error::Invalid)?;
        let keys = self.keys_of(by.tenant(), &draft.to).await?;
        let message = Message {
            source: Source { dialect: "campanile".to_owned(), sender: by.name().to_owned(), event_id: None, external_id: None },
            severity: draft.severity,
            priority: draft.priority,
            component: draft.component.filter(|component| !component.trim().is_empty()),
            categories: draft.categories,
            content,
            created_at: now.fixed_offset(),
            expires_at: draft.expires_at,
            extra: serde_json::Value::Null,
        };
        let recipients = self.store.audience_size(by.tenant(), &keys).await?;
        let accepted = self.post(by, Post { to: draft.to, message, claim, fingerprint: None }).await?;
        Ok(Receipt { id: accepted.id, sequence: accepted.sequence, recipients, accepted_at: accepted.accepted_at })
    }

    /// Stores what a dialect has read and checked.
    ///
    /// [`Error::Invalid`] names selectors of people that nobody answers to.
    pub async fn post(&self, by: &Actor, post: Post) -> Result<Accepted> {
        by.require(Ability::Send)?;
        let tenant = by.tenant();
        let _run = post.claim.as_ref().map(|claim| self.running.begin(tenant, claim)).transpose()?;
        let keys = self.keys_of(tenant, &post.to).await?;
        let id = self.new_id();
        let new = NewNotification { id, accepted_at: self.now(), to: post.to, keys, fingerprint: post.fingerprint, message: post.message };
        self.store.accept(tenant, new, post.claim).await
    }

    /// How many people an audience reaches now.
    pub async fn audience_size(&self, by: &Actor, to: &Audience) -> Result<u64> {
        by.require(Ability::Send)?;
        let keys = self.keys_of(by.tenant(), to).await?;
        self.store.audience_size(by.tenant(), &keys).await
    }

    /// People to write to: those whose login or a word of whose name begins with the text.
    pub async fn people(&self, by: &Actor, beginning: &str, limit: u32) -> Result<Vec<campanile_shared::Person>> {
        by.require(Ability::Send)?;
        self.store.people(by.tenant(), beginning.trim(), limit).await
    }

    /// A page of what the tenant sent, the newest first.
    pub async fn sent(&self, by: &Actor, before: Option<u64>, limit: u32) -> Result<SentPage> {
        let (found, next) = self.notifications(by, before, limit).await?;
        Ok(SentPage { items: found.into_iter().map(crate::Notification::sent).collect(), next: next.map(|next| next.to_string()) })
    }

    /// The same page as it is stored, for dialects, and the sequence below which the next begins.
    pub async fn notifications(&self, by: &Actor, before: Option<u64>, limit: u32) -> Result<(Vec<crate::Notification>, Option<u64>)> {
        by.require(Ability::ReadSent)?;
        let mut found = self.store.notifications(by.tenant(), before, limit + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|last| last.sequence);
        Ok((found, next))
    }

    /// One notification the tenant sent.
    pub async fn sent_one(&self, by: &Actor, id: Uuid) -> Result<Sent> {
        by.require(Ability::ReadSent)?;
        let found = self.store.notification(by.tenant(), id).await?;
        found.map(crate::Notification::sent).ok_or(Error::NotFound)
    }

    /// The keys of an audience, without repeats; every unknown person is a fault at its selector.
    async fn keys_of(&self, tenant: TenantId, to: &Audience) -> Result<Vec<AudienceKey>> {
        let mut keys = BTreeSet::new();
        let mut faults = Vec::new();
        for (at, recipients) in to.iter().enumerate() {
            let person = match recipients {
                Recipients::Person { person } => self.store.find_person(tenant, person).await?,
                _ => None,
            };
            match AudienceKey::of(recipients, |_| person) {
                Some(key) => drop(keys.insert(key)),
                None => faults.push(FieldError::new(format!("/to/{at}/person"), FieldFault::Unknown)),
            }
        }
        if faults.is_empty() { Ok(keys.into_iter().collect()) } else { Err(Error::Invalid(faults)) }
    }
}
