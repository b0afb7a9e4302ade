//! The HTTP channel: sends one POST to a URL, with the guard and a time limit.
//!
//! It follows Standard Webhooks (<https://www.standardwebhooks.com>). Redirects are not followed and bodies are not
//! decompressed. Only the status decides the result; the first characters of the body are stored for people.

mod redaction;
mod response;
mod retry_after;
mod signature;

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use campanile_domain::{
    Clock,
    model::{
        attempt_result::{AttemptOutcome, AttemptResult},
        http_request::HttpRequest,
    },
    ports::channel::{Channel, OutgoingMessage},
};
use campanile_shared::{
    Channel as Name,
    http_header::{check_header_name, check_header_value},
    limits::MAX_HEADERS,
    text,
};
use reqwest::{
    Method, Request, Response, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
pub use response::WebhookResponse;
use tokio::time::{Instant, timeout_at};

use crate::{
    SettingError, SsrfGuard, Target, UrlRefused,
    http_clients::{HttpClients, invalid_proxy},
    ssrf_guard::ResolveError,
};

/// The settings of the HTTP channel.
#[derive(Clone)]
pub struct WebhookOptions {
    /// The operator's proxy, used by requests that ask for it: a URL of scheme `http`, `https`, `socks5` (the server resolves
    /// names) or `socks5h` (the proxy resolves names).
    pub proxy: Option<String>,
    /// The time limit of one attempt, from the DNS lookup to the end of the response.
    pub timeout: Duration,
    /// The most concurrent requests to one host, and idle connections kept open for them.
    pub requests_per_host: u32,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self { proxy: None, timeout: Duration::from_secs(10), requests_per_host: 8 }
    }
}

impl fmt::Debug for WebhookOptions {
    /// Omits the proxy URL, which may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("WebhookOptions");
        shown.field("proxy", &self.proxy.is_some()).field("timeout", &self.timeout);
        shown.field("requests_per_host", &self.requests_per_host).finish()
    }
}

/// The HTTP channel.
pub struct Webhook {
    guard: SsrfGuard,
    direct: HttpClients,
    proxied: Option<HttpClients>,
    timeout: Duration,
    requests_per_host: u32,
    clock: Arc<dyn Clock>,
}

/// Why there is no response.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WebhookError {
    /// The request is never sent: the guard refuses it, or it is malformed.
    #[error("{0}")]
    Refused(String),
    /// The receiver could not be reached or did not answer in time.
    #[error("{0}")]
    Unreachable(String),
}

