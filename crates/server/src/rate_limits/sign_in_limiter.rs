//! Limits failed sign-ins per person, per address and per known browser.
//!
//! A browser is known when the person has signed in with it before; a cookie says so (OWASP, "Slow Down
//! Online Guessing Attacks with Device Cookies"). Its failures are counted separately. So wrong guesses
//! from other browsers do not lock the person out, and a stolen cookie gives no additional guesses.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use campanile_domain::{Error, PersonId, Result, SecretHash, model::names, password::Account};

use super::failure_limiter::FailureLimiter;

/// The time for which a failure counts.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// An address has ten times as many attempts as a person, because offices share one address.
const ADDRESS_FACTOR: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// The subject whose limit an attempt counts against.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SignInSubject {
    /// A person, under any of their names.
    Person(PersonId),
    /// A name that no person has. It is limited like a person, so that the limit does not reveal which
    /// names exist.
    UnknownName(SecretHash),
    /// No known person: a sign-in link names its person only if it is valid.
    Unidentified,
}

impl SignInSubject {
    /// The subject of a tenant and a login.
    pub fn of(tenant: &str, login: &str, account: Option<Account>) -> Self {
        match account {
            Some(account) => Self::Person(account.person),
            // A hash has a fixed size, whatever name is sent.
            None => Self::UnknownName(SecretHash::of(&format!("{}\0{}", names::comparison_form(tenant), names::comparison_form(login)))),
        }
    }
}

/// An attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub struct SignInAttempt {
    /// The caller's address.
    pub address: IpAddr,
    /// Who signs in.
    pub subject: SignInSubject,
    /// The browser, if the person has signed in with it before.
    pub browser: Option<SecretHash>,
}

/// The recent failed sign-ins.
pub struct SignInLimiter {
    addresses: FailureLimiter<IpAddr>,
    people: FailureLimiter<PersonId>,
    /// Separate from `people`, so that a flood of invented names does not evict real people.
    unknown_names: FailureLimiter<SecretHash>,
    browsers: FailureLimiter<SecretHash>,
    password_changes: FailureLimiter<PersonId>,
}

impl SignInLimiter {
    /// Allows this many failures per person in fifteen minutes. `None` if `attempts` is 0: no limit.
    pub fn new(attempts: u32) -> Option<Self> {
        let attempts = NonZeroU32::new(attempts)?;
        Some(Self {
            addresses: FailureLimiter::new(attempts.saturating_mul(ADDRESS_FACTOR), WINDOW),
            people: FailureLimiter::new(attempts, WINDOW),
            unknown_names: FailureLimiter::new(attempts, WINDOW),
            browsers: FailureLimiter::new(attempts, WINDOW),
            password_changes: FailureLimiter::new(attempts, WINDOW),
        })
    }

    /// Runs an attempt, unless too many have failed. Successful attempts do not count.
    pub async fn attempt<T>(&self, attempt: SignInAttempt, now: Instant, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.count(&attempt, now)?;
        let done = work.await;
        if !matches!(done, Err(Error::Unauthenticated)) {
            self.refund(&attempt);
        }
        done
    }

    /// Runs a change of the person's own password. This limits how often a stolen session can guess the
    /// current password. Failed sign-ins do not count here.
    pub async fn password_change<T>(&self, who: PersonId, now: Instant, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.password_changes.count(&who, now)?;
        let done = work.await;
        // Only a wrong current password is a guess. Other errors occur before the password is checked.
        let guessed = matches!(&done, Err(Error::Invalid(faults)) if faults.iter().any(|fault| fault.pointer == "/current"));
        if !guessed {
            self.password_changes.refund(&who);
        }
        done
    }

    fn count(&self, attempt: &SignInAttempt, now: Instant) -> Result<()> {
        if let Some(browser) = &attempt.browser {
            return self.browsers.count(browser, now);
        }
        self.addresses.count(&attempt.address, now)?;
        let counted = match &attempt.subject {
            SignInSubject::Person(person) => self.people.count(person, now),
            SignInSubject::UnknownName(name) => self.unknown_names.count(name, now),
            SignInSubject::Unidentified => Ok(()),
        };
        counted.inspect_err(|_| self.addresses.refund(&attempt.address))
    }

