//! The security log: sign-ins, refused requests, and changes of what others may do or see.
//!
//! Each entry is one log line at `info` under the target `security`, with machine-readable fields: `event`,
//! `outcome`, `tenant`, `actor_kind` and `actor`, `subject`, `detail`, `reason` and `client`. No line
//! contains a secret: text from callers is shortened, and left out if it looks like one of our secrets.
//! Refusals of one kind are limited per minute; the others are counted, and `repeated` is their number.

pub mod event;
mod redaction;
pub(crate) mod refusal_limit;

use std::{net::IpAddr, time::Instant};

use self::{event::SecurityEvent, redaction::redact, refusal_limit::REFUSALS};
use crate::{Error, Person, model::access::Actor};

/// The target of every line, for filters such as `warn,security=info`.
pub const TARGET: &str = "security";

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
            Actor::Operator { .. } => self.actor = Some(("operator", actor.name().to_owned())),
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

    /// Does the work and writes its result, see [`finished`](Self::finished).
    pub async fn log<T>(self, work: impl Future<Output = crate::Result<T>>) -> crate::Result<T> {
        let result = work.await;
        self.finished(&result);
        result
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
pub(crate) const fn reason(error: &Error) -> Option<&'static str> {
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;
    use crate::{
        fixtures,
        security_log::{
            redaction::{MAX_TEXT_LENGTH, REDACTED},
            refusal_limit::WINDOW,
        },
    };

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
}
