//! HTTP POST to a URL that somebody named: one attempt, guarded and bounded.
//!
//! Written after Standard Webhooks (<https://www.standardwebhooks.com>). What comes back is never
//! followed, inflated or believed: the status decides, and a few characters of the body are kept
//! for people.

mod answer;
mod signature;

use std::{error::Error, fmt, sync::Arc, time::Duration};

pub use answer::Answered;
use async_trait::async_trait;
use campanile_domain::{
    Clock,
    channel::{Attempt, Channel, Letter, Post, Verdict},
};
use campanile_shared::{
    Channel as Name,
    channel::{MOST_HEADERS, check_header_name, check_header_value},
    text,
};
use reqwest::{
    Method, Request, Response, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use tokio::time::{Instant, timeout_at};

use crate::{
    BadSetting, Guard, Refused, Target,
    clients::{Clients, unusable_proxy},
    guard::Unresolved,
};

/// How POSTs are sent.
#[derive(Clone)]
pub struct WebhookOptions {
    /// The operator's proxy, for those that ask for it: a URL of scheme `http`, `https`, `socks5`
    /// (names are resolved here) or `socks5h` (names are resolved by the proxy).
    pub proxy: Option<String>,
    /// The longest an attempt may take, from looking up the name to the end of the answer.
    pub timeout: Duration,
    /// How many connections to one host are kept open between POSTs: as many as are sent there at
    /// once, or the others are opened anew for each.
    pub connections: usize,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self { proxy: None, timeout: Duration::from_secs(10), connections: 8 }
    }
}

impl fmt::Debug for WebhookOptions {
    /// Without the proxy's URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("WebhookOptions");
        shown.field("proxy", &self.proxy.is_some()).field("timeout", &self.timeout).field("connections", &self.connections).finish()
    }
}

/// The channel that posts.
pub struct Webhook {
    guard: Guard,
    direct: Clients,
    proxied: Option<Clients>,
    timeout: Duration,
    clock: Arc<dyn Clock>,
}

/// Why there is no answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Failure {
    /// It is not sent, now or later: the guard refuses, or the request is malformed.
    #[error("{0}")]
    Refused(String),
    /// The other side was not reached or did not answer in time.
    #[error("{0}")]
    Unreachable(String),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl Webhook {
    /// The channel with this guard.
    pub fn new(guard: Guard, options: &WebhookOptions, clock: Arc<dyn Clock>) -> Result<Self, BadSetting> {
        let proxy = options.proxy.as_deref().map(read_proxy).transpose()?;
        let clients = |proxy: Option<&Url>| Clients::new(&guard, proxy, options.timeout, options.connections);
        let direct = clients(None)?;
        let proxied = proxy.map(|proxy| clients(Some(&proxy))).transpose()?;
        Ok(Self { guard, direct, proxied, timeout: options.timeout, clock })
    }

    /// Sends the letter's request and says what came back.
    pub async fn post(&self, letter: &Letter) -> Result<Answered, Failure> {
        let deadline = Instant::now() + self.timeout;
        let post = letter.post.as_ref().ok_or_else(|| Failure::Refused("there is no request to send".to_owned()))?;
        let target = self.guard.judge(&letter.target)?;
        let response = timeout_at(deadline, self.exchange(letter, post, &target)).await.map_err(|_| self.too_late())??;
        Ok(Answered::read(response, deadline, &answer::secrets(post, &target.url), self.clock.now()).await)
    }

    async fn exchange(&self, letter: &Letter, post: &Post, target: &Target) -> Result<Response, Failure> {
        let headers = self.headers(letter, post)?;
        let clients = if post.system_proxy { self.through_proxy(target).await? } else { &self.direct };
        // Not by a builder, which would copy the header fields one by one.
        let mut request = Request::new(Method::POST, target.url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(post.body.clone().into());
        clients.of(target).execute(request).await.map_err(|error| self.failure(error))
    }

    /// The clients that use the proxy, once the target has been judged here as well.
    ///
    /// A proxy that resolves names itself (HTTP, `socks5h`) may see other addresses than we do, or
    /// see some where we see none; which of them it connects to cannot be known here. What it must
    /// not reach is then for its own rules to say. With `socks5` it is given the judged address.
    async fn through_proxy(&self, target: &Target) -> Result<&Clients, Failure> {
        let clients = self.proxied.as_ref().ok_or_else(|| Failure::Refused("no proxy is configured".to_owned()))?;
        let name = target.url.host_str().unwrap_or_default();
        match self.guard.addresses(name, target.named).await {
            Err(Unresolved::Refused(refused)) => Err(refused.into()),
            // Names that only the proxy knows are the usual reason to have one.
            Ok(_) | Err(Unresolved::Failed(_)) => Ok(clients),
        }
    }

    /// All header fields but those of the connection. What was checked before is checked again:
    /// here is where it would do harm.
    fn headers(&self, letter: &Letter, post: &Post) -> Result<HeaderMap, Failure> {
        let malformed = || Failure::Refused("a header field may not be sent".to_owned());
        if post.headers.len() > MOST_HEADERS {
            return Err(Failure::Refused("there are too many header fields".to_owned()));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &post.headers {
            if check_header_name(name).or(check_header_value(value)).is_some() {
                return Err(malformed());
            }
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| malformed())?;
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).map_err(|_| malformed())?);
        }
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        let id = letter.id.to_string();
        if let Some(secret) = &post.secret {
            let sent_at = self.clock.now().timestamp();
            let signature = signature::sign(secret, &id, sent_at, &post.body)
                .ok_or_else(|| Failure::Refused("the secret is not of the form whsec_ and base64".to_owned()))?;
            headers.insert("webhook-timestamp", sent_at.into());
            headers.insert("webhook-signature", HeaderValue::from_str(&signature).map_err(|_| malformed())?);
        }
        headers.insert("webhook-id", HeaderValue::from_str(&id).map_err(|_| malformed())?);
        Ok(headers)
    }

    /// What a failed call means. The library's own text holds the URL, and that may hold a secret:
    /// only the innermost cause is told.
    fn failure(&self, error: reqwest::Error) -> Failure {
        if error.is_builder() {
            return Failure::Refused("the request is malformed".to_owned());
        }
        if error.is_timeout() {
            return self.too_late();
        }
        let mut cause: &dyn Error = &error;
        while let Some(source) = cause.source() {
            cause = source;
            if let Some(refused) = cause.downcast_ref::<Refused>() {
                return (*refused).into();
            }
        }
        let cause = if cause.is::<reqwest::Error>() { "the request failed".to_owned() } else { cause.to_string() };
        Failure::Unreachable(text::excerpt(&text::one_line(&cause), 200))
    }

    fn too_late(&self) -> Failure {
        Failure::Unreachable(format!("no answer within {} s", self.timeout.as_secs_f32()))
    }
}