    fn refund(&self, attempt: &SignInAttempt) {
        if let Some(browser) = &attempt.browser {
            return self.browsers.refund(browser);
        }
        self.addresses.refund(&attempt.address);
        match &attempt.subject {
            SignInSubject::Person(person) => self.people.refund(person),
            SignInSubject::UnknownName(name) => self.unknown_names.refund(name),
            SignInSubject::Unidentified => {}
        }
    }

    /// Removes subjects without recent failures.
    pub fn remove_expired(&self, now: Instant) {
        self.addresses.remove_expired(now);
        self.people.remove_expired(now);
        self.unknown_names.remove_expired(now);
        self.browsers.remove_expired(now);
        self.password_changes.remove_expired(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: SignInSubject = SignInSubject::Person(PersonId(7));

    fn attempt(address: u8, subject: SignInSubject, browser: Option<u8>) -> SignInAttempt {
        SignInAttempt { address: [10, 0, 0, address].into(), subject, browser: browser.map(|byte| SecretHash([byte; 32])) }
    }

    async fn fails(sign_ins: &SignInLimiter, attempt: SignInAttempt, now: Instant) -> bool {
        let done = sign_ins.attempt(attempt, now, async { Err::<(), _>(Error::Unauthenticated) }).await;
        matches!(done, Err(Error::TooManyRequests { retry_after }) if retry_after <= WINDOW)
    }

    #[tokio::test]
    async fn a_flood_from_elsewhere_does_not_keep_a_known_browser_out() {
        let (sign_ins, now) = (SignInLimiter::new(3).unwrap(), Instant::now());
        for address in 0..100 {
            fails(&sign_ins, attempt(address, ADA, None), now).await;
        }
        assert!(fails(&sign_ins, attempt(200, ADA, None), now).await, "an unknown browser must wait");
        let known = attempt(0, ADA, Some(1));
        assert!(sign_ins.attempt(known, now, async { Ok(()) }).await.is_ok());
        for _ in 0..3 {
            assert!(!fails(&sign_ins, known, now).await);
        }
        assert!(fails(&sign_ins, known, now).await, "a known browser has no additional guesses");
        assert!(sign_ins.attempt(attempt(0, ADA, Some(2)), now, async { Ok(()) }).await.is_ok(), "another browser has its own limit");
    }

    #[tokio::test]
    async fn a_person_is_counted_by_whatever_name() {
        let account = Some(Account { tenant: campanile_domain::TenantId(1), person: PersonId(7) });
        assert_eq!(SignInSubject::of("acme", "ada", account), SignInSubject::of("ACME", "citrix:ada", account));
        assert_eq!(SignInSubject::of("acme", "Nobody", None), SignInSubject::of("ACME", "nobody", None));
        assert_ne!(SignInSubject::of("acme", "nobody", None), SignInSubject::of("acme", "somebody", None));
    }

    #[tokio::test]
    async fn guesses_at_the_present_password_are_counted_and_nothing_else() {
        use campanile_domain::Result;
        use campanile_shared::{FieldError, problem::FieldErrorCode};
        let (sign_ins, now) = (SignInLimiter::new(3).unwrap(), Instant::now());
        let fault = |pointer: &str| -> Result<()> { Err(Error::Invalid(vec![FieldError::new(pointer, FieldErrorCode::Wrong)])) };
        for _ in 0..10 {
            let refused = sign_ins.password_change(PersonId(7), now, async { fault("/new") }).await;
            assert!(matches!(refused, Err(Error::Invalid(_))));
        }
        for _ in 0..3 {
            assert!(matches!(sign_ins.password_change(PersonId(7), now, async { fault("/current") }).await, Err(Error::Invalid(_))));
        }
        assert!(matches!(sign_ins.password_change(PersonId(7), now, async { Ok(()) }).await, Err(Error::TooManyRequests { .. })));
        assert!(sign_ins.password_change(PersonId(8), now, async { Ok(()) }).await.is_ok());
    }
}
