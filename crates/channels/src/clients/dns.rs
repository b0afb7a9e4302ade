//! The DNS resolver of the HTTP client. It applies the guard, so that the client connects to exactly the addresses that were
//! checked. The client does not resolve literal addresses; those are checked before the request.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{Guard, guard::Unresolved};

/// Resolves host names for one client.
pub struct GuardedDns {
    guard: Guard,
    named: bool,
    proxy: Option<String>,
}

impl GuardedDns {
    /// `named`: the client is for hosts on the operator's allow list. `proxy`: the host of the operator's proxy, which usually
    /// has a private address and may always be reached.
    pub fn new(guard: Guard, named: bool, proxy: Option<&str>) -> Self {
        Self { guard, named, proxy: proxy.map(str::to_owned) }
    }
}

impl Resolve for GuardedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.guard.clone();
        let unjudged = self.named || self.proxy.as_deref().is_some_and(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            match guard.addresses(name.as_str(), unjudged).await {
                // The client sets the port.
                Ok(addresses) => Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs),
                Err(Unresolved::Refused(refused)) => Err(refused.into()),
                Err(Unresolved::Failed(error)) => Err(error.into()),
            }
        })
    }
}
