//! Resolves host names to addresses.

use std::{io, net::IpAddr};

use async_trait::async_trait;

/// A resolver of host names.
#[async_trait]
pub trait Resolver: Send + Sync + 'static {
    /// Looks up all addresses of a name with one query.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}
