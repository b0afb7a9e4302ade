//! A tenant to measure in: made through the store before the server opens it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use campanile_domain::{
    Campanile, NewPerson, PersonId, Scope, SecretHash, SystemClock, SystemRandom, Tenant, TenantSettings,
    live::Unheard,
    secret::Kind,
    store::{Pass, PassSubject},
};
use campanile_server::serve::DATABASE;
use campanile_store::{Options, Sqlite};
use chrono::TimeDelta;
use tokio::task::JoinSet;

/// The tenant's name.
pub const TENANT: &str = "acme";

/// The database file of a store's folder.
pub fn database(data: &Path) -> PathBuf {
    data.join(DATABASE)
}

/// Makes an empty store in a folder.
pub fn empty(data: &Path) -> Result<(), campanile_domain::Error> {
    Sqlite::open(&database(data), Options::default(), Arc::new(Unheard)).map(drop)
}

/// A filled store and the key to its tenant.
pub struct Seed {
    /// The use cases on it.
    pub campanile: Campanile,
    /// The tenant.
    pub tenant: Tenant,
    /// An API key that may do everything.
    pub key: String,
}

impl Seed {
    /// A new tenant in an empty folder.
    pub async fn new(data: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let store = Sqlite::open(&database(data), Options::default(), Arc::new(Unheard))?;
        let campanile = Campanile::new(Arc::new(store), Arc::new(SystemClock), Arc::new(SystemRandom));
        let tenant = campanile.create_tenant(TENANT, TenantSettings::default()).await?;
        let key = campanile.create_key(&tenant, "bench", &[Scope::Admin]).await?;
        Ok(Self { campanile, tenant, key })
    }

    /// Adds this many people, all administrators.
    pub async fn people(&self, count: u32) -> Result<Vec<PersonId>, Box<dyn std::error::Error>> {
        let mut people = Vec::with_capacity(count as usize);
        let all: Vec<u32> = (0..count).collect();
        // Many at once, so that they share commits.
        for some in all.chunks(512) {
            let mut adding = JoinSet::new();
            for number in some {
                let (campanile, tenant, number) = (self.campanile.clone(), self.tenant.id, *number);
                adding.spawn(async move {
                    let person = NewPerson {
                        login: format!("person-{number}"),
                        name: format!("Person {number}"),
                        email: None,
                        languages: Vec::new(),
                        external_ids: Vec::new(),
                        administrator: true,
                    };
                    campanile.store().create_person(tenant, person, campanile.now()).await
                });
            }
            while let Some(added) = adding.join_next().await {
                people.push(added??);
            }
        }
        Ok(people)
    }

    /// A session of each of these people.
    pub async fn sessions(&self, people: &[PersonId]) -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let expires_at = self.campanile.now() + TimeDelta::hours(1);
        let mut sessions = Vec::with_capacity(people.len());
        for some in people.chunks(512) {
            let mut keeping = JoinSet::new();
            for person in some {
                let (campanile, tenant, person) = (self.campanile.clone(), self.tenant.id, *person);
                keeping.spawn(async move {
                    let session = format!("cms_bench-{}", person.0);
                    let pass = Pass { kind: Kind::Session, tenant, subject: PassSubject::Person(person), expires_at };
                    campanile.store().keep_pass(SecretHash::of(&session), pass).await.map(|()| session)
                });
            }
            while let Some(kept) = keeping.join_next().await {
                sessions.push(kept??);
            }
        }
        Ok(sessions)
    }
}