impl From<UrlRefused> for WebhookError {
    fn from(refused: UrlRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl Webhook {
    /// Creates the channel with this guard.
    pub fn new(guard: SsrfGuard, options: &WebhookOptions, clock: Arc<dyn Clock>) -> Result<Self, SettingError> {
        let proxy = options.proxy.as_deref().map(parse_proxy_url).transpose()?;
        let clients = |proxy: Option<&Url>| HttpClients::new(&guard, proxy, options.timeout, options.requests_per_host as usize);
        let direct = clients(None)?;
        let proxied = proxy.map(|proxy| clients(Some(&proxy))).transpose()?;
        let WebhookOptions { timeout, requests_per_host, .. } = *options;
        Ok(Self { guard, direct, proxied, timeout, requests_per_host, clock })
    }

    /// Sends the request and returns the response.
    pub async fn post(&self, outgoing: &OutgoingMessage) -> Result<WebhookResponse, WebhookError> {
        let deadline = Instant::now() + self.timeout;
        let post = outgoing.request.as_ref().ok_or_else(|| WebhookError::Refused("there is no request to send".to_owned()))?;
        let target = self.guard.check_url(&outgoing.target)?;
        let response = timeout_at(deadline, self.send_request(outgoing, post, &target)).await.map_err(|_| self.timeout_error())??;
        Ok(WebhookResponse::read(response, deadline, &redaction::values_to_redact(post, &target.url), self.clock.now()).await)
    }

    async fn send_request(&self, outgoing: &OutgoingMessage, post: &HttpRequest, target: &Target) -> Result<Response, WebhookError> {
        let headers = self.headers(outgoing, post)?;
        let clients = if post.system_proxy { self.proxy_clients(target).await? } else { &self.direct };
        // The request builder would copy each header field.
        let mut request = Request::new(Method::POST, target.url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(post.body.clone().into());
        clients.for_target(target).execute(request).await.map_err(|error| self.classify_error(error))
    }

    /// The clients that use the proxy, after the guard has checked the target here too.
    ///
    /// A proxy that resolves names itself (HTTP, `socks5h`) may get other addresses than this server, and the guard cannot
    /// know to which of them it connects. The proxy's own rules must then block internal addresses. With `socks5`, the proxy
    /// gets the checked address.
    async fn proxy_clients(&self, target: &Target) -> Result<&HttpClients, WebhookError> {
        let clients = self.proxied.as_ref().ok_or_else(|| WebhookError::Refused("no proxy is configured".to_owned()))?;
        let name = target.url.host_str().unwrap_or_default();
        match self.guard.resolve(name, target.allow_listed).await {
            Err(ResolveError::Refused(refused)) => Err(refused.into()),
            // A name that only the proxy can resolve is allowed; that is a common reason to use a proxy.
            Ok(_) | Err(ResolveError::Failed(_)) => Ok(clients),
        }
    }

    /// All header fields except those of the connection. They were validated when the notification was sent and are validated
    /// again here, where an invalid field would do harm.
    fn headers(&self, outgoing: &OutgoingMessage, post: &HttpRequest) -> Result<HeaderMap, WebhookError> {
        let malformed = || WebhookError::Refused("a header field is not allowed".to_owned());
        if post.headers.len() > MAX_HEADERS {
            return Err(WebhookError::Refused("there are too many header fields".to_owned()));
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
        let id = outgoing.id.to_string();
        if let Some(secret) = &post.secret {
            let sent_at = self.clock.now().timestamp();
            let signature = signature::sign(secret, &id, sent_at, &post.body)
                .ok_or_else(|| WebhookError::Refused("the secret is not of the form whsec_ and base64".to_owned()))?;
            headers.insert("webhook-timestamp", sent_at.into());
            headers.insert("webhook-signature", HeaderValue::from_str(&signature).map_err(|_| malformed())?);
        }
        headers.insert("webhook-id", HeaderValue::from_str(&id).map_err(|_| malformed())?);
        Ok(headers)
    }

    /// Converts a request error. Reqwest's error text contains the URL, which may contain a secret, so only the innermost cause
    /// is reported.
    fn classify_error(&self, error: reqwest::Error) -> WebhookError {
        if error.is_builder() {
            return WebhookError::Refused("the request is malformed".to_owned());
        }
        if error.is_timeout() {
            return self.timeout_error();
        }
        let mut cause: &dyn Error = &error;
        while let Some(source) = cause.source() {
            cause = source;
            if let Some(refused) = cause.downcast_ref::<UrlRefused>() {
                return (*refused).into();
            }
        }
        let cause = if cause.is::<reqwest::Error>() { "the request failed".to_owned() } else { cause.to_string() };
        WebhookError::Unreachable(text::excerpt(&text::one_line(&cause), 200))
    }

    fn timeout_error(&self) -> WebhookError {
        WebhookError::Unreachable(format!("no answer within {} s", self.timeout.as_secs_f32()))
    }
}

#[async_trait]
impl Channel for Webhook {
    fn name(&self) -> Name {
        Name::Http
    }

    /// Host and port, so that all URLs of a receiver share a queue and receivers do not wait for each other.
    fn queue(&self, target: &str) -> String {
        let host_and_port = |url: Url| {
            let host = url.host_str()?.trim_end_matches('.').to_owned();
            Some(format!("{host}:{}", url.port_or_known_default()?))
        };
        Url::parse(target.trim()).ok().and_then(host_and_port).unwrap_or_else(|| "malformed".to_owned())
    }

    fn concurrency(&self) -> u32 {
        self.requests_per_host
    }

    /// As in Standard Webhooks, 2xx means delivered and 410 means gone. Every other status is retried, 4xx too: receivers return
    /// it while they are misconfigured (a wrong token, a missing route), and the retry schedule gives them days to fix it.
    async fn attempt(&self, outgoing: &OutgoingMessage) -> AttemptResult {
        match self.post(outgoing).await {
            Ok(answered) => {
                let verdict = match answered.status {
                    200..=299 => AttemptOutcome::Delivered,
                    410 => AttemptOutcome::Gone,
                    _ => AttemptOutcome::Retry { after: answered.retry_after },
                };
                AttemptResult { outcome: verdict, detail: answered.to_string() }
            }
            Err(WebhookError::Refused(why)) => AttemptResult::rejected(why),
            Err(WebhookError::Unreachable(why)) => AttemptResult::retry(why),
        }
    }
}

fn parse_proxy_url(url: &str) -> Result<Url, SettingError> {
    let url = Url::parse(url).map_err(|_| invalid_proxy())?;
    if matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.has_host() { Ok(url) } else { Err(invalid_proxy()) }
}

#[cfg(test)]
mod tests {
    use campanile_domain::SystemClock;

    use super::*;

    #[test]
    fn lanes_are_hosts_with_ports() {
        let webhook = Webhook::new(SsrfGuard::new(&[]).unwrap(), &WebhookOptions::default(), Arc::new(SystemClock)).unwrap();
        for (target, lane) in [
            ("https://A.example/x?y", "a.example:443"),
            ("https://a.example.:443/z", "a.example:443"),
            ("http://a.example", "a.example:80"),
            ("http://0x7f.1:8080/", "127.0.0.1:8080"),
            ("http://[::1]/", "[::1]:80"),
            ("nonsense", "malformed"),
        ] {
            assert_eq!(webhook.queue(target), lane, "{target}");
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
            let made = Webhook::new(SsrfGuard::new(&[]).unwrap(), &options, Arc::new(SystemClock));
            assert_eq!(made.is_ok(), good, "{proxy}");
            assert!(made.err().is_none_or(|error| !error.to_string().contains("secret")));
        }
    }
}
