//! A tenant with people on a SQLite file, a clock that tests move, and channels with chosen results.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use campanile_domain::{
    Campanile, Clock, KeyId, NewPerson, Operator, Person, Scope, Sender, Source, Store, SystemRandom, Tenant, TenantSettings,
    model::{access::Actor, attempt_result::AttemptResult, notification::Message, resolved_audience::ResolvedAudience, routing::Routing},
    ports::{
        channel::{Channel, Channels, OutgoingMessage},
        payload_format::PayloadFormats,
        store_events::NoListener,
    },
    send::{SendCommand, SendTime},
};
use campanile_shared::{
    Audience, Content, Filter, Priority, Recipients, SendRequest, Severity,
    problem::{FieldError, FieldErrorCode},
    send_request::ContentInput,
};
use campanile_store::{Options, Sqlite};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use crate::security_log;

/// A clock that only tests move.
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A channel that records its messages and returns chosen results. Without a chosen result it delivers.
pub struct RecordingChannel {
    name: campanile_shared::Channel,
    responses: Mutex<VecDeque<AttemptResult>>,
    messages: Mutex<Vec<OutgoingMessage>>,
}

impl RecordingChannel {
    fn new(name: campanile_shared::Channel) -> Arc<Self> {
        Arc::new(Self { name, responses: Mutex::default(), messages: Mutex::default() })
    }

    /// Queues the result of the next attempt.
    pub fn respond_with(&self, attempt: AttemptResult) {
        self.responses.lock().unwrap().push_back(attempt);
    }

    /// Returns and clears the recorded messages.
    pub fn take_messages(&self) -> Vec<OutgoingMessage> {
        std::mem::take(&mut *self.messages.lock().unwrap())
    }
}

#[async_trait]
impl Channel for RecordingChannel {
    fn name(&self) -> campanile_shared::Channel {
        self.name
    }

    fn queue(&self, target: &str) -> String {
        // All mail shares one queue; POSTs have one per host.
        target.split('/').nth(2).unwrap_or("mail").to_owned()
    }

    fn concurrency(&self) -> u32 {
        8
    }

    async fn attempt(&self, message: &OutgoingMessage) -> AttemptResult {
        self.messages.lock().unwrap().push(message.clone());
        self.responses.lock().unwrap().pop_front().unwrap_or_else(|| AttemptResult::delivered("taken"))
    }
}

pub struct Harness {
    pub campanile: Campanile,
    pub store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    pub tenant: Tenant,
    /// An API key with the admin scope.
    pub admin: Actor,
    pub email_channel: Arc<RecordingChannel>,
    pub http_channel: Arc<RecordingChannel>,
    folder: TempDir,
}

/// Opens the store in a folder. It may be open already.
pub fn open_store(folder: &Path) -> Arc<dyn Store> {
    Arc::new(Sqlite::open(&folder.join("test.db"), Options::default(), Arc::new(NoListener)).unwrap())
}

/// The time at which every test starts.
pub fn start_time() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

impl Harness {
    /// A tenant `acme` without people.
    pub async fn new() -> Self {
        Self::with_formats(PayloadFormats::default()).await
    }

    pub async fn with_formats(formats: PayloadFormats) -> Self {
        security_log::capture();
        let folder = tempfile::tempdir().unwrap();
        let watch = Arc::new(ManualClock(Mutex::new(start_time())));
        let (mail, http) =
            (RecordingChannel::new(campanile_shared::Channel::Email), RecordingChannel::new(campanile_shared::Channel::Http));
        let channels = Channels::new([mail.clone() as Arc<dyn Channel>, http.clone()]);
        let store = open_store(folder.path());
        let campanile = Campanile::new(store.clone(), watch.clone(), Arc::new(SystemRandom)).with_channels(channels, formats);
        let tenant = campanile.create_tenant(Operator, "acme", TenantSettings::default()).await.unwrap();
        // Tests see the log from here on.
        security_log::lines();
        let admin = key_actor(&tenant, "admin", &[Scope::Admin]);
        Self { campanile, store, clock: watch, tenant, admin, email_channel: mail, http_channel: http, folder }
    }

    /// The folder of the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the clock forward.
    pub fn advance(&self, time: TimeDelta) {
        *self.clock.0.lock().unwrap() += time;
    }

