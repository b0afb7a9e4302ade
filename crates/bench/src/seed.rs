//! Creates the tenant for a benchmark through the store, before the server opens it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use campanile_domain::{
    Campanile, NewPerson, Operator, PersonId, Scope, SecretHash, Store, SystemClock, SystemRandom, Tenant, TenantSettings,
    model::{
        access::Actor,
        secret::SecretKind,
        token::{Token, TokenSubject},
    },
    ports::store_events::NoListener,
};
use campanile_server::serve::database::DATABASE_FILE;
use campanile_shared::{SendRequest, administration::NewApiKey};
use campanile_store::{Options, Sqlite};
use chrono::TimeDelta;
use tokio::task::JoinSet;

/// The tenant's name.
pub const TENANT: &str = "acme";

/// The database file in a data folder.
pub fn database(data: &Path) -> PathBuf {
    data.join(DATABASE_FILE)
}

/// Creates an empty store in a folder.
pub fn create_empty_store(data: &Path) -> Result<(), campanile_domain::Error> {
    Sqlite::open(&database(data), Options::default(), Arc::new(NoListener)).map(drop)
}

/// Opens the database in a data folder with the pragmas of the store's writer, to write rows directly.
pub fn raw_connection(data: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let database = rusqlite::Connection::open(database(data))?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database.pragma_update(None, "synchronous", "full")?;
    database.pragma_update(None, "cache_size", -(32 << 10))?;
    database.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    Ok(database)
}

/// A store with a tenant and an API key.
pub struct Seed {
    /// The use cases on the store.
    pub campanile: Campanile,
    /// The store itself.
    pub store: Arc<dyn Store>,
    /// The tenant.
    pub tenant: Tenant,
    /// An API key with all permissions.
    pub key: String,
}

impl Seed {
    /// Creates a tenant in an empty folder.
    pub async fn new(data: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&database(data), Options::default(), Arc::new(NoListener))?);
        let campanile = Campanile::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
        let tenant = campanile.create_tenant(Operator, TENANT, TenantSettings::default()).await?;
        let key = campanile.create_key(&Operator.on(&tenant), &NewApiKey::new("bench", &[Scope::Admin])).await?.secret;
        Ok(Self { campanile, store, tenant, key })
    }

    /// Adds `count` people, all of them administrators.
    pub async fn people(&self, count: u32) -> Result<Vec<PersonId>, Box<dyn std::error::Error>> {
        self.add(count, false).await
    }

    /// Adds `count` administrators, each with an e-mail address.
    pub async fn people_with_mail(&self, count: u32) -> Result<Vec<PersonId>, Box<dyn std::error::Error>> {
        self.add(count, true).await
    }

    async fn add(&self, count: u32, mail: bool) -> Result<Vec<PersonId>, Box<dyn std::error::Error>> {
        let mut people = Vec::with_capacity(count as usize);
        let all: Vec<u32> = (0..count).collect();
        // Many at once, so that they share a commit.
        for some in all.chunks(512) {
            let mut adding = JoinSet::new();
            for number in some {
                let (store, now, tenant, number) = (self.store.clone(), self.campanile.now(), self.tenant.id, *number);
                adding.spawn(async move {
                    let person = NewPerson {
                        login: format!("person-{number}"),
                        name: format!("Person {number}"),
                        email: mail.then(|| format!("person-{number}@bench.example")),
                        languages: Vec::new(),
                        external_ids: Vec::new(),
                        administrator: true,
                    };
                    store.create_person(tenant, person, now).await
                });
            }
            while let Some(added) = adding.join_next().await {
                people.push(added??);
            }
        }
        Ok(people)
    }

    /// Sends `count` notifications to a URL, each with a body of a few hundred bytes.
    pub async fn posts(&self, url: &str, count: u32) -> Result<(), Box<dyn std::error::Error>> {
        let by = Actor::Sender(self.campanile.sender(&self.key).await?);
        let body = serde_json::json!({"text": "Something happened that an administrator should know about. ".repeat(5)}).to_string();
        let draft: SendRequest = serde_json::from_value(serde_json::json!({
            "channel": "http", "http": {"url": url, "body": body}, "content": [{"language": "en", "title": "Hello"}],
        }))?;
        let all: Vec<u32> = (0..count).collect();
        for some in all.chunks(512) {
            let mut sending = JoinSet::new();
            for _ in some {
                let (campanile, by, draft) = (self.campanile.clone(), by.clone(), draft.clone());
                sending.spawn(async move { campanile.send(&by, draft, None).await });
            }
            while let Some(sent) = sending.join_next().await {
                sent??;
            }
        }
        Ok(())
    }

    /// Creates a session for each of these people.
    pub async fn sessions(&self, people: &[PersonId]) -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let expires_at = self.campanile.now() + TimeDelta::hours(1);
        let mut sessions = Vec::with_capacity(people.len());
        for some in people.chunks(512) {
            let mut keeping = JoinSet::new();
            for person in some {
                let (store, tenant, person) = (self.store.clone(), self.tenant.id, *person);
                keeping.spawn(async move {
                    let session = format!("cms_bench-{}", person.0);
                    let pass = Token { kind: SecretKind::Session, tenant, subject: TokenSubject::Person(person), expires_at };
                    store.insert_token(SecretHash::of(&session), pass).await.map(|()| session)
                });
            }
            while let Some(kept) = keeping.join_next().await {
                sessions.push(kept??);
            }
        }
        Ok(sessions)
    }
}