#[async_trait]
impl Channel for Webhook {
    fn name(&self) -> Name {
        Name::Http
    }

    /// Host and port: no receiver waits for another, and one receiver's URLs wait together.
    fn lane(&self, target: &str) -> String {
        let host_and_port = |url: Url| {
            let host = url.host_str()?.trim_end_matches('.').to_owned();
            Some(format!("{host}:{}", url.port_or_known_default()?))
        };
        Url::parse(target.trim()).ok().and_then(host_and_port).unwrap_or_else(|| "malformed".to_owned())
    }

    /// As Standard Webhooks has it: 2xx is delivered, 410 means gone, and every other answer is
    /// tried again, 4xx too, because receivers answer so while they are being put in order
    /// (a wrong token, a route not there yet) and the schedule gives them days for it.
    async fn attempt(&self, letter: &Letter) -> Attempt {
        match self.post(letter).await {
            Ok(answered) => {
                let verdict = match answered.status {
                    200..=299 => Verdict::Delivered,
                    410 => Verdict::Gone,
                    _ => Verdict::Retry { after: answered.retry_after },
                };
                Attempt { verdict, answer: answered.to_string() }
            }
            Err(Failure::Refused(why)) => Attempt::rejected(why),
            Err(Failure::Unreachable(why)) => Attempt::retry(why),
        }
    }
}

fn read_proxy(url: &str) -> Result<Url, BadSetting> {
    let url = Url::parse(url).map_err(|_| unusable_proxy())?;
    if matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.has_host() { Ok(url) } else { Err(unusable_proxy()) }
}

#[cfg(test)]
mod tests {
    use campanile_domain::SystemClock;

    use super::*;

    #[test]
    fn lanes_are_hosts_with_ports() {
        let webhook = Webhook::new(Guard::new(&[]).unwrap(), &WebhookOptions::default(), Arc::new(SystemClock)).unwrap();
        for (target, lane) in [
            ("https://A.example/x?y", "a.example:443"),
            ("https://a.example.:443/z", "a.example:443"),
            ("http://a.example", "a.example:80"),
            ("http://0x7f.1:8080/", "127.0.0.1:8080"),
            ("http://[::1]/", "[::1]:80"),
            ("nonsense", "malformed"),
        ] {
            assert_eq!(webhook.lane(target), lane, "{target}");
        }
    }

    #[test]
    fn a_proxy_is_of_a_known_kind_and_its_password_is_not_told() {
        for (proxy, good) in [
            ("http://proxy.internal:3128", true),
            ("https://proxy.internal", true),
            ("socks5://me:secret@127.0.0.1:1080", true),
            ("socks5h://127.0.0.1:1080", true),
            ("ftp://me:secret@proxy.internal", false),
            ("me:secret", false),
            ("", false),
        ] {
            let options = WebhookOptions { proxy: Some(proxy.to_owned()), ..WebhookOptions::default() };
            let made = Webhook::new(Guard::new(&[]).unwrap(), &options, Arc::new(SystemClock));
            assert_eq!(made.is_ok(), good, "{proxy}");
            assert!(made.err().is_none_or(|error| !error.to_string().contains("secret")));
        }
    }
}
