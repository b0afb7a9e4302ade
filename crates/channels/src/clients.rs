//! HTTP clients that reach nothing but what the guard lets through: no redirects are followed, and
//! what is connected to is what was judged.

mod dns;

use std::time::Duration;

use reqwest::{Client, Proxy, Url, redirect};

use self::dns::GuardedDns;
use crate::{BadSetting, Guard, Target, tls};

/// One client for hosts the operator named and one for all others, so that a connection opened
/// without judging its address is never used for another host.
pub struct Clients {
    named: Client,
    judged: Client,
}

impl Clients {
    /// Clients with this guard. `timeout` bounds the connecting; the caller bounds the rest.
    /// `connections` to one host are kept open between calls.
    pub fn new(guard: &Guard, proxy: Option<&Url>, timeout: Duration, connections: usize) -> Result<Self, BadSetting> {
        let tls = tls::client()?;
        let client = |named: bool| {
            let dns = GuardedDns::new(guard.clone(), named, proxy.and_then(Url::host_str));
            let builder = Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(concat!("Campanile/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .dns_resolver(dns)
                .connect_timeout(timeout.min(Duration::from_secs(5)))
                .pool_idle_timeout(Duration::from_secs(30))
                .pool_max_idle_per_host(connections)
                .referer(false);
            let builder = match proxy {
                Some(proxy) => builder.proxy(Proxy::all(proxy.clone()).map_err(|_| unusable_proxy())?),
                None => builder.no_proxy(),
            };
            builder.build().map_err(|error| BadSetting(format!("the HTTP client cannot be built: {}", error.without_url())))
        };
        Ok(Self { named: client(true)?, judged: client(false)? })
    }

    /// The client for a target.
    pub const fn of(&self, target: &Target) -> &Client {
        if target.named { &self.named } else { &self.judged }
    }
}

/// Without the URL, which may hold a password.
pub fn unusable_proxy() -> BadSetting {
    BadSetting("the proxy is not a URL of scheme http, https, socks5 or socks5h".to_owned())
}
