//! API calls for administrators: keys, members, roles, tenant settings, volume.

use campanile_shared::{
    TenantSettings,
    administration::{
        ApiKey, ApiKeySecret, Member, MemberChange, MemberPage, NewApiKey, NewMember, PortalSecret, PortalSecretRotation, SetDisabled,
        SignInLink,
    },
    directory::{Record, Relation},
    text::percent_encoded,
    volume::Volume,
};
use gloo_net::http::Method;
use serde::Deserialize;

use super::{Api, Result, execute, unreadable_response};
use crate::query_string;

#[derive(Deserialize)]
struct ApiKeyPage {
    items: Vec<ApiKey>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Relations {
    items: Vec<Relation>,
}

/// The page size for keys and roles. 200 is the largest that the API allows.
const PAGE_SIZE: &str = "200";

impl Api {
    /// All API keys of the tenant, by name.
    pub async fn keys(&self) -> Result<Vec<ApiKey>> {
        let mut page: ApiKeyPage = self.get(&format!("/keys?limit={PAGE_SIZE}")).await?;
        let mut keys = page.items;
        while let Some(cursor) = page.next {
            page = self.get(&format!("/keys?limit={PAGE_SIZE}&cursor={cursor}")).await?;
            keys.append(&mut page.items);
        }
        Ok(keys)
    }

    /// Creates an API key. Only this answer contains its secret.
    pub async fn create_key(&self, new: &NewApiKey) -> Result<ApiKeySecret> {
        self.send(Method::POST, "/keys", new).await
    }

    /// Revokes an API key.
    pub async fn revoke_key(&self, name: &str) -> Result<()> {
        execute(self.request(Method::DELETE, &format!("/keys/{}", percent_encoded(name))), None).await.map(drop)
    }

    /// A page of the members whose login or name begins with `start`, by name. `cursor` is the `next` of the
    /// page before.
    pub async fn members(&self, start: &str, cursor: Option<&str>) -> Result<MemberPage> {
        self.get(&format!("/members{}", query_string::encode(&[("q", start), ("cursor", cursor.unwrap_or_default())]))).await
    }

    /// Adds a member.
    pub async fn add_member(&self, new: &NewMember) -> Result<Member> {
        self.send(Method::POST, "/members", new).await
    }

    /// Changes a member.
    pub async fn change_member(&self, login: &str, change: &MemberChange) -> Result<Member> {
        self.send(Method::PUT, &format!("/members/{}", percent_encoded(login)), change).await
    }

    /// Disables or enables a member.
    pub async fn set_disabled(&self, login: &str, disabled: bool) -> Result<Member> {
        self.send(Method::PUT, &format!("/members/{}/disabled", percent_encoded(login)), &SetDisabled { disabled }).await
    }

    /// Creates a sign-in link for a member.
    pub async fn create_sign_in_link(&self, login: &str) -> Result<SignInLink> {
        self.send(Method::POST, &format!("/members/{}/link", percent_encoded(login)), &()).await
    }

    /// The roles of a person, as relations.
    pub async fn roles_of(&self, login: &str) -> Result<Vec<Relation>> {
        let query = query_string::encode(&[("subject", &format!("person:{login}")), ("limit", PAGE_SIZE)]);
        self.get(&format!("/directory/relations{query}")).await.map(|relations: Relations| relations.items)
    }

    /// Adds or removes a relation.
    pub async fn set_relation(&self, relation: Relation, holds: bool) -> Result<()> {
        let request = |method| self.request(method, "/directory");
        let (request, body) = if holds {
            (request(Method::PUT), serde_json::to_string(&Record::Relation(relation)))
        } else {
            (request(Method::DELETE), serde_json::to_string(&relation))
        };
        execute(request, Some(body.map_err(|_| unreadable_response(0))?)).await.map(drop)
    }

    /// The tenant's settings.
    pub async fn tenant_settings(&self) -> Result<TenantSettings> {
        self.get("/tenant/settings").await
    }

    /// Sets the tenant's settings. Returns the stored settings.
    pub async fn set_tenant_settings(&self, settings: &TenantSettings) -> Result<TenantSettings> {
        self.send(Method::PUT, "/tenant/settings", settings).await
    }

    /// Replaces the secret that signs the tokens of the tenant's portal. Only this answer contains it.
    pub async fn rotate_portal_secret(&self, rotation: &PortalSecretRotation) -> Result<PortalSecret> {
        self.send(Method::POST, "/tenant/portal-secret", rotation).await
    }

    /// The numbers of notifications sent in the last days, in total or for one component. An empty component
    /// selects notifications without one.
    pub async fn volume(&self, component: Option<&str>) -> Result<Volume> {
        // An empty value has a meaning here, so `query_string::encode`, which drops empty values, cannot be used.
        let query = component.map_or_else(String::new, |component| format!("?component={}", percent_encoded(component)));
        self.get(&format!("/volume{query}")).await
    }
}
