//! Protection against server-side request forgery (SSRF): which addresses an untrusted URL may reach.
//!
//! Without it, a person who can enter a URL could make the server send requests into its own network. URLs are parsed as
//! browsers do (WHATWG), so that `http://2130706433/`, `http://0x7f.1/` and `http://127。0。0。1/` are recognised as loopback. A
//! name is resolved once, all its addresses are checked, and the connection uses exactly these. The guard knows nothing about
//! HTTP.

mod allowed;
mod resolver;
mod special;

use std::{net::IpAddr, sync::Arc};

use allowed::Allowed;
pub use resolver::Resolver;
use resolver::SystemResolver;
use url::{Host, Url};

use crate::BadSetting;

/// Decides which URLs and addresses a request may reach.
#[derive(Clone)]
pub struct Guard {
    allowed: Arc<Allowed>,
    resolver: Arc<dyn Resolver>,
}

/// A URL that passed every check that is possible before its host name is resolved.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The normalised URL.
    pub url: Url,
    /// Whether the host is on the operator's allow list. Its addresses are then not checked.
    pub named: bool,
}

/// Why a request is refused. The error does not contain the address of a name, because it may be shown to the person who entered
/// the name and who must not explore the operator's network.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The text is not a URL.
    #[error("this is not a URL")]
    Malformed,
    /// The scheme is not http or https.
    #[error("only http and https URLs are allowed")]
    Scheme,
    /// The URL contains user information.
    #[error("a URL must not contain a user name or password")]
    UserInfo,
    /// The URL leads to an address in a reserved range.
    #[error("the URL leads to an address that is not allowed: {0}")]
    Special(&'static str),
}

/// Why a host name has no address to connect to.
#[derive(Debug, thiserror::Error)]
pub enum Unresolved {
    /// One of its addresses is refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The lookup failed.
    #[error(transparent)]
    Failed(#[from] std::io::Error),
}

impl Guard {
    /// Creates a guard. Besides public addresses it allows the entries of `allow`: networks (`10.0.0.0/8`), addresses
    /// (`10.1.2.3`), hosts (`hooks.internal`), and hosts with a port (`127.0.0.1:8080`).
    pub fn new(allow: &[String]) -> Result<Self, BadSetting> {
        Ok(Self { allowed: Arc::new(Allowed::new(allow)?), resolver: Arc::new(SystemResolver) })
    }

    /// Replaces the resolver.
    #[must_use]
    pub fn resolving_with(self, resolver: impl Resolver) -> Self {
        Self { resolver: Arc::new(resolver), ..self }
    }

    /// Checks a URL as far as possible without resolving its host name.
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

    /// Resolves a host name. Fails if any of its addresses is refused. `named` is the field of [`Target`].
    pub async fn addresses(&self, name: &str, named: bool) -> Result<Vec<IpAddr>, Unresolved> {
        // Some clients also pass literal addresses, IPv6 in brackets.
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

/// Refuses `localhost` and its subdomains. By definition they lead to the machine that resolves them (RFC 6761 §6.3), which may
/// also be a proxy.
fn judge_name(name: &str) -> Result<(), Refused> {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or(name);
    if last.eq_ignore_ascii_case("localhost") { Err(Refused::Special("loopback")) } else { Ok(()) }
}
