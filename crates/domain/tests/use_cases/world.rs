//! A tenant with people on a SQLite file, a clock that tests move, and channels with chosen results.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use campanile_domain::{
    Campanile, Clock, KeyId, NewPerson, Person, Scope, Sender, Source, Store, SystemRandom, Tenant, TenantSettings,
    access::Actor,
    channel::{Attempt, Channel, Channels, Letter},
    delivery::Ways,
    live::Unheard,
    notification::Message,
    send::{Post, When},
    webhook::Formats,
};
use campanile_shared::{
    Content, Draft, Filter, Priority, Recipients, Severity,
    draft::DraftContent,
    problem::{FieldError, FieldFault},
};
use campanile_store::{Options, Sqlite};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use crate::log;

/// A clock that only tests move.
pub struct Watch(Mutex<DateTime<Utc>>);

impl Clock for Watch {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A channel that records its messages and returns chosen results. Without a chosen result it delivers.
pub struct Receiver {
    name: campanile_shared::Channel,
    answers: Mutex<VecDeque<Attempt>>,
    letters: Mutex<Vec<Letter>>,
}

impl Receiver {
    fn new(name: campanile_shared::Channel) -> Arc<Self> {
        Arc::new(Self { name, answers: Mutex::default(), letters: Mutex::default() })
    }

    /// Queues the result of the next attempt.
    pub fn answer(&self, attempt: Attempt) {
        self.answers.lock().unwrap().push_back(attempt);
    }

    /// Returns and clears the recorded messages.
    pub fn letters(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.letters.lock().unwrap())
    }
}

#[async_trait]
impl Channel for Receiver {
    fn name(&self) -> campanile_shared::Channel {
        self.name
    }

    fn lane(&self, target: &str) -> String {
        // All mail shares one queue; POSTs have one per host.
        target.split('/').nth(2).unwrap_or("mail").to_owned()
    }

    async fn attempt(&self, letter: &Letter) -> Attempt {
        self.letters.lock().unwrap().push(letter.clone());
        self.answers.lock().unwrap().pop_front().unwrap_or_else(|| Attempt::delivered("taken"))
    }
}

pub struct World {
    pub campanile: Campanile,
    pub watch: Arc<Watch>,
    pub tenant: Tenant,
    /// An API key with the admin scope.
    pub admin: Actor,
    pub mail: Arc<Receiver>,
    pub http: Arc<Receiver>,
    folder: TempDir,
}

/// Opens the store in a folder. It may be open already.
pub fn open(folder: &Path) -> Arc<dyn Store> {
    Arc::new(Sqlite::open(&folder.join("test.db"), Options::default(), Arc::new(Unheard)).unwrap())
}

/// The time at which every test starts.
pub fn start() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

impl World {
    /// A tenant `acme` without people.
    pub async fn new() -> Self {
        Self::with_formats(Formats::default()).await
    }

    pub async fn with_formats(formats: Formats) -> Self {
        log::begin();
        let folder = tempfile::tempdir().unwrap();
        let watch = Arc::new(Watch(Mutex::new(start())));
        let (mail, http) = (Receiver::new(campanile_shared::Channel::Email), Receiver::new(campanile_shared::Channel::Http));
        let channels = Channels::new([mail.clone() as Arc<dyn Channel>, http.clone()]);
        let campanile = Campanile::new(open(folder.path()), watch.clone(), Arc::new(SystemRandom)).with_channels(channels, formats);
        let tenant = campanile.create_tenant("acme", TenantSettings::default()).await.unwrap();
        let admin = key(&tenant, "admin", &[Scope::Admin]);
        Self { campanile, watch, tenant, admin, mail, http, folder }
    }

    /// The folder of the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the clock forward.
    pub fn pass(&self, time: TimeDelta) {
        *self.watch.0.lock().unwrap() += time;
    }

