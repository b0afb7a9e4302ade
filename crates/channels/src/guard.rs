//! The guard on outgoing calls: which addresses a URL from outside may lead to.
//!
//! Whoever may name a URL could otherwise let the server speak to its own neighbours (server-side
//! request forgery). The URL is read as browsers read it (WHATWG), so that `http://2130706433/`,
//! `http://0x7f.1/` and `http://127。0。0。1/` are what they are; a name is resolved once, all its
//! addresses are judged, and the connection goes to just those. The guard knows nothing of HTTP.

mod allowed;
mod resolver;
mod special;

use std::{net::IpAddr, sync::Arc};

use allowed::Allowed;
pub use resolver::Resolver;
use resolver::SystemResolver;
use url::{Host, Url};

use crate::BadSetting;

/// Judges where a call leads.
#[derive(Clone)]
pub struct Guard {
    allowed: Arc<Allowed>,
    resolver: Arc<dyn Resolver>,
}

/// A URL that may be called, as far as it can be told before its name is resolved.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The URL in its normal form.
    pub url: Url,
    /// Whether the operator's list names its host: then its addresses are not judged.
    pub named: bool,
}

/// Why a call is not made. Which address a name led to is kept back: the answer may reach whoever
/// chose the name, and the names of a network are not theirs to explore.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// It is not a URL.
    #[error("this is not a URL")]
    Malformed,
    /// It is a URL of another kind.
    #[error("only http and https are called")]
    Scheme,
    /// A name or password stands in front of the host.
    #[error("a URL must not hold a name or password")]
    UserInfo,
    /// It leads to an address of a special kind.
    #[error("the URL leads to an address that is not called: {0}")]
    Special(&'static str),
}

/// Why a name gave no address to connect to.
#[derive(Debug, thiserror::Error)]
pub enum Unresolved {
    /// One of its addresses is not to be called.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The lookup failed.
    #[error(transparent)]
    Failed(#[from] std::io::Error),
}

impl Guard {
    /// A guard that lets through, besides public addresses, what the operator's list names:
    /// networks (`10.0.0.0/8`), addresses (`10.1.2.3`), hosts (`hooks.internal`) and hosts with
    /// the port the URL has (`127.0.0.1:8080`).
    pub fn new(allow: &[String]) -> Result<Self, BadSetting> {
        Ok(Self { allowed: Arc::new(Allowed::new(allow)?), resolver: Arc::new(SystemResolver) })
    }

    /// The same guard with another source of addresses.
    #[must_use]
    pub fn resolving_with(self, resolver: impl Resolver) -> Self {
        Self { resolver: Arc::new(resolver), ..self }
    }

    /// What can be told of a URL without resolving its name.
    pub fn judge(&self, url: &str) -> Result<Target, Refused> {
        let url = Url::parse(url.trim()).map_err(|_| Refused::Malformed)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refused::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::UserInfo);
        }
        let host = url.host().ok_or(Refused::Malformed)?;
        let named = self.allowed.names(&host.to_owned(), url.port_or_known_default());
        if !named {
            match host {
                Host::Ipv4(address) => self.judge_address(address.into())?,
                Host::Ipv6(address) => self.judge_address(address.into())?,
                Host::Domain(name) => judge_name(name)?,
            }
        }
        Ok(Target { url, named })
    }

    /// The addresses of a name, if every one of them may be called. `named` as in [`Target`].
    pub async fn addresses(&self, name: &str, named: bool) -> Result<Vec<IpAddr>, Unresolved> {
        // Some clients ask for literals too, IPv6 in its brackets.
        let literal = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let addresses = match literal {
            Ok(address) => vec![address],
            Err(_) => self.resolver.resolve(name).await?,
        };
        if addresses.is_empty() {
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address").into());
        }
        if !named {
            addresses.iter().try_for_each(|address| self.judge_address(*address))?;
        }
        Ok(addresses)
    }

    fn judge_address(&self, address: IpAddr) -> Result<(), Refused> {
        match special::kind(address) {
            Some(kind) if !self.allowed.holds(address) => Err(Refused::Special(kind)),
            _ => Ok(()),
        }
    }
}

/// `localhost` and what is below it lead to this machine by definition (RFC 6761 §6.3), whichever
/// machine resolves them: a proxy's own, for example.
fn judge_name(name: &str) -> Result<(), Refused> {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or(name);
    if last.eq_ignore_ascii_case("localhost") { Err(Refused::Special("loopback")) } else { Ok(()) }
}
