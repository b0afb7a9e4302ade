//! The security log: sign-ins, refused requests, and changes of what others may do or see.
//!
//! Each entry is one log line at `info` under the target `security`, with machine-readable fields: `event`,
//! `outcome`, `tenant`, `actor_kind` and `actor`, `subject`, `detail`, `reason` and `client`. No line
//! contains a secret: text from callers is shortened, and left out if it looks like one of our secrets.
//! Refusals of one kind are limited per minute; the others are counted, and `repeated` is their number.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    Error, Person,
    model::{access::Actor, secret::SecretKind},
};

/// The target of every line, for filters such as `warn,security=info`.
pub const TARGET: &str = "security";

/// What happened.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SecurityEvent {
    /// A person signed in, by the method in `detail`: `password`, `link`, `basic` or `gravitee`.
    SignIn,
    /// A person signed out.
    SignOut,
    /// An invalid session was presented.
    Session,
    /// An invalid personal token was presented.
    PersonalToken,
    /// A portal's token was presented that is invalid or not allowed for the request.
    PortalToken,
    /// A ticket for the event stream was used.
    Ticket,
    /// An invalid API key was presented.
    ApiKey,
    /// An API key was exchanged for a token.
    TokenExchange,
    /// An API key was created; `detail` holds its scopes.
    KeyCreated,
    /// An API key was revoked.
    KeyRevoked,
    /// A sign-in link was created.
    LinkCreated,
    /// A personal token was created.
    PersonalTokenCreated,
    /// A password was set.
    PasswordSet,
    /// A relation was added; `detail` holds its object and relation.
    RoleGranted,
    /// A relation was ended; `detail` holds its object and relation.
    RoleRevoked,
    /// A person was added.
    PersonAdded,
    /// A person was changed.
    PersonChanged,
    /// A person was disabled.
    PersonDisabled,
    /// A person was enabled again.
    PersonEnabled,
    /// A person was removed.
    PersonRemoved,
    /// A tenant was added.
    TenantAdded,
    /// The settings of a tenant were changed.
    TenantChanged,
    /// The secret with which a tenant's portal signs was replaced.
    SecretRotated,
    /// A directory was imported; `detail` holds a summary.
    Import,
    /// A directory or an inbox was exported.
    Export,
    /// A notification was recalled, or a scheduled one removed.
    Recall,
    /// A notification was corrected.
    Correction,
    /// A webhook endpoint was added.
    WebhookAdded,
    /// A webhook endpoint was removed.
    WebhookRemoved,
}

impl SecurityEvent {
    /// The name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
            Self::Session => "session",
            Self::PersonalToken => "personal_token",
            Self::PortalToken => "portal_token",
            Self::Ticket => "ticket",
            Self::ApiKey => "api_key",
            Self::TokenExchange => "token_exchange",
            Self::KeyCreated => "key_created",
            Self::KeyRevoked => "key_revoked",
            Self::LinkCreated => "link_created",
            Self::PersonalTokenCreated => "personal_token_created",
            Self::PasswordSet => "password_set",
            Self::RoleGranted => "role_begun",
            Self::RoleRevoked => "role_ended",
            Self::PersonAdded => "person_added",
            Self::PersonChanged => "person_changed",
            Self::PersonDisabled => "person_disabled",
            Self::PersonEnabled => "person_enabled",
            Self::PersonRemoved => "person_removed",
            Self::TenantAdded => "tenant_added",
            Self::TenantChanged => "tenant_changed",
            Self::SecretRotated => "secret_rotated",
            Self::Import => "import",
            Self::Export => "export",
            Self::Recall => "recall",
            Self::Correction => "correction",
            Self::WebhookAdded => "webhook_added",
            Self::WebhookRemoved => "webhook_removed",
        }
    }
}

/// Where a call comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// A client at this address.
    Client(IpAddr),
    /// A command on the server's machine, run by the operating system's user with this id.
    CommandLine(u32),
}

tokio::task_local! {
    static ORIGIN: Origin;
}

/// Runs work on behalf of this origin, which the entries it writes contain.
pub async fn with_origin<F: Future>(origin: Origin, work: F) -> F::Output {
    ORIGIN.scope(origin, work).await
}

/// The origin of the running task's work, if known.
pub fn origin() -> Option<Origin> {
    ORIGIN.try_with(|origin| *origin).ok()
}

/// An entry to write.
#[derive(Clone, Debug)]
pub struct Entry {
    event: SecurityEvent,
    tenant: String,
    actor: Option<(&'static str, String)>,
    subject: String,
    detail: String,
    origin: Option<Origin>,
}

impl Entry {
    /// An event with the origin of the running task's work.
    pub fn new(event: SecurityEvent) -> Self {
        let origin = origin();
        let actor = match origin {
            Some(Origin::CommandLine(user)) => Some(("operator", format!("uid {user}"))),
            _ => None,
        };
        Self { event, tenant: String::new(), actor, subject: String::new(), detail: String::new(), origin }
    }

