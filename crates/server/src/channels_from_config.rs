//! Builds the channels and the outbox options from the settings.

use std::{sync::Arc, time::Duration};

use campanile_channels::{Email, EmailOptions, FileTransport, SettingError, Smtp, SsrfGuard, ThumbnailFetcher, Webhook, WebhookOptions};
use campanile_domain::{
    Clock,
    outbox::options::OutboxOptions,
    ports::channel::{Channel, Channels},
};

use crate::config::{Config, Encryption};

/// All channels. A new one is a line here.
pub fn channels(config: &Config, clock: &Arc<dyn Clock>) -> Result<Channels, SettingError> {
    let all: [Arc<dyn Channel>; 2] = [email(config, clock)?, Arc::new(webhook(config, clock)?)];
    Ok(Channels::new(all))
}

fn email(config: &Config, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Channel>, SettingError> {
    let mail = &config.mail;
    let options = EmailOptions { from: mail.from.clone(), public_url: Some(config.public_url()) };
    if mail.host.is_empty() {
        return Ok(Arc::new(FileTransport::new(&options, &config.store.data, clock.clone())?));
    }
    let non_empty = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let smtp = Smtp {
        host: mail.host.clone(),
        port: mail.port,
        tls: match mail.encryption {
            Encryption::None => campanile_channels::Encryption::None,
            Encryption::Starttls => campanile_channels::Encryption::StartTls,
            Encryption::Tls => campanile_channels::Encryption::Tls,
        },
        user: non_empty(&mail.user),
        password: non_empty(&mail.password),
        ca: Some(mail.ca.clone()).filter(|ca| !ca.as_os_str().is_empty()),
        connections: mail.connections,
        ..Smtp::default()
    };
    Ok(Arc::new(Email::new(&options, &smtp, clock.clone())?))
}

/// The channel that sends HTTP POST requests.
pub fn webhook(config: &Config, clock: &Arc<dyn Clock>) -> Result<Webhook, SettingError> {
    let outgoing = &config.outgoing;
    let proxy = Some(outgoing.proxy.clone()).filter(|proxy| !proxy.is_empty());
    let options = WebhookOptions { proxy, timeout: Duration::from_secs(outgoing.timeout), ..WebhookOptions::default() };
    Webhook::new(SsrfGuard::new(&outgoing.allow)?, &options, clock.clone())
}

/// The fetcher of thumbnails. `None` when `outgoing.thumbnails` is off.
pub fn thumbnails(config: &Config) -> Result<Option<ThumbnailFetcher>, SettingError> {
    let outgoing = &config.outgoing;
    let fetcher = || ThumbnailFetcher::new(SsrfGuard::new(&outgoing.allow)?, Duration::from_secs(outgoing.timeout));
    outgoing.thumbnails.then(fetcher).transpose()
}

/// The options of the outbox: its lease.
pub fn outbox_options(config: &Config) -> OutboxOptions {
    OutboxOptions { lease: Duration::from_secs(config.outgoing.lease), ..OutboxOptions::default() }
}
