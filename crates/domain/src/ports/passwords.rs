//! The port to password hashes in the store.

use async_trait::async_trait;

use crate::{PersonId, Result, SecretHash, TenantId};

/// The store of password hashes.
#[async_trait]
pub trait PasswordStore: Send + Sync + 'static {
    /// The password hash of a person (PHC string), if they have a password.
    async fn password(&self, tenant: TenantId, person: PersonId) -> Result<Option<String>>;

    /// Sets the password hash of a person and ends their sessions.
    async fn set_password(&self, tenant: TenantId, person: PersonId, hash: &str) -> Result<()>;

    /// Replaces a password hash. The person's tokens end, except the given session and personal tokens.
    /// [`crate::Error::NotFound`] if `former` is not the current hash.
    async fn change_password(&self, tenant: TenantId, person: PersonId, former: &str, hash: &str, session: SecretHash) -> Result<()>;
}
