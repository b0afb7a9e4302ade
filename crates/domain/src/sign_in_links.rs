//! One-use sign-in links.

use campanile_shared::{FieldError, problem::FieldErrorCode};

use crate::{
    Campanile, Error, Person, Result, SecretHash,
    lifetimes::SIGN_IN_LINK_LIFETIME,
    model::{
        access::Actor,
        secret::SecretKind,
        token::{IssuedSecret, TokenSubject},
    },
    security_log::{Entry, event::SecurityEvent},
    tokens::token_person,
};

impl Campanile {
    /// The person of a one-use sign-in link. This uses the link up.
    pub async fn redeem_sign_in_link(&self, link: &str) -> Result<Person> {
        token_person(self.store.take_token(SecretHash::of(link), SecretKind::SignInLink, self.now()).await?)
    }

    /// The person of a one-use sign-in link. The link stays valid.
    pub async fn sign_in_link_person(&self, link: &str) -> Result<Person> {
        token_person(self.store.token(SecretHash::of(link), SecretKind::SignInLink, self.now()).await?)
    }

    /// Creates a one-use sign-in link for a person who is not disabled.
    pub async fn create_sign_in_link(&self, by: &Actor, login: &str) -> Result<IssuedSecret> {
        let entry = Entry::new(SecurityEvent::LinkCreated).by(by).subject(login);
        entry
            .log(async {
                let person = self.find_as_administrator(by, login).await?;
                if self.store.person(by.tenant(), person).await?.is_none() {
                    return Err(Error::Invalid(vec![FieldError::new("/login", FieldErrorCode::Forbidden)]));
                }
                self.issue(SecretKind::SignInLink, by.tenant(), TokenSubject::Person(person), SIGN_IN_LINK_LIFETIME).await
            })
            .await
    }
}
