//! Calls for administrators. The state keeps none of these data; each page loads what it shows.

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
    /// The tenant's API keys by name, including revoked ones.
    pub async fn keys(self) -> Result<Vec<ApiKey>> {
        self.handle_session_error(self.api().keys().await)
    }

    /// Creates an API key.
    pub async fn create_key(self, new: &NewApiKey) -> Result<ApiKeySecret> {
        self.handle_session_error(self.api().create_key(new).await)
    }

    /// Revokes an API key.
    pub async fn revoke_key(self, name: &str) -> Result<()> {
        self.handle_session_error(self.api().revoke_key(name).await)
    }

    /// A page of the tenant's members, by name. `cursor` is the `next` of the page before.
    pub async fn members(self, start: &str, cursor: Option<&str>) -> Result<MemberPage> {
        self.handle_session_error(self.api().members(start, cursor).await)
    }

    /// Adds a member.
    pub async fn add_member(self, new: &NewMember) -> Result<Member> {
        self.handle_session_error(self.api().add_member(new).await)
    }

    /// Changes a member.
    pub async fn change_member(self, login: &str, change: &MemberChange) -> Result<Member> {
        self.handle_session_error(self.api().change_member(login, change).await)
    }

    /// Disables or enables a member.
    pub async fn set_disabled(self, login: &str, disabled: bool) -> Result<Member> {
        self.handle_session_error(self.api().set_disabled(login, disabled).await)
    }

    /// Creates a sign-in link for a member.
    pub async fn create_sign_in_link(self, login: &str) -> Result<SignInLink> {
        self.handle_session_error(self.api().create_sign_in_link(login).await)
    }

    /// The roles of a person, as relations.
    pub async fn roles_of(self, login: &str) -> Result<Vec<Relation>> {
        self.handle_session_error(self.api().roles_of(login).await)
    }

    /// Adds or removes a relation.
    pub async fn set_relation(self, relation: Relation, holds: bool) -> Result<()> {
        self.handle_session_error(self.api().set_relation(relation, holds).await)
    }

    /// The tenant's settings.
    pub async fn tenant_settings(self) -> Result<TenantSettings> {
        self.handle_session_error(self.api().tenant_settings().await)
    }

    /// Sets the tenant's settings. Returns the stored settings.
    pub async fn set_tenant_settings(self, settings: &TenantSettings) -> Result<TenantSettings> {
        self.handle_session_error(self.api().set_tenant_settings(settings).await)
    }

    /// Replaces the secret that signs the tokens of the tenant's portal.
    pub async fn rotate_portal_secret(self, rotation: &PortalSecretRotation) -> Result<PortalSecret> {
        self.handle_session_error(self.api().rotate_portal_secret(rotation).await)
    }

    /// The numbers of notifications sent in the last days, in total or for one component.
    pub async fn volume(self, component: Option<&str>) -> Result<Volume> {
        self.handle_session_error(self.api().volume(component).await)
    }
}