    /// Adds a person with a mail address at acme.example.
    pub async fn add_person(&self, login: &str, administrator: bool) -> Person {
        let new = NewPerson {
            login: login.to_owned(),
            name: format!("{login} of Acme"),
            email: Some(format!("{login}@acme.example")),
            languages: vec!["en".parse().unwrap()],
            external_ids: vec![format!("portal:{login}-1")],
            administrator,
        };
        let id = self.store.create_person(self.tenant.id, new, self.campanile.now()).await.unwrap();
        self.store.person(self.tenant.id, id).await.unwrap().unwrap()
    }

    /// Adds `count` people concurrently.
    pub async fn add_people(&self, count: usize) {
        let adds = (0..count).map(|number| {
            let (store, tenant) = (self.store.clone(), self.tenant.id);
            let (login, now) = (format!("p{number}"), self.campanile.now());
            let (name, email) = (login.clone(), Some(format!("{login}@acme.example")));
            let new = NewPerson { login, name, email, languages: Vec::new(), external_ids: Vec::new(), administrator: false };
            async move { store.create_person(tenant, new, now).await.map(drop) }
        });
        tokio::task::JoinSet::from_iter(adds).join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    }

    /// Sends `count` equal requests concurrently.
    pub async fn send_many(&self, draft: &SendRequest, count: usize) {
        let sends = (0..count).map(|_| {
            let (campanile, by, draft) = (self.campanile.clone(), self.admin.clone(), draft.clone());
            async move { campanile.send(&by, draft, None).await.map(drop) }
        });
        tokio::task::JoinSet::from_iter(sends).join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    }

    /// Looks up the people of an audience.
    pub async fn resolve(&self, to: Audience) -> ResolvedAudience {
        self.campanile.resolve_audience(&self.admin, to).await.unwrap()
    }

    /// A dialect's send command: to everyone, in English, into inboxes.
    pub async fn send_command(&self, title: &str) -> SendCommand {
        let message = Message {
            source: Source::of(&self.admin, "tests"),
            severity: Severity::Warning,
            priority: Priority::Normal,
            component: Some("Shop".to_owned()),
            categories: Vec::new(),
            content: vec![Content { language: "en".parse().unwrap(), title: title.to_owned(), description: String::new(), link: None }],
            buttons: Vec::new(),
            attachments: Vec::new(),
            quiet_for: Vec::new(),
            channel: campanile_shared::Channel::Portal,
            created_at: start_time().fixed_offset(),
            expires_at: None,
            extra: serde_json::Value::Null,
        };
        SendCommand {
            id: None,
            to: self.resolve(vec![Recipients::Everyone]).await,
            message,
            idempotency_key: None,
            fingerprint: None,
            routing: Routing::default(),
            send_at: SendTime::Now,
        }
    }

    /// The titles of a person's inbox, newest first.
    pub async fn inbox_titles(&self, who: &Person) -> Vec<String> {
        let page = self.campanile.inbox_page(who, &Filter::default(), None, 200).await.unwrap();
        page.items.into_iter().map(|item| item.title).collect()
    }
}

/// A key that is not in the store.
pub fn key_actor(tenant: &Tenant, name: &str, scopes: &[Scope]) -> Actor {
    let (id, tenant_name, name, scopes) = (tenant.id, tenant.name.clone(), name.to_owned(), scopes.to_vec());
    Actor::Sender(Sender { tenant: id, tenant_name, key: KeyId(0), name, scopes, requests_per_second: None })
}

pub fn role_recipients(object: &str, relation: &str) -> Recipients {
    Recipients::Role { object: object.to_owned(), relation: relation.to_owned() }
}

pub fn person_recipient(person: &str) -> Recipients {
    Recipients::Person { person: person.to_owned() }
}

/// A send request to everyone, in English.
pub fn send_request(title: &str) -> SendRequest {
    let content = vec![ContentInput { language: "en".to_owned(), title: title.to_owned(), ..ContentInput::default() }];
    SendRequest { to: vec![Recipients::Everyone], content, ..SendRequest::default() }
}

/// Returns the field errors of a refused call. Empty if the call succeeded.
pub fn field_errors<T>(result: campanile_domain::Result<T>) -> Vec<(String, FieldErrorCode)> {
    let named = |fault: FieldError| (fault.pointer, fault.code);
    match result {
        Err(campanile_domain::Error::Invalid(faults)) => faults.into_iter().map(named).collect(),
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

/// A list with one field error.
pub fn field_error(pointer: &str, code: FieldErrorCode) -> Vec<(String, FieldErrorCode)> {
    vec![(pointer.to_owned(), code)]
}

/// Asserts that the result is an error that matches the pattern.
#[macro_export]
macro_rules! assert_refused {
    ($result:expr, $error:pat) => {
        match $result {
            Err($error) => {}
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("the call succeeded"),
        }
    };
}
