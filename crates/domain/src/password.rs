//! Passwords: setting, changing and verifying them.

mod rules;

pub use self::rules::{MAX_LENGTH, MIN_LENGTH};

use campanile_shared::{FieldError, problem::FieldErrorCode};

use crate::{
    Campanile, Error, Person, PersonId, Result, SecretHash, TenantId,
    password_hashing::{self, HashingCaller},
};

/// An account, found by a login or external id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Account {
    /// The tenant.
    pub tenant: TenantId,
    /// The person.
    pub person: PersonId,
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
        let hash = match account {
            Some(Account { tenant, person }) => self.store.password(tenant, person).await?,
            None => None,
        };
        // An unknown account takes as much time as a wrong password, so that the two cannot be distinguished.
        let fits = self.verify(password, hash.as_deref().unwrap_or(DUMMY_HASH), caller).await?;
        let account = account.filter(|_| fits && hash.is_some()).ok_or(Error::Unauthenticated)?;
        self.store.person(account.tenant, account.person).await?.ok_or(Error::Unauthenticated)
    }

    /// Sets a person's password and ends their sessions, for the operator. [`Error::Invalid`] at `/password`
    /// if it is not acceptable.
    pub async fn set_password(&self, tenant: TenantId, person: PersonId, password: &str) -> Result<()> {
        self.check_new_password("/password", tenant, person, password).await?;
        let hash = self.hash(password).await?;
        self.store.set_password(tenant, person, &hash).await
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
