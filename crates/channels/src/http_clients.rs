//! HTTP clients that connect only to addresses which the guard allows. They follow no redirects, and they connect to exactly
//! the addresses that were checked.

mod dns;

use std::time::Duration;

use reqwest::{Client, Proxy, Url, redirect};

use self::dns::GuardedDns;
use crate::{SettingError, SsrfGuard, Target, tls};

/// Two clients: one for hosts on the operator's allow list, one for all other hosts. A connection whose address was not checked
/// is therefore never reused for another host.
pub struct HttpClients {
    allow_listed: Client,
    guarded: Client,
}

impl HttpClients {
    /// Creates clients with this guard. `timeout` limits connecting, with 5 s at most; the caller limits the rest of a request.
    /// Up to `connections` idle connections to one host are kept open.
    pub fn new(guard: &SsrfGuard, proxy: Option<&Url>, timeout: Duration, connections: usize) -> Result<Self, SettingError> {
        let mut tls = tls::client_config(tls::system_roots())?;
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
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
                Some(proxy) => builder.proxy(Proxy::all(proxy.clone()).map_err(|_| invalid_proxy())?),
                None => builder.no_proxy(),
            };
            builder.build().map_err(|error| SettingError(format!("the HTTP client cannot be built: {}", error.without_url())))
        };
        Ok(Self { allow_listed: client(true)?, guarded: client(false)? })
    }

    /// The client to use for a target.
    pub const fn for_target(&self, target: &Target) -> &Client {
        if target.allow_listed { &self.allow_listed } else { &self.guarded }
    }
}

/// The error for an invalid proxy URL. It omits the URL, which may contain a password.
pub fn invalid_proxy() -> SettingError {
    SettingError("the proxy is not a URL of scheme http, https, socks5 or socks5h".to_owned())
}
