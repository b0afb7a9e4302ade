//! The DNS resolver of the HTTP client. It applies the guard, so that the client connects to exactly the addresses that were
//! checked. The client does not resolve literal addresses; those are checked before the request.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{SsrfGuard, ssrf_guard::ResolveError};

/// Resolves host names for one client.
pub struct GuardedDns {
    guard: SsrfGuard,
    allow_listed: bool,
    proxy: Option<String>,
}

impl GuardedDns {
    /// `allow_listed`: the client is for hosts on the operator's allow list. `proxy`: the host of the operator's proxy, which usually
    /// has a private address and may always be reached.
    pub fn new(guard: SsrfGuard, allow_listed: bool, proxy: Option<&str>) -> Self {
        Self { guard, allow_listed, proxy: proxy.map(str::to_owned) }
    }
}

impl Resolve for GuardedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.guard.clone();
        let exempt = self.allow_listed || self.proxy.as_deref().is_some_and(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            match guard.resolve(name.as_str(), exempt).await {
                // The client sets the port.
                Ok(addresses) => Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs),
                Err(ResolveError::Refused(refused)) => Err(refused.into()),
                Err(ResolveError::Failed(error)) => Err(error.into()),
            }
        })
    }
}
