//! Looking up people by login or external id.

use crate::{
    Campanile, Person, PersonId, Result,
    model::access::{Ability, Actor},
};

/// What everybody in a tenant may know of its people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicProfile {
    /// The login.
    pub login: String,
    /// The display name.
    pub name: String,
}

impl Campanile {
    /// The id of a person to send to, even if they are disabled.
    pub async fn find_person(&self, by: &Actor, name: &str) -> Result<Option<PersonId>> {
        by.require(Ability::Send)?;
        self.store.find_person(by.tenant(), name).await
    }

    /// A person in whose name something is sent; `None` also for a disabled person.
    pub async fn person(&self, by: &Actor, name: &str) -> Result<Option<Person>> {
        match self.find_person(by, name).await? {
            Some(person) => self.store.person(by.tenant(), person).await,
            None => Ok(None),
        }
    }

    /// A person as a reader in the same tenant sees them; `None` also for a disabled person.
    pub async fn public_profile(&self, reader: &Person, name: &str) -> Result<Option<PublicProfile>> {
        let Some(person) = self.store.find_person(reader.tenant, name).await? else { return Ok(None) };
        let person = self.store.person(reader.tenant, person).await?;
        Ok(person.map(|person| PublicProfile { login: person.login, name: person.name }))
    }
}