    /// The actor and their tenant. On the command line the actor remains the operator.
    #[must_use]
    pub fn by(mut self, actor: &Actor) -> Self {
        actor.tenant_name().clone_into(&mut self.tenant);
        match actor {
            _ if matches!(self.origin, Some(Origin::CommandLine(_))) => {}
            Actor::Person(person) => self.actor = Some(("person", person.login.clone())),
            Actor::Sender(sender) => self.actor = Some(("key", sender.name.clone())),
        }
        self
    }

    /// A person as the actor.
    #[must_use]
    pub fn by_person(mut self, who: &Person) -> Self {
        who.tenant_name.clone_into(&mut self.tenant);
        self.actor = Some(("person", who.login.clone()));
        self
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(mut self, tenant: &str) -> Self {
        self.tenant = redact(tenant);
        self
    }

    /// Who or what the event is about.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = redact(subject);
        self
    }

    /// Further details.
    #[must_use]
    pub fn detail(mut self, detail: &str) -> Self {
        self.detail = redact(detail);
        self
    }

    /// The origin, for work that continues in a task of its own.
    #[must_use]
    pub const fn origin(mut self, origin: Option<Origin>) -> Self {
        self.origin = origin;
        self
    }

    /// Writes that it was done.
    pub fn done(self) {
        self.write("done", None, 0);
    }

    /// Writes that it was refused, and why. Frequent refusals are not written each time.
    pub fn refused(self, reason: &'static str) {
        if let Some(repeated) = REFUSALS.count((self.event, reason, self.tenant.clone()), Instant::now()) {
            self.write("refused", Some(reason), repeated);
        }
    }

    /// Writes the result. Failures of the store are not written: they are in the error log.
    pub fn finished<T>(self, result: &crate::Result<T>) {
        match result {
            Ok(_) => self.done(),
            Err(error) => {
                if let Some(reason) = reason(error) {
                    self.refused(reason);
                }
            }
        }
    }

    fn write(&self, outcome: &'static str, reason: Option<&'static str>, repeated: u64) {
        let some = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
        let (tenant, subject, detail) = (some(&self.tenant), some(&self.subject), some(&self.detail));
        let client = match self.origin {
            Some(Origin::Client(address)) => Some(tracing::field::display(address)),
            _ => None,
        };
        tracing::info!(
            target: TARGET,
            event = self.event.name(),
            outcome,
            tenant,
            actor_kind = self.actor.as_ref().map(|(kind, _)| *kind),
            actor = self.actor.as_ref().map(|(_, name)| redact(name)),
            subject,
            detail,
            reason,
            client,
            repeated = Some(repeated).filter(|repeated| *repeated > 0),
        );
    }
}

/// The reason of a refusal, as one word; `None` if the error is not a refusal.
const fn reason(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Unauthenticated => "credentials",
        Error::Forbidden => "forbidden",
        Error::BellOnly => "bell_only",
        Error::NotFound => "not_found",
        Error::Invalid(_) => "invalid",
        Error::AlreadyExists => "exists",
        Error::LastAdministrator => "last_administrator",
        Error::TooManyRequests { .. } => "too_many",
        Error::IdempotencyKeyReused | Error::InProgress | Error::StorageFull | Error::Unavailable(_) => return None,
    })
}

/// The longest text from a caller, in characters.
const MAX_TEXT_LENGTH: usize = 120;
/// Replaces a text that looks like a secret.
const REDACTED: &str = "(left out)";

/// Makes a text from a caller safe to log: shortens it, and replaces it if it contains one of our secrets or
/// a signed token, such as one that was typed into the wrong field.
fn redact(text: &str) -> String {
    let secret = SecretKind::ALL.iter().any(|kind| text.split(kind.prefix()).skip(1).any(|rest| rest.len() >= 16)) || text.contains("eyJ");
    if secret { REDACTED.to_owned() } else { text.chars().take(MAX_TEXT_LENGTH).collect() }
}

/// The refusals counted in this process.
static REFUSALS: LazyLock<Refusals> = LazyLock::new(Refusals::default);

/// How many refusals of one kind are written in each [`WINDOW`].
const MAX_WRITTEN: u32 = 20;
/// The time after which counting starts again.
const WINDOW: Duration = Duration::from_secs(60);
/// The most kinds that are counted separately. Beyond that, the tenants of an event and reason share one
/// count.
const MAX_KINDS: usize = 1_000;

