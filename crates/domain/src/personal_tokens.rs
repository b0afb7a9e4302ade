//! Personal tokens, with which a person's own programs act as the person.

use std::time::Duration;

use crate::{
    Campanile, Result,
    model::{
        access::{Ability, Actor},
        secret::SecretKind,
        token::{IssuedSecret, TokenSubject},
    },
    security_log::{Entry, event::SecurityEvent},
};

/// A day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Campanile {
    /// Creates a personal token for a person, as the operator. Its text is shown once.
    /// [`Error::Unauthenticated`](crate::Error::Unauthenticated) if the person is disabled.
    pub async fn create_personal_token(&self, by: &Actor, login: &str, life: Duration) -> Result<IssuedSecret> {
        let days = life.as_secs() / DAY.as_secs();
        let entry = Entry::new(SecurityEvent::PersonalTokenCreated).by(by).subject(login).detail(&format!("{days} days"));
        entry
            .log(async {
                by.require(Ability::Operate)?;
                let person = self.find_as_administrator(by, login).await?;
                self.issue(SecretKind::PersonalToken, by.tenant(), TokenSubject::Person(person), life).await
            })
            .await
    }
}
