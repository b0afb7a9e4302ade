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

use campanile_domain::{Error, PersonId, Result, SecretHash, names, password::Account};

use super::failures::Failures;

/// The time for which a failure counts.
const SPAN: Duration = Duration::from_secs(15 * 60);

/// An address has ten times as many attempts as a person, because offices share one address.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// The subject whose limit an attempt counts against.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Subject {
    /// A person, under any of their names.
    Person(PersonId),
    /// A name that no person has. It is limited like a person, so that the limit does not reveal which
    /// names exist.
    Nobody(SecretHash),
    /// No known person: a sign-in link names its person only if it is valid.
    Unsaid,
}

impl Subject {
    /// The subject of a tenant and a login.
    pub fn of(tenant: &str, login: &str, account: Option<Account>) -> Self {
        match account {
            Some(account) => Self::Person(account.person),
            // A hash has a fixed size, whatever name is sent.
            None => Self::Nobody(SecretHash::of(&format!("{}\0{}", names::compared(tenant), names::compared(login)))),
        }
    }
}

/// An attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The caller's address.
    pub address: IpAddr,
    /// Who signs in.
    pub subject: Subject,
    /// The browser, if the person has signed in with it before.
    pub browser: Option<SecretHash>,
}

/// The recent failed sign-ins.
pub struct SignIns {
    addresses: Failures<IpAddr>,
    people: Failures<PersonId>,
    /// Separate from `people`, so that a flood of invented names does not evict real people.
    nobodies: Failures<SecretHash>,
    browsers: Failures<SecretHash>,
    changes: Failures<PersonId>,
}

impl SignIns {
    /// Allows this many failures per person in fifteen minutes. `None` if `attempts` is 0: no limit.
    pub fn new(attempts: u32) -> Option<Self> {
        let attempts = NonZeroU32::new(attempts)?;
        Some(Self {
            addresses: Failures::new(attempts.saturating_mul(PER_ADDRESS), SPAN),
            people: Failures::new(attempts, SPAN),
            nobodies: Failures::new(attempts, SPAN),
            browsers: Failures::new(attempts, SPAN),
            changes: Failures::new(attempts, SPAN),
        })
    }

    /// Runs an attempt, unless too many have failed. Successful attempts do not count.
    pub async fn attempt<T>(&self, attempt: Attempt, now: Instant, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.count(&attempt, now)?;
        let done = work.await;
        if !matches!(done, Err(Error::Unauthenticated)) {
            self.take_back(&attempt);
        }
        done
    }

    /// Runs a change of the person's own password. This limits how often a stolen session can guess the
    /// current password. Failed sign-ins do not count here.
    pub async fn change<T>(&self, who: PersonId, now: Instant, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.changes.count(&who, now)?;
        let done = work.await;
        // Only a wrong current password is a guess. Other errors occur before the password is checked.
        let guessed = matches!(&done, Err(Error::Invalid(faults)) if faults.iter().any(|fault| fault.pointer == "/current"));
        if !guessed {
            self.changes.take_back(&who);
        }
        done
    }

    fn count(&self, attempt: &Attempt, now: Instant) -> Result<()> {
        if let Some(browser) = &attempt.browser {
            return self.browsers.count(browser, now);
        }
        self.addresses.count(&attempt.address, now)?;
        let counted = match &attempt.subject {
            Subject::Person(person) => self.people.count(person, now),
            Subject::Nobody(name) => self.nobodies.count(name, now),
            Subject::Unsaid => Ok(()),
        };
        counted.inspect_err(|_| self.addresses.take_back(&attempt.address))
    }

    fn take_back(&self, attempt: &Attempt) {
        if let Some(browser) = &attempt.browser {
            return self.browsers.take_back(browser);
        }
        self.addresses.take_back(&attempt.address);
        match &attempt.subject {
            Subject::Person(person) => self.people.take_back(person),
            Subject::Nobody(name) => self.nobodies.take_back(name),
            Subject::Unsaid => {}
        }
    }

    /// Removes subjects without recent failures.
    pub fn tidy(&self, now: Instant) {
        self.addresses.tidy(now);
        self.people.tidy(now);
        self.nobodies.tidy(now);
        self.browsers.tidy(now);
        self.changes.tidy(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Subject = Subject::Person(PersonId(7));

    fn attempt(address: u8, subject: Subject, browser: Option<u8>) -> Attempt {
        Attempt { address: [10, 0, 0, address].into(), subject, browser: browser.map(|byte| SecretHash([byte; 32])) }
    }

    async fn fails(sign_ins: &SignIns, attempt: Attempt, now: Instant) -> bool {
        let done = sign_ins.attempt(attempt, now, async { Err::<(), _>(Error::Unauthenticated) }).await;
        matches!(done, Err(Error::TooMany { retry_after }) if retry_after <= SPAN)
    }

    #[tokio::test]
    async fn a_flood_from_elsewhere_does_not_keep_a_known_browser_out() {
        let (sign_ins, now) = (SignIns::new(3).unwrap(), Instant::now());
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
        assert_eq!(Subject::of("acme", "ada", account), Subject::of("ACME", "citrix:ada", account));
        assert_eq!(Subject::of("acme", "Nobody", None), Subject::of("ACME", "nobody", None));
        assert_ne!(Subject::of("acme", "nobody", None), Subject::of("acme", "somebody", None));
    }

    #[tokio::test]
    async fn guesses_at_the_present_password_are_counted_and_nothing_else() {
        use campanile_domain::Result;
        use campanile_shared::{FieldError, problem::FieldFault};
        let (sign_ins, now) = (SignIns::new(3).unwrap(), Instant::now());
        let fault = |pointer: &str| -> Result<()> { Err(Error::Invalid(vec![FieldError::new(pointer, FieldFault::Wrong)])) };
        for _ in 0..10 {
            let refused = sign_ins.change(PersonId(7), now, async { fault("/new") }).await;
            assert!(matches!(refused, Err(Error::Invalid(_))));
        }
        for _ in 0..3 {
            assert!(matches!(sign_ins.change(PersonId(7), now, async { fault("/current") }).await, Err(Error::Invalid(_))));
        }
        assert!(matches!(sign_ins.change(PersonId(7), now, async { Ok(()) }).await, Err(Error::TooMany { .. })));
        assert!(sign_ins.change(PersonId(8), now, async { Ok(()) }).await.is_ok());
    }
}