    /// Adds a person with a mail address at acme.example.
    pub async fn person(&self, login: &str, administrator: bool) -> Person {
        let new = NewPerson {
            login: login.to_owned(),
            name: format!("{login} of Acme"),
            email: Some(format!("{login}@acme.example")),
            languages: vec!["en".parse().unwrap()],
            external_ids: vec![format!("portal:{login}-1")],
            administrator,
        };
        let store = self.campanile.store();
        let id = store.create_person(self.tenant.id, new, self.campanile.now()).await.unwrap();
        store.person(self.tenant.id, id).await.unwrap().unwrap()
    }

    /// Adds `count` people concurrently.
    pub async fn people(&self, count: usize) {
        let adds = (0..count).map(|number| {
            let (store, tenant) = (self.campanile.clone(), self.tenant.id);
            let (login, now) = (format!("p{number}"), self.campanile.now());
            let (name, email) = (login.clone(), Some(format!("{login}@acme.example")));
            let new = NewPerson { login, name, email, languages: Vec::new(), external_ids: Vec::new(), administrator: false };
            async move { store.store().create_person(tenant, new, now).await.map(drop) }
        });
        tokio::task::JoinSet::from_iter(adds).join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    }

    /// Sends `count` equal requests concurrently.
    pub async fn send_many(&self, draft: &Draft, count: usize) {
        let sends = (0..count).map(|_| {
            let (campanile, by, draft) = (self.campanile.clone(), self.admin.clone(), draft.clone());
            async move { campanile.send(&by, draft, None).await.map(drop) }
        });
        tokio::task::JoinSet::from_iter(sends).join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    }

    /// The titles of a person's inbox, newest first.
    pub async fn titles(&self, who: &Person) -> Vec<String> {
        let page = self.campanile.inbox(who, &Filter::default(), None, 200).await.unwrap();
        page.items.into_iter().map(|item| item.title).collect()
    }
}

/// A key that is not in the store, like the command line's.
pub fn key(tenant: &Tenant, name: &str, scopes: &[Scope]) -> Actor {
    let (id, tenant_name, name, scopes) = (tenant.id, tenant.name.clone(), name.to_owned(), scopes.to_vec());
    Actor::Sender(Sender { tenant: id, tenant_name, key: KeyId(0), name, scopes, requests_per_second: None })
}

pub fn role(object: &str, relation: &str) -> Recipients {
    Recipients::Role { object: object.to_owned(), relation: relation.to_owned() }
}

pub fn named(person: &str) -> Recipients {
    Recipients::Person { person: person.to_owned() }
}

/// A send request to everyone, in English.
pub fn draft(title: &str) -> Draft {
    let content = vec![DraftContent { language: "en".to_owned(), title: title.to_owned(), ..DraftContent::default() }];
    Draft { to: vec![Recipients::Everyone], content, ..Draft::default() }
}

/// A dialect's send command: to everyone, in English, into inboxes.
pub fn post(by: &Actor, title: &str) -> Post {
    let message = Message {
        source: Source::of(by, "tests"),
        severity: Severity::Warning,
        priority: Priority::Normal,
        component: Some("Shop".to_owned()),
        categories: Vec::new(),
        content: vec![Content { language: "en".parse().unwrap(), title: title.to_owned(), description: String::new(), link: None }],
        buttons: Vec::new(),
        attachments: Vec::new(),
        quiet_for: Vec::new(),
        channel: campanile_shared::Channel::Portal,
        created_at: start().fixed_offset(),
        expires_at: None,
        extra: serde_json::Value::Null,
    };
    Post { id: None, to: vec![Recipients::Everyone], message, claim: None, fingerprint: None, ways: Ways::default(), when: When::Now }
}

/// Returns the field errors of a refused call. Empty if the call succeeded.
pub fn faults<T>(result: campanile_domain::Result<T>) -> Vec<(String, FieldFault)> {
    let named = |fault: FieldError| (fault.pointer, fault.code);
    match result {
        Err(campanile_domain::Error::Invalid(faults)) => faults.into_iter().map(named).collect(),
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

/// A list with one field error.
pub fn fault(pointer: &str, code: FieldFault) -> Vec<(String, FieldFault)> {
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
