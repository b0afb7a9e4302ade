//! What administrators keep. Nothing of it is kept here: each page asks for what it shows.

use campanile_shared::{
    TenantSettings,
    administration::{
        ApiKey, ApiKeySecret, Member, MemberChange, MemberPage, NewApiKey, NewMember, PortalSecret, PortalSecretRotation, SignInLink,
    },
    directory::Relation,
    volume::Volume,
};

use super::State;
use crate::api::Result;

impl State {
    /// The tenant's API keys, by name, the revoked ones among them.
    pub async fn keys(self) -> Result<Vec<ApiKey>> {
        self.settle(self.api().keys().await)
    }

    /// Makes an API key.
    pub async fn create_key(self, new: &NewApiKey) -> Result<ApiKeySecret> {
        self.settle(self.api().create_key(new).await)
    }

    /// Revokes an API key.
    pub async fn revoke_key(self, name: &str) -> Result<()> {
        self.settle(self.api().revoke_key(name).await)
    }

    /// A page of the tenant's people, by name; `cursor` is the `next` of the page before.
    pub async fn members(self, start: &str, cursor: Option<&str>) -> Result<MemberPage> {
        self.settle(self.api().members(start, cursor).await)
    }

    /// Adds a person.
    pub async fn add_member(self, new: &NewMember) -> Result<Member> {
        self.settle(self.api().add_member(new).await)
    }

    /// Changes a person.
    pub async fn change_member(self, login: &str, change: &MemberChange) -> Result<Member> {
        self.settle(self.api().change_member(login, change).await)
    }

    /// Lets a person in no more, or again.
    pub async fn set_disabled(self, login: &str, disabled: bool) -> Result<Member> {
        self.settle(self.api().set_disabled(login, disabled).await)
    }

    /// Makes a sign-in link for a person.
    pub async fn sign_in_link(self, login: &str) -> Result<SignInLink> {
        self.settle(self.api().sign_in_link(login).await)
    }

    /// The relations in which a person stands.
    pub async fn roles_of(self, login: &str) -> Result<Vec<Relation>> {
        self.settle(self.api().roles_of(login).await)
    }

    /// Begins a relation, or ends it.
    pub async fn relate(self, relation: Relation, holds: bool) -> Result<()> {
        self.settle(self.api().relate(relation, holds).await)
    }

    /// What is chosen for the tenant.
    pub async fn tenant_settings(self) -> Result<TenantSettings> {
        self.settle(self.api().tenant_settings().await)
    }

    /// Chooses for the tenant; answers what is kept.
    pub async fn choose_tenant_settings(self, settings: &TenantSettings) -> Result<TenantSettings> {
        self.settle(self.api().choose_tenant_settings(settings).await)
    }

    /// Replaces the secret with which the tenant's portal signs tokens.
    pub async fn rotate_portal_secret(self, rotation: &PortalSecretRotation) -> Result<PortalSecret> {
        self.settle(self.api().rotate_portal_secret(rotation).await)
    }

    /// What was sent in the last days, with the days of all or of a component.
    pub async fn volume(self, component: Option<&str>) -> Result<Volume> {
        self.settle(self.api().volume(component).await)
    }
}
