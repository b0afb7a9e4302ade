//! `campanile demo`: runs a server with a sample tenant, and a portal on another origin that embeds the bell.
//!
//! An empty store is filled once; later starts keep the data.

mod directory;
mod notifications;
mod portal;

use std::net::SocketAddr;

use campanile_domain::{
    AudienceKey, Campanile, Error, NewNotification, NewPerson, Operator, Scope, Tenant, TenantSettings, model::access::Actor,
};
use campanile_shared::{
    InboxChange, Recipients,
    administration::NewApiKey,
    inbox::{Action, Selection},
};

use self::{notifications::Sample, portal::PERSON};
use super::{
    output::{CliError, print_line},
    shutdown::{ShutdownSignals, serve_until_signal},
};
use crate::{
    config::Config,
    serve::{self, RunningServer},
};

/// The demo tenant's name.
const TENANT: &str = "acme";
/// The name of the demo key, which is the client id for a Citrix token.
const KEY: &str = "demo";
/// The people of the tenant: login, name, languages, whether they administer it.
const PEOPLE: [(&str, &str, &[&str], bool); 5] = [
    ("ada", "Ada Byron", &["en"], true),
    ("bo", "Bo Lindqvist", &["en", "sv"], true),
    ("clara", "Clara Neumann", &["de", "en"], true),
    ("dmitri", "Dmitri Volkov", &["en"], true),
    ("emi", "Emi Tanaka", &["ja", "en"], false),
];

/// Fills an empty store, starts the server and the portal, and prints how to use them.
pub async fn run(mut config: Config, portal: SocketAddr) -> Result<(), CliError> {
    let signals = ShutdownSignals::install()?;
    let portal = portal::Portal::bind(portal).await?;
    let portal_url = portal.origin();
    config.console.origins.push(portal_url.clone());
    let public_url = config.public_url();
    // The link uses plain HTTP, where Safari stores no secure cookie, not even for localhost.
    config.server.insecure_cookies |= config.is_http();
    let running = serve::start(config).await?;
    let campanile = &running.campanile;
    let (tenant, is_new) = match campanile.tenant(Operator, TENANT).await? {
        Some(tenant) => (tenant, false),
        None => (seed(&running).await?, true),
    };
    let by = Operator.on(&tenant);
    let link = campanile.create_sign_in_link(&by, PERSON).await.map_err(|error| match error {
        Error::NotFound => CliError::from("the demo tenant has no people any more; remove the data folder"),
        error => error.into(),
    })?;
    if !is_new {
        revoke_key(campanile, &by).await?;
    }
    let key = create_key(campanile, &by).await?;
    portal.serve(&public_url, &tenant, campanile);
    print_welcome(&public_url, &portal_url, &link.secret, &key, is_new)?;
    serve_until_signal(running, signals).await
}

/// Revokes the demo key of the last start, because its secret is not stored.
async fn revoke_key(campanile: &Campanile, by: &Actor) -> Result<(), CliError> {
    match campanile.revoke_key(by, KEY).await {
        Ok(()) | Err(Error::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn create_key(campanile: &Campanile, by: &Actor) -> Result<String, CliError> {
    let scopes = vec![Scope::Send, Scope::Read, Scope::Directory];
    let new = NewApiKey { name: KEY.to_owned(), scopes, requests_per_second: None };
    Ok(campanile.create_key(by, &new).await?.secret)
}

fn print_welcome(url: &str, portal: &str, link: &str, key: &str, is_new: bool) -> Result<(), CliError> {
    let state = if is_new { "filled with people and notifications" } else { "as you left it" };
    print_line(&format!(
        r#"
Campanile is running; its demo tenant {TENANT} is {state}.

  Sign in as Ada (works once)   {url}/sign-in#link={link}
  A portal with the bell in it  {portal}
  API key, new at each start    {key}
  API                           {url}/api/v1/docs

Send a notification as a client of Citrix Cloud does:

curl -i {url}/citrix/{TENANT}/notifications/items \
  -H 'Accept: application/json' \
  -H 'Content-Type: application/json' \
  -H 'Authorization: CwsAuth bearer={key}' \
  -d '{{
  "destinationAdmin": "*",
  "component": "Citrix Cloud",
  "createdDate": "2018-04-22T21:11:25.006Z",
  "eventId": "768e5756-08bf-47ce-9566-e286887ba734",
  "severity": "Information",
  "priority": "Normal",
  "content": [{{
    "languageTag": "en-US",
    "title": "This is a title",
    "description": "This is a description"
  }}]
}}'

Ctrl-C ends it.
"#
    ))
}

/// Fills the store directly, because only there can a notification have a date in the past.
async fn seed(running: &RunningServer) -> Result<Tenant, CliError> {
    let (campanile, store) = (&running.campanile, &running.store);
    let tenant = campanile.create_tenant(Operator, TENANT, TenantSettings::default()).await?;
    for (number, (login, name, languages, administrator)) in PEOPLE.into_iter().enumerate() {
        let person = NewPerson {
            login: login.to_owned(),
            name: name.to_owned(),
            email: Some(format!("{login}@acme.example")),
            languages: languages.iter().filter_map(|tag| tag.parse().ok()).collect(),
            external_ids: vec![format!("citrix:{login}"), format!("mykaarma:{login}"), format!("selfcommunity:{}", number + 1)],
            administrator,
        };
        store.create_person(tenant.id, person, campanile.now()).await?;
    }
    store.put_records(tenant.id, directory::records(), false, campanile.now()).await?;
    let ada = store.find_person(tenant.id, PERSON).await?.ok_or("no person was added")?;
    let mut sequences = Vec::new();
    for Sample { at, message, read } in notifications::samples(campanile.now()) {
        let keys = vec![AudienceKey::administrators()];
        let new = NewNotification::new(campanile.id_at(at), at, vec![Recipients::Administrators], keys, message);
        sequences.push((store.insert_notification(tenant.id, new, None).await?.id, read));
    }
    let read = sequences.into_iter().filter(|(_, read)| *read).map(|(id, _)| id).collect();
    let change = InboxChange::new(Action::Read, Selection::Ids(read));
    store.change_items(tenant.id, ada, change, campanile.new_id(), campanile.now()).await?;
    Ok(tenant)
}
