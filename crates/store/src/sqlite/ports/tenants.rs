//! The port to tenants.

use async_trait::async_trait;
use campanile_domain::{Result, Tenant, TenantId, TenantSettings, ports::tenants::TenantStore};
use chrono::{DateTime, Utc};

use crate::sqlite::{Sqlite, tenants};

#[async_trait]
impl TenantStore for Sqlite {
    async fn create_tenant(&self, name: &str, settings: TenantSettings, portal_secret: &str, mail_secret: &str) -> Result<Tenant> {
        let (name, portal_secret, mail_secret) = (name.to_owned(), portal_secret.to_owned(), mail_secret.to_owned());
        self.writer.write(move |writing| tenants::create(writing, &name, settings, &portal_secret, &mail_secret)).await
    }

    async fn tenant(&self, name: &str) -> Result<Option<Tenant>> {
        let name = name.to_owned();
        self.read_pool.read(move |connection| tenants::find(connection, &name)).await
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.read_pool.read(tenants::all).await
    }

    async fn set_tenant_settings(&self, tenant: TenantId, settings: TenantSettings) -> Result<()> {
        self.writer.write(move |writing| tenants::set_settings(writing, tenant, &settings)).await
    }

    async fn rotate_portal_secret(&self, tenant: TenantId, secret: &str, former_until: Option<DateTime<Utc>>) -> Result<()> {
        let secret = secret.to_owned();
        self.writer.write(move |writing| tenants::rotate_portal_secret(writing, tenant, &secret, former_until)).await
    }
}
