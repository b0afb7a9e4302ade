//! What administrators keep.

use campanile_shared::{
    TenantSettings,
    administration::{
        ApiKey, ApiKeySecret, Disabling, Member, MemberChange, MemberPage, NewApiKey, NewMember, PortalSecret, PortalSecretRotation,
        SignInLink,
    },
    directory::{Record, Relation},
    text::percent_encoded,
    volume::Volume,
};
use gloo_net::http::Method;
use serde::Deserialize;

use super::{Api, Result, answer, unreadable};
use crate::query;

#[derive(Deserialize)]
struct Keys {
    items: Vec<ApiKey>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Relations {
    items: Vec<Relation>,
}

/// The most entries of a page, and the most roles of a person that are asked for.
const MOST: &str = "200";

impl Api {
    /// The tenant's API keys, by name.
    pub async fn keys(&self) -> Result<Vec<ApiKey>> {
        let mut page: Keys = self.get(&format!("/keys?limit={MOST}")).await?;
        let mut keys = page.items;
        while let Some(cursor) = page.next {
            page = self.get(&format!("/keys?limit={MOST}&cursor={cursor}")).await?;
            keys.append(&mut page.items);
        }
        Ok(keys)
    }

    /// Makes an API key; the answer is the only time its text is told.
    pub async fn create_key(&self, new: &NewApiKey) -> Result<ApiKeySecret> {
        self.send(Method::POST, "/keys", new).await
    }

    /// Revokes an API key.
    pub async fn revoke_key(&self, name: &str) -> Result<()> {
        answer(self.request(Method::DELETE, &format!("/keys/{}", percent_encoded(name))), None).await.map(drop)
    }

    /// A page of the tenant's people whose login or name begins with `start`, by name; `cursor` is
    /// the `next` of the page before.
    pub async fn members(&self, start: &str, cursor: Option<&str>) -> Result<MemberPage> {
        self.get(&format!("/members{}", query::write(&[("q", start), ("cursor", cursor.unwrap_or_default())]))).await
    }

    /// Adds a person.
    pub async fn add_member(&self, new: &NewMember) -> Result<Member> {
        self.send(Method::POST, "/members", new).await
    }

    /// Changes a person.
    pub async fn change_member(&self, login: &str, change: &MemberChange) -> Result<Member> {
        self.send(Method::PUT, &format!("/members/{}", percent_encoded(login)), change).await
    }

    /// Lets a person in no more, or again.
    pub async fn set_disabled(&self, login: &str, disabled: bool) -> Result<Member> {
        self.send(Method::PUT, &format!("/members/{}/disabled", percent_encoded(login)), &Disabling { disabled }).await
    }

    /// Makes a sign-in link for a person.
    pub async fn sign_in_link(&self, login: &str) -> Result<SignInLink> {
        self.send(Method::POST, &format!("/members/{}/link", percent_encoded(login)), &()).await
    }

    /// The relations in which a person stands.
    pub async fn roles_of(&self, login: &str) -> Result<Vec<Relation>> {
        let query = query::write(&[("subject", &format!("person:{login}")), ("limit", MOST)]);
        self.get(&format!("/directory/relations{query}")).await.map(|relations: Relations| relations.items)
    }

    /// Begins a relation, or ends it.
    pub async fn relate(&self, relation: Relation, holds: bool) -> Result<()> {
        let request = |method| self.request(method, "/directory");
        let (request, body) = if holds {
            (request(Method::PUT), serde_json::to_string(&Record::Relation(relation)))
        } else {
            (request(Method::DELETE), serde_json::to_string(&relation))
        };
        answer(request, Some(body.map_err(|_| unreadable(0))?)).await.map(drop)
    }

    /// What is chosen for the tenant.
    pub async fn tenant_settings(&self) -> Result<TenantSettings> {
        self.get("/tenant/settings").await
    }

    /// Chooses for the tenant; answers what is kept.
    pub async fn choose_tenant_settings(&self, settings: &TenantSettings) -> Result<TenantSettings> {
        self.send(Method::PUT, "/tenant/settings", settings).await
    }

    /// Replaces the secret with which the tenant's portal signs tokens; the answer is the only time it is shown.
    pub async fn rotate_portal_secret(&self, rotation: &PortalSecretRotation) -> Result<PortalSecret> {
        self.send(Method::POST, "/tenant/portal-secret", rotation).await
    }

    /// What was sent in the last days, with the days of all or of a component, which is empty for
    /// what names none.
    pub async fn volume(&self, component: Option<&str>) -> Result<Volume> {
        // An empty value means something here, so that the query is not left out.
        let query = component.map_or_else(String::new, |component| format!("?component={}", percent_encoded(component)));
        self.get(&format!("/volume{query}")).await
    }
}
