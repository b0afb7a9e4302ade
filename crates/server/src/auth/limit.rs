//! Limits: failed sign-ins by address and login, requests by API key.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::http::HeaderMap;
use campanile_domain::{Error, KeyId, Result};
use chrono::{DateTime, Utc};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DefaultKeyedStateStore,
};

use super::failures::Failures;
use crate::config::Config;

type Limit<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// The span in which failed sign-ins count.
const SPAN: Duration = Duration::from_secs(15 * 60);

/// How many times more attempts an address has than a login: offices share one address.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// Every limit of the server.
pub struct Limiter {
    sign_ins: Option<SignIns>,
    requests: Option<Limit<KeyId>>,
}

/// Sign-ins that failed.
struct SignIns {
    addresses: Failures<IpAddr>,
    logins: Failures<(String, String)>,
}

impl Limiter {
    /// The limits of the settings.
    pub fn new(config: &Config) -> Self {
        let sign_ins = NonZeroU32::new(config.limits.sign_in_attempts).map(|attempts| SignIns {
            addresses: Failures::new(attempts.saturating_mul(PER_ADDRESS), SPAN),
            logins: Failures::new(attempts, SPAN),
        });
        let requests = NonZeroU32::new(config.server.requests_per_second).map(|rate| {
            let burst = NonZeroU32::new(config.server.request_burst).unwrap_or(rate);
            RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst))
        });
        Self { sign_ins, requests }
    }

    /// Makes an attempt to sign in unless too many failed from the address or for the login: those
    /// that succeed count for nothing. A one-use link has no login to count for.
    pub async fn sign_in<T>(
        &self,
        address: IpAddr,
        login: Option<(&str, &str)>,
        now: DateTime<Utc>,
        attempt: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let Some(SignIns { addresses, logins }) = &self.sign_ins else { return attempt.await };
        let login = login.map(|(tenant, login)| (tenant.to_lowercase(), login.to_lowercase()));
        addresses.count(&address, now)?;
        if let Some(login) = &login {
            logins.count(login, now).inspect_err(|_| addresses.take_back(&address))?;
        }
        let done = attempt.await;
        if !matches!(done, Err(Error::Unauthenticated)) {
            addresses.take_back(&address);
            if let Some(login) = &login {
                logins.take_back(login);
            }
        }
        done
    }

    /// Counts a request of an API key.
    pub fn request(&self, key: KeyId) -> Result<()> {
        self.requests.as_ref().map_or(Ok(()), |limit| pass(limit, &key))
    }

    /// Forgets whoever has not been seen for a while.
    pub fn tidy(&self, now: DateTime<Utc>) {
        if let Some(SignIns { addresses, logins }) = &self.sign_ins {
            addresses.tidy(now);
            logins.tidy(now);
        }
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