/// A kind of refusal: the event, the reason and the tenant, if an existing one was named.
type RefusalKind = (SecurityEvent, &'static str, String);

/// The refusals of each kind.
#[derive(Default)]
struct Refusals(Mutex<HashMap<RefusalKind, RefusalCount>>);

/// The refusals of one kind in the current span.
struct RefusalCount {
    began: Instant,
    written: u32,
    suppressed: u64,
}

impl Refusals {
    /// Counts a refusal. `None` if it is not to be written; otherwise, how many before it were not.
    fn count(&self, sort: RefusalKind, now: Instant) -> Option<u64> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sort = if kinds.len() >= MAX_KINDS && !kinds.contains_key(&sort) { (sort.0, sort.1, String::new()) } else { sort };
        let counted = kinds.entry(sort).or_insert(RefusalCount { began: now, written: 0, suppressed: 0 });
        if now.duration_since(counted.began) >= WINDOW {
            (counted.began, counted.written) = (now, 0);
        }
        if counted.written >= MAX_WRITTEN {
            counted.suppressed += 1;
            return None;
        }
        counted.written += 1;
        Some(std::mem::take(&mut counted.suppressed))
    }

    /// Removes the kinds whose span is over; returns them with how many were not written.
    fn take_expired(&self, now: Instant) -> Vec<(RefusalKind, u64)> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over: Vec<_> = kinds.extract_if(|_, counted| now.duration_since(counted.began) >= WINDOW).collect();
        over.into_iter().map(|(sort, counted)| (sort, counted.suppressed)).filter(|(_, left_out)| *left_out > 0).collect()
    }
}

