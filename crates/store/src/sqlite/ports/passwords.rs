//! The port to password hashes.

use async_trait::async_trait;
use campanile_domain::{PersonId, Result, SecretHash, TenantId, ports::passwords::PasswordStore};

use crate::sqlite::{Sqlite, passwords};

#[async_trait]
impl PasswordStore for Sqlite {
    async fn password(&self, tenant: TenantId, person: PersonId) -> Result<Option<String>> {
        self.read_pool.read(move |connection| passwords::password(connection, tenant, person)).await
    }

    async fn set_password(&self, tenant: TenantId, person: PersonId, hash: &str) -> Result<()> {
        let hash = hash.to_owned();
        self.writer.write(move |writing| passwords::set_password(writing, tenant, person, &hash)).await
    }

    async fn change_password(&self, tenant: TenantId, person: PersonId, former: &str, hash: &str, session: SecretHash) -> Result<()> {
        let (former, hash) = (former.to_owned(), hash.to_owned());
        self.writer.write(move |writing| passwords::change_password(writing, tenant, person, &former, &hash, session)).await
    }
}
