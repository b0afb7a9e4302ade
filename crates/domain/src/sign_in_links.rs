//! One-use sign-in links.

use crate::{
    Campanile, Person, PersonId, Result, SecretHash, TenantId,
    lifetimes::SIGN_IN_LINK_LIFETIME,
    model::{
        secret::SecretKind,
        token::{IssuedSecret, TokenSubject},
    },
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

    /// Creates a one-use sign-in link for a person.
    pub async fn create_sign_in_link(&self, tenant: TenantId, person: PersonId) -> Result<IssuedSecret> {
        self.issue(SecretKind::SignInLink, tenant, TokenSubject::Person(person), SIGN_IN_LINK_LIFETIME).await
    }
}