/// Writes how many refusals were left out, once their span is over. Called by housekeeping.
pub(crate) fn write_repeated_refusals() {
    for ((event, reason, tenant), repeated) in REFUSALS.take_expired(Instant::now()) {
        Entry::new(event).tenant(&tenant).write("refused", Some(reason), repeated);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use serde_json::json;

    use crate::fixtures;

    #[test]
    fn secrets_in_other_fields_are_redacted() {
        for text in
            ["cmp_0123456789abcdef0123", "my key is cms_0123456789abcdef0123", "whsec_0123456789abcdef", "eyJhbGciOiJIUzI1NiJ9.e30.x"]
        {
            assert_eq!(redact(text), REDACTED, "{text}");
        }
        for text in ["ada", "cmp_short", "a\nb", ""] {
            assert_eq!(redact(text), text);
        }
        assert_eq!(redact(&"é".repeat(1_000)).chars().count(), MAX_TEXT_LENGTH);
    }

    #[test]
    fn frequent_refusals_are_counted() {
        let (refusals, start) = (Refusals::default(), Instant::now());
        let sort = |tenant: &str| (SecurityEvent::PortalToken, "signature", tenant.to_owned());
        let written = (0..10_000).filter(|_| refusals.count(sort("acme"), start).is_some()).count();
        assert_eq!(written, MAX_WRITTEN as usize);
        assert_eq!(refusals.count(sort("other"), start), Some(0), "another tenant is counted separately");
        // The next refusal has the number of those left out before it; if none follows, housekeeping writes
        // it.
        assert_eq!(refusals.count(sort("acme"), start + WINDOW), Some(10_000 - u64::from(MAX_WRITTEN)));
        assert!(refusals.take_expired(start + WINDOW).is_empty(), "kinds without suppressed refusals are dropped silently");
        assert_eq!((0..50).filter(|_| refusals.count(sort("acme"), start + WINDOW).is_some()).count(), MAX_WRITTEN as usize - 1);
        assert_eq!(refusals.take_expired(start + WINDOW * 2), [(sort("acme"), 51 - u64::from(MAX_WRITTEN))]);
        assert!(refusals.take_expired(start + WINDOW * 2).is_empty() && refusals.0.lock().unwrap().is_empty());
    }

    #[test]
    fn invented_names_take_no_memory() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        for number in 0..10 * MAX_KINDS {
            refusals.count((SecurityEvent::SignIn, "credentials", number.to_string()), now);
        }
        assert!(refusals.0.lock().unwrap().len() <= MAX_KINDS + 1);
    }

    /// The lines that some work writes, as JSON.
    fn lines(work: impl FnOnce()) -> Vec<serde_json::Value> {
        let written = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&written);
        let log = tracing_subscriber::fmt().json().with_writer(move || Lines(Arc::clone(&writer))).finish();
        tracing::subscriber::with_default(log, work);
        let written = written.lock().unwrap();
        serde_json::Deserializer::from_slice(&written).into_iter().collect::<Result<_, _>>().unwrap()
    }

    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// The fields of the only line that some work writes.
    fn line(work: impl FnOnce()) -> serde_json::Value {
        let mut lines = lines(work);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!((&lines[0]["target"], &lines[0]["level"]), (&"security".into(), &"INFO".into()));
        lines[0]["fields"].take()
    }

    #[test]
    fn an_entry_has_actor_and_subject() {
        let (person, key) = (fixtures::person(true), fixtures::key(&[]));
        let entry = |event| Entry::new(event).subject("bo").detail("why");
        let done = line(|| entry(SecurityEvent::PersonAdded).by(&Actor::Person(person.clone())).done());
        assert_eq!(
            done,
            json!({"event": "person_added", "outcome": "done", "tenant": "acme", "actor_kind": "person", "actor": "ada", "subject": "bo", "detail": "why"})
        );
        let done = line(|| Entry::new(SecurityEvent::KeyCreated).by(&Actor::Sender(key)).done());
        assert_eq!(done, json!({"event": "key_created", "outcome": "done", "tenant": "beta", "actor_kind": "key", "actor": "monitoring"}));
        let done = line(|| Entry::new(SecurityEvent::Ticket).by_person(&person).done());
        assert_eq!(done, json!({"event": "ticket", "outcome": "done", "tenant": "acme", "actor_kind": "person", "actor": "ada"}));
        let refused = line(|| Entry::new(SecurityEvent::SignIn).tenant("a-line-s-tenant").refused("credentials"));
        assert_eq!(refused, json!({"event": "sign_in", "outcome": "refused", "tenant": "a-line-s-tenant", "reason": "credentials"}));
    }

    #[tokio::test]
    async fn an_entry_has_its_origin() {
        let client = Origin::Client([192, 0, 2, 7].into());
        with_origin(client, async { assert_eq!(origin(), Some(client)) }).await;
        assert_eq!(origin(), None);
        let by = Actor::Person(fixtures::person(true));
        with_origin(client, async {
            let done = line(|| Entry::new(SecurityEvent::Export).done());
            assert_eq!(done, json!({"event": "export", "outcome": "done", "client": "192.0.2.7"}));
            let elsewhere = line(|| Entry::new(SecurityEvent::Export).origin(None).done());
            assert_eq!(elsewhere, json!({"event": "export", "outcome": "done"}));
        })
        .await;
        // On the command line the actor is always the operator.
        with_origin(Origin::CommandLine(1_000), async {
            let done = line(|| Entry::new(SecurityEvent::Import).by(&by).done());
            assert_eq!(
                done,
                json!({"event": "import", "outcome": "done", "tenant": "acme", "actor_kind": "operator", "actor": "uid 1000"})
            );
        })
        .await;
    }

    #[test]
    fn refusals_have_a_reason_and_failures_are_not_logged() {
        let ended = |result: crate::Result<()>| lines(|| Entry::new(SecurityEvent::Recall).tenant("ended").finished(&result));
        let outcome = |result| ended(result).first().map(|line| (line["fields"]["outcome"].clone(), line["fields"]["reason"].clone()));
        assert_eq!(outcome(Ok(())), Some(("done".into(), serde_json::Value::Null)));
        for (error, reason) in [
            (Error::Unauthenticated, "credentials"),
            (Error::Forbidden, "forbidden"),
            (Error::BellOnly, "bell_only"),
            (Error::NotFound, "not_found"),
            (Error::Invalid(Vec::new()), "invalid"),
            (Error::AlreadyExists, "exists"),
            (Error::LastAdministrator, "last_administrator"),
            (Error::TooManyRequests { retry_after: WINDOW }, "too_many"),
        ] {
            assert_eq!(outcome(Err(error)), Some(("refused".into(), reason.into())));
        }
        for error in [Error::IdempotencyKeyReused, Error::InProgress, Error::StorageFull, Error::Unavailable("a fault".into())] {
            assert_eq!(outcome(Err(error)), None);
        }
    }

    #[test]
    fn sixteen_characters_after_a_prefix_are_a_secret() {
        assert_eq!(redact("cmp_0123456789abcde"), "cmp_0123456789abcde");
        assert_eq!(redact("cmp_0123456789abcdef"), REDACTED);
        assert_eq!(redact(&"x".repeat(MAX_TEXT_LENGTH)), "x".repeat(120));
    }

    #[test]
    fn a_window_ends_after_a_minute_and_suppressed_refusals_are_written_once() {
        let (refusals, start) = (Refusals::default(), Instant::now());
        let sort = || (SecurityEvent::SignIn, "credentials", String::new());
        (0..MAX_WRITTEN).for_each(|_| assert_eq!(refusals.count(sort(), start), Some(0)));
        let late = start + WINDOW - Duration::from_millis(1);
        assert_eq!((refusals.count(sort(), late), refusals.take_expired(late)), (None, Vec::new()));
        assert_eq!(refusals.take_expired(start + WINDOW), [(sort(), 1)]);
        assert_eq!(refusals.take_expired(start + WINDOW), []);
    }
}
