//! The guard in the place where the HTTP client looks up names, so that what is judged is what is
//! connected to. The client does not ask for literal addresses; those are judged before the call.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{Guard, guard::Unresolved};

/// Looks up names for one client.
pub struct GuardedDns {
    guard: Guard,
    named: bool,
    proxy: Option<String>,
}

impl GuardedDns {
    /// `named`: the client is for hosts of the operator's list. `proxy`: the operator's own proxy,
    /// which is mostly a neighbour and may be reached.
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
                // The client puts in the port.
                Ok(addresses) => Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs),
                Err(Unresolved::Refused(refused)) => Err(refused.into()),
                Err(Unresolved::Failed(error)) => Err(error.into()),
            }
        })
    }
}
