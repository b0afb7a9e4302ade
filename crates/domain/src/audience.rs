//! Audiences: the keys they stand for, how many people they reach, and finding people to send to.

use campanile_shared::{Audience, FieldError, Recipients, directory::AudienceSummary, problem::FieldErrorCode};

use crate::{
    AudienceKey, Campanile, Error, Result, TenantId,
    model::{
        access::{Ability, Actor},
        relation::PERSON_PREFIX,
        resolved_audience::ResolvedAudience,
    },
};

impl Campanile {
    /// Looks up the people of an audience. [`Error::Invalid`] lists the selectors of people who do not exist.
    pub async fn resolve_audience(&self, by: &Actor, to: Audience) -> Result<ResolvedAudience> {
        by.require(Ability::Send)?;
        self.resolve(by.tenant(), to).await
    }

    /// The audience of one person: the first of these names that is a login or an external id. `None` if none is.
    pub async fn resolve_person(&self, by: &Actor, names: &[String]) -> Result<Option<ResolvedAudience>> {
        by.require(Ability::Send)?;
        let found = self.store.find_first_person(by.tenant(), names).await?;
        Ok(found.map(|(name, person)| {
            ResolvedAudience::new(by.tenant(), vec![Recipients::Person { person: name }], vec![AudienceKey::Person(person)])
        }))
    }

    /// The people whom an audience reaches now.
    pub async fn audience(&self, by: &Actor, to: &ResolvedAudience, first: u32) -> Result<AudienceSummary> {
        by.require(Ability::Send)?;
        to.require_tenant(by.tenant())?;
        let _turn = self.search_limiter.acquire(by).await?;
        self.store.audience(by.tenant(), &to.keys, first).await
    }

    /// How many people an audience reaches now.
    pub async fn audience_size(&self, by: &Actor, to: &ResolvedAudience) -> Result<u64> {
        by.require(Ability::Send)?;
        to.require_tenant(by.tenant())?;
        self.store.audience_size(by.tenant(), &to.keys).await
    }

    /// Finds people to send to: those whose login, or a word of whose name, begins with the text.
    pub async fn search_people(&self, by: &Actor, beginning: &str, limit: u32) -> Result<Vec<campanile_shared::Person>> {
        by.require(Ability::Send)?;
        let _turn = self.search_limiter.acquire(by).await?;
        self.store.people(by.tenant(), beginning.trim(), limit).await
    }

    /// Looks up the people of an audience. Every unknown person is an error at its selector.
    pub(crate) async fn resolve(&self, tenant: TenantId, to: Audience) -> Result<ResolvedAudience> {
        let mut keys = Vec::with_capacity(to.len());
        let mut faults = Vec::new();
        for (at, recipients) in to.iter().enumerate() {
            match self.audience_key(tenant, recipients).await? {
                Some(key) => keys.push(key),
                None => {
                    let field = if matches!(recipients, Recipients::Person { .. }) { "person" } else { "object" };
                    faults.push(FieldError::new(format!("/to/{at}/{field}"), FieldErrorCode::Unknown));
                }
            }
        }
        if faults.is_empty() { Ok(ResolvedAudience::new(tenant, to, keys)) } else { Err(Error::Invalid(faults)) }
    }

    /// The key of a selector; `None` if it names a person who does not exist.
    pub(crate) async fn audience_key(&self, tenant: TenantId, recipients: &Recipients) -> Result<Option<AudienceKey>> {
        Ok(match recipients {
            Recipients::Person { person } => {
                let person = self.store.find_person(tenant, person).await?;
                AudienceKey::of(recipients, |_| person)
            }
            // A person as an object, such as one who is followed, is identified by their id in the store, as
            // in relations.
            Recipients::Role { object, relation } if object.starts_with(PERSON_PREFIX) => {
                let person = self.person_of(tenant, object).await?;
                person.map(|person| AudienceKey::Role { object: format!("{PERSON_PREFIX}{}", person.0), relation: relation.clone() })
            }
            _ => AudienceKey::of(recipients, |_| None),
        })
    }
}
