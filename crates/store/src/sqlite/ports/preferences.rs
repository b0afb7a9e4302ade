//! The port to people's preferences.

use async_trait::async_trait;
use campanile_domain::{PersonId, Result, TenantId, ports::preferences::PreferenceStore};
use campanile_shared::Preferences;

use crate::sqlite::{Sqlite, preferences};

#[async_trait]
impl PreferenceStore for Sqlite {
    async fn preferences(&self, tenant: TenantId, person: PersonId) -> Result<Preferences> {
        self.read_pool.read(move |connection| preferences::preferences(connection, tenant, person)).await
    }

    async fn set_preferences(&self, tenant: TenantId, person: PersonId, preferences: &Preferences) -> Result<()> {
        let preferences = preferences.clone();
        self.writer.write(move |writing| preferences::set_preferences(writing, tenant, person, &preferences)).await
    }

    async fn end_all_mail(&self, tenant: TenantId, person: PersonId) -> Result<()> {
        self.writer.write(move |writing| preferences::end_mail(writing, tenant, person)).await
    }
}
