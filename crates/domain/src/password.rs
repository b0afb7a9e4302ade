//! Passwords: setting, changing and verifying them.

mod rules;

use campanile_shared::{FieldError, problem::FieldErrorCode};

use crate::{
    Campanile, Error, Person, PersonId, Result, SecretHash, TenantId,
    model::access::{Ability, Actor},
    password_hashing::{self, HashingCaller},
    security_log::{Entry, event::SecurityEvent},
};

/// An account, found by a login or external id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Account {
    /// The tenant.
    pub tenant: TenantId,
    /// The person.
    pub person: PersonId,
}

/// A password that was right, and is until it is changed. It need not be verified again, which takes tens of
/// milliseconds.
#[derive(Clone)]
pub struct VerifiedPassword {
    account: Account,
    hash: String,
}

/// The hash of a password that no one has, with the usual cost parameters.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2FtcGFuaWxlLW5vYm9keQ$5M1x3m1V0o6b3l0lJr2VQ5cJ8sY4o0m2h2nq0yZ2m3k";

impl Campanile {
    /// The account of a login or an external id, even if its person is disabled.
    pub async fn account(&self, tenant: &str, login: &str) -> Result<Option<Account>> {
        let Some(tenant) = self.store.tenant(tenant).await? else { return Ok(None) };
        let person = self.store.find_person(tenant.id, login).await?;
        Ok(person.map(|person| Account { tenant: tenant.id, person }))
    }

    /// The person of an account, if the password is right and they are not disabled. `Unauthenticated` for
    /// any wrong part, [`Error::TooManyRequests`] if too many passwords are being verified.
    pub async fn person_with_password(&self, account: Option<Account>, password: &str, caller: HashingCaller) -> Result<Person> {
        Ok(self.verify_password(account, password, caller).await?.0)
    }

    /// Like [`Campanile::person_with_password`], for a caller who sends the password with each request.
    pub async fn verify_password(
        &self,
        account: Option<Account>,
        password: &str,
        caller: HashingCaller,
    ) -> Result<(Person, VerifiedPassword)> {
        let hash = match account {
            Some(Account { tenant, person }) => self.store.password(tenant, person).await?,
            None => None,
        };
        // An unknown account takes as much time as a wrong password, so that the two cannot be distinguished.
        let fits = self.verify(password, hash.as_deref().unwrap_or(DUMMY_HASH), caller).await?;
        let (Some(account), Some(hash), true) = (account, hash, fits) else { return Err(Error::Unauthenticated) };
        let person = self.store.person(account.tenant, account.person).await?.ok_or(Error::Unauthenticated)?;
        Ok((person, VerifiedPassword { account, hash }))
    }

    /// The person of a password that was verified before; `None` if it was changed since.
    /// [`Error::Unauthenticated`] if they are disabled.
    pub async fn person_with_verified_password(&self, VerifiedPassword { account, hash }: &VerifiedPassword) -> Result<Option<Person>> {
        if self.store.password(account.tenant, account.person).await?.as_ref() != Some(hash) {
            return Ok(None);
        }
        self.store.person(account.tenant, account.person).await?.ok_or(Error::Unauthenticated).map(Some)
    }

    /// Sets a person's password and ends their sessions, as the operator. [`Error::Invalid`] at `/password`
    /// if it is not acceptable.
    pub async fn set_password(&self, by: &Actor, login: &str, password: &str) -> Result<()> {
        let entry = Entry::new(SecurityEvent::PasswordSet).by(by).subject(login);
        entry
            .log(async {
                by.require(Ability::Operate)?;
                let (tenant, person) = (by.tenant(), self.find_as_administrator(by, login).await?);
                self.check_new_password("/password", tenant, person, password).await?;
                let hash = self.hash(password).await?;
                self.store.set_password(tenant, person, &hash).await
            })
            .await
    }

    /// Changes one's own password. Ends every other session, sign-in link and known browser; personal tokens
    /// stay. [`Error::Invalid`] at `/current` if that is not the current password, at `/new` if the new one
    /// is not acceptable. A person without a password cannot change it.
    pub async fn change_password(&self, who: &Person, session: &str, current: &str, new: &str) -> Result<()> {
        self.check_new_password("/new", who.tenant, who.id, new).await?;
        let wrong = || Error::Invalid(vec![FieldError::new("/current", FieldErrorCode::Wrong)]);
        let former = self.store.password(who.tenant, who.id).await?.ok_or_else(wrong)?;
        if !self.verify(current, &former, HashingCaller::Known).await? {
            return Err(wrong());
        }
        if rules::normalised(current) == rules::normalised(new) {
            return Err(Error::Invalid(vec![FieldError::new("/new", FieldErrorCode::Unchanged)]));
        }
        let hash = self.hash(new).await?;
        match self.store.change_password(who.tenant, who.id, &former, &hash, SecretHash::of(session)).await {
            // Someone else changed it in the meantime.
            Err(Error::NotFound) => Err(wrong()),
            changed => changed,
        }
    }

    /// Checks that a person can choose a password.
    async fn check_new_password(&self, pointer: &str, tenant: TenantId, person: PersonId, password: &str) -> Result<()> {
        let known = self.store.member(tenant, person).await?.ok_or(Error::NotFound)?.person;
        let tenant = self.store.tenants().await?.into_iter().find(|one| one.id == tenant).ok_or(Error::NotFound)?;
        let name = known.name.as_deref().unwrap_or_default();
        let mailbox = known.email.as_deref().and_then(|email| email.split('@').next());
        let external = known.external_ids.iter().map(|id| id.split_once(':').map_or(&**id, |(_, id)| id));
        let words = [known.login.as_str(), tenant.name.as_str(), tenant.display_name(), name].into_iter();
        let words: Vec<&str> = words.chain(name.split_whitespace()).chain(mailbox).chain(external).collect();
        rules::check_password(pointer, password, &words).map_or(Ok(()), |fault| Err(Error::Invalid(vec![fault])))
    }

    async fn verify(&self, password: &str, hash: &str, caller: HashingCaller) -> Result<bool> {
        let (password, hash) = (rules::normalised(password).into_owned(), hash.to_owned());
        self.password_hashing.run(caller, move || password_hashing::verify(&password, &hash)).await
    }

    async fn hash(&self, password: &str) -> Result<String> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        let password = rules::normalised(password).into_owned();
        self.password_hashing.run(HashingCaller::Known, move || password_hashing::hash(&password, &salt)).await?
    }
}
