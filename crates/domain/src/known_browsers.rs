//! Known browsers: those in which a person has signed in before.

use crate::{
    Campanile, Person, Result, SecretHash,
    lifetimes::KNOWN_BROWSER_LIFETIME,
    model::{
        secret::SecretKind,
        token::{IssuedSecret, TokenSubject},
    },
    password::Account,
    tokens::token_person,
};

impl Campanile {
    /// Creates a token that marks a browser as one in which the person has signed in. It does not
    /// authenticate them: it only exempts this browser from limits caused by wrong passwords elsewhere
    /// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
    pub async fn remember_browser(&self, who: &Person) -> Result<IssuedSecret> {
        self.issue(SecretKind::KnownBrowser, who.tenant, TokenSubject::Person(who.id), KNOWN_BROWSER_LIFETIME).await
    }

    /// Whether the person of an account has signed in before in the browser with this token.
    pub async fn is_known_browser(&self, browser: &str, account: Account) -> Result<bool> {
        let bearer = self.store.token(SecretHash::of(browser), SecretKind::KnownBrowser, self.now()).await?;
        Ok(token_person(bearer).is_ok_and(|who| (who.tenant, who.id) == (account.tenant, account.person)))
    }

    /// Deletes a known browser.
    pub async fn forget_browser(&self, browser: &str) -> Result<()> {
        self.store.delete_token(SecretHash::of(browser)).await
    }
}
