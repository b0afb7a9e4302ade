//! Protection against server-side request forgery (SSRF): which addresses an untrusted URL may reach.
//!
//! Without it, a person who can enter a URL could make the server send requests into its own network. URLs are parsed as
//! browsers do (WHATWG), so that `http://2130706433/`, `http://0x7f.1/` and `http://127。0。0。1/` are recognised as loopback. A
//! name is resolved once, all its addresses are checked, and the connection uses exactly these. The guard knows nothing about
//! HTTP.
//!
//! The parsing is that of the crate `url`, the networks are those of `ipnet`, and reqwest connects. Only the decision is
//! here: reqwest has no rule for addresses, and the standard library's `IpAddr::is_global` is not stable.

mod allow_list;
mod reserved_ranges;
mod resolver;

use std::{net::IpAddr, sync::Arc};

use allow_list::AllowList;
pub use resolver::Resolver;
use resolver::SystemResolver;
use url::{Host, Url};

use crate::SettingError;

/// Decides which URLs and addresses a request may reach.
#[derive(Clone)]
pub struct SsrfGuard {
    allow_list: Arc<AllowList>,
    resolver: Arc<dyn Resolver>,
}

/// A URL that passed every check that is possible before its host name is resolved.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The normalised URL.
    pub url: Url,
    /// Whether the host is on the operator's allow list. Its addresses are then not checked.
    pub allow_listed: bool,
}

/// Why a request is refused. The error does not contain the address of a name, because it may be shown to the person who entered
/// the name and who must not explore the operator's network.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum UrlRefused {
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
    ReservedAddress(&'static str),
}

/// Why a host name has no address to connect to.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// One of its addresses is refused.
    #[error(transparent)]
    Refused(#[from] UrlRefused),
    /// The lookup failed.
    #[error(transparent)]
    Failed(#[from] std::io::Error),
}

impl SsrfGuard {
    /// Creates a guard. Besides public addresses it allows the entries of `allow`: networks (`10.0.0.0/8`), addresses
    /// (`10.1.2.3`), hosts (`hooks.internal`), and hosts with a port (`127.0.0.1:8080`).
    pub fn new(allow: &[String]) -> Result<Self, SettingError> {
        Ok(Self { allow_list: Arc::new(AllowList::new(allow)?), resolver: Arc::new(SystemResolver) })
    }

    /// Replaces the resolver.
    #[must_use]
    pub fn with_resolver(self, resolver: impl Resolver) -> Self {
        Self { resolver: Arc::new(resolver), ..self }
    }

    /// Checks a URL as far as possible without resolving its host name.
    pub fn check_url(&self, url: &str) -> Result<Target, UrlRefused> {
        let url = Url::parse(url.trim()).map_err(|_| UrlRefused::Malformed)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlRefused::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlRefused::UserInfo);
        }
        let host = url.host().ok_or(UrlRefused::Malformed)?;
        let named = self.allow_list.contains_host(&host.to_owned(), url.port_or_known_default());
        if !named {
            match host {
                Host::Ipv4(address) => self.check_address(address.into())?,
                Host::Ipv6(address) => self.check_address(address.into())?,
                Host::Domain(name) => check_host_name(name)?,
            }
        }
        Ok(Target { url, allow_listed: named })
    }

    /// Resolves a host name. Fails if any of its addresses is refused. `allow_listed` is the field of [`Target`].
    pub async fn resolve(&self, name: &str, named: bool) -> Result<Vec<IpAddr>, ResolveError> {
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
            addresses.iter().try_for_each(|address| self.check_address(*address))?;
        }
        Ok(addresses)
    }

    fn check_address(&self, address: IpAddr) -> Result<(), UrlRefused> {
        match reserved_ranges::reserved_range(address) {
            Some(kind) if !self.allow_list.contains_address(address) => Err(UrlRefused::ReservedAddress(kind)),
            _ => Ok(()),
        }
    }
}

/// Refuses `localhost` and its subdomains. By definition they lead to the machine that resolves them (RFC 6761 §6.3), which may
/// also be a proxy.
fn check_host_name(name: &str) -> Result<(), UrlRefused> {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or(name);
    if last.eq_ignore_ascii_case("localhost") { Err(UrlRefused::ReservedAddress("loopback")) } else { Ok(()) }
}
