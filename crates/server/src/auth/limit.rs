//! Limits: sign-ins by address and login, requests by API key.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::http::HeaderMap;
use campanile_domain::{Error, KeyId, Result};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DefaultKeyedStateStore,
};

use crate::config::Config;

type Limit<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// The span in which sign-ins count.
const SPAN: Duration = Duration::from_secs(15 * 60);

/// How many times more attempts an address has than a login: offices share one address.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// Every limit of the server.
pub struct Limiter {
    addresses: Limit<IpAddr>,
    logins: Limit<(String, String)>,
    requests: Option<Limit<KeyId>>,
}

impl Limiter {
    /// The limits of the settings.
    pub fn new(config: &Config) -> Self {
        let attempts = NonZeroU32::new(config.limits.sign_in_attempts).unwrap_or(NonZeroU32::MIN);
        let quota = |attempts: NonZeroU32| {
            Quota::with_period(SPAN / attempts.get()).unwrap_or_else(|| Quota::per_second(attempts)).allow_burst(attempts)
        };
        let addresses = RateLimiter::keyed(quota(attempts.saturating_mul(PER_ADDRESS)));
        let requests = NonZeroU32::new(config.server.requests_per_second).map(|rate| {
            let burst = NonZeroU32::new(config.server.request_burst).unwrap_or(rate);
            RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst))
        });
        Self { addresses, logins: RateLimiter::keyed(quota(attempts)), requests }
    }

    /// Counts an attempt to sign in; refused when there were too many for the address or the login.
    /// A one-use link has no login to count for.
    pub fn sign_in(&self, address: IpAddr, login: Option<(&str, &str)>) -> Result<()> {
        pass(&self.addresses, &address)?;
        login.map_or(Ok(()), |(tenant, login)| pass(&self.logins, &(tenant.to_lowercase(), login.to_lowercase())))
    }

    /// Counts a request of an API key.
    pub fn request(&self, key: KeyId) -> Result<()> {
        self.requests.as_ref().map_or(Ok(()), |limit| pass(limit, &key))
    }

    /// Forgets whoever has not been seen for a while.
    pub fn tidy(&self) {
        self.addresses.retain_recent();
        self.logins.retain_recent();
        if let Some(requests) = &self.requests {
            requests.retain_recent();
        }
    }
}

/// The caller's address: the peer's, or what a trusted proxy says of it (the last entry, which the
/// proxy itself wrote). IPv6 callers count by their network of 64 bits, since they choose the rest.
pub fn caller(peer: SocketAddr, headers: &HeaderMap, config: &Config) -> IpAddr {
    let said = || headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok();
    let address = Some(config.server.trust_forwarded).filter(|trusted| *trusted).and_then(|_| said()).unwrap_or_else(|| peer.ip());
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        address => address,
    }
}

fn pass<K: std::hash::Hash + Eq + Clone>(limit: &Limit<K>, key: &K) -> Result<()> {
    let now = DefaultClock::default().now();
    limit.check_key(key).map_err(|until| Error::TooMany { retry_after: until.wait_time_from(now) })
}
