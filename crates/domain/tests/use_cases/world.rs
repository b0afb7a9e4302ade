//! A tenant with people on a SQLite file, a clock that tests set, and a channel that answers as it is asked to.

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

/// A clock that stands still until it is moved on.
pub struct Watch(Mutex<DateTime<Utc>>);

impl Clock for Watch {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A channel that keeps what it was given and answers what it was asked to; otherwise it takes everything.
pub struct Receiver {
    name: campanile_shared::Channel,
    answers: Mutex<VecDeque<Attempt>>,
    letters: Mutex<Vec<Letter>>,
}

impl Receiver {
    fn new(name: campanile_shared::Channel) -> Arc<Self> {
        Arc::new(Self { name, answers: Mutex::default(), letters: Mutex::default() })
    }

    /// What it answers to the next attempt for which nothing else was asked.
    pub fn answer(&self, attempt: Attempt) {
        self.answers.lock().unwrap().push_back(attempt);
    }

    /// What it was given since the last time.
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
        // All mail waits for one server, a POST for its host.
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
    /// An API key that may do everything.
    pub admin: Actor,
    pub mail: Arc<Receiver>,
    pub http: Arc<Receiver>,
    folder: TempDir,
}

/// The store of a folder, also beside another one.
pub fn open(folder: &Path) -> Arc<dyn Store> {
    Arc::new(Sqlite::open(&folder.join("test.db"), Options::default(), Arc::new(Unheard)).unwrap())
}

/// When every test begins.
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

    /// Where its database is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the clock on.
    pub fn pass(&self, time: TimeDelta) {
        *self.watch.0.lock().unwrap() += time;
    }

    /// Adds a person with an address at acme.example.
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

    /// Adds so many people at once.
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

    /// Sends so many equal drafts at once.
    pub async fn send_many(&self, draft: &Draft, count: usize) {
        let sends = (0..count).map(|_| {
            let (campanile, by, draft) = (self.campanile.clone(), self.admin.clone(), draft.clone());
            async move { campanile.send(&by, draft, None).await.map(drop) }
        });
        tokio::task::JoinSet::from_iter(sends).join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    }

    /// The titles of a person's inbox, the newest first.
    pub async fn titles(&self, who: &Person) -> Vec<String> {
        let page = self.campanile.inbox(who, &Filter::default(), None, 200).await.unwrap();
        page.items.into_iter().map(|item| item.title).collect()
    }
}

/// A key that the store does not know, as the command line uses one.
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

/// To everyone, in English.
pub fn draft(title: &str) -> Draft {
    let content = vec![DraftContent { language: "en".to_owned(), title: title.to_owned(), ..DraftContent::default() }];
    Draft { to: vec![Recipients::Everyone], content, ..Draft::default() }
}

/// What a dialect hands over: to everyone, in English, into inboxes.
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

/// The fields at fault of what was refused.
pub fn faults<T>(result: campanile_domain::Result<T>) -> Vec<(String, FieldFault)> {
    let named = |fault: FieldError| (fault.pointer, fault.code);
    match result {
        Err(campanile_domain::Error::Invalid(faults)) => faults.into_iter().map(named).collect(),
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

/// One fault.
pub fn fault(pointer: &str, code: FieldFault) -> Vec<(String, FieldFault)> {
    vec![(pointer.to_owned(), code)]
}

/// Whether it was refused with an error of this form.
#[macro_export]
macro_rules! assert_refused {
    ($result:expr, $error:pat) => {
        match $result {
            Err($error) => {}
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it was not refused"),
        }
    };
}
