//! Builds the channels and the outbox options from the settings.

use std::{sync::Arc, time::Duration};

use campanile_channels::{BadSetting, Email, EmailOptions, Guard, Pictures, Sink, Smtp, Webhook, WebhookOptions};
use campanile_domain::{
    Clock,
    channel::{Channel, Channels},
    outbox::OutboxOptions,
};
use campanile_shared::Channel as Name;

use crate::config::{Config, Encryption};

/// The most concurrent requests to one host.
const PER_HOST: u32 = 8;

/// All channels: email and HTTP.
pub fn channels(config: &Config, clock: &Arc<dyn Clock>) -> Result<Channels, BadSetting> {
    Ok(Channels::new([mail(config, clock)?, Arc::new(webhook(config, clock)?) as Arc<dyn Channel>]))
}

fn mail(config: &Config, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Channel>, BadSetting> {
    let mail = &config.mail;
    let options = EmailOptions { from: mail.from.clone(), public_url: Some(config.public_url()) };
    if mail.host.is_empty() {
        return Ok(Arc::new(Sink::new(&options, &config.store.data, clock.clone())?));
    }
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let smtp = Smtp {
        host: mail.host.clone(),
        port: mail.port,
        tls: match mail.encryption {
            Encryption::None => campanile_channels::Encryption::None,
            Encryption::Starttls => campanile_channels::Encryption::StartTls,
            Encryption::Tls => campanile_channels::Encryption::Tls,
        },
        user: given(&mail.user),
        password: given(&mail.password),
        ca: Some(mail.ca.clone()).filter(|ca| !ca.as_os_str().is_empty()),
        connections: mail.connections as usize,
        ..Smtp::default()
    };
    Ok(Arc::new(Email::new(&options, &smtp, clock.clone())?))
}

/// The channel that sends HTTP POST requests.
pub fn webhook(config: &Config, clock: &Arc<dyn Clock>) -> Result<Webhook, BadSetting> {
    let outgoing = &config.outgoing;
    let proxy = Some(outgoing.proxy.clone()).filter(|proxy| !proxy.is_empty());
    let options = WebhookOptions { proxy, timeout: Duration::from_secs(outgoing.timeout), connections: PER_HOST as usize };
    Webhook::new(Guard::new(&outgoing.allow)?, &options, clock.clone())
}

/// The fetcher of thumbnails. `None` when `outgoing.thumbnails` is off.
pub fn pictures(config: &Config) -> Result<Option<Pictures>, BadSetting> {
    let outgoing = &config.outgoing;
    let fetcher = || Pictures::new(Guard::new(&outgoing.allow)?, Duration::from_secs(outgoing.timeout));
    outgoing.thumbnails.then(fetcher).transpose()
}

/// The options of the outbox: its lease, and how many deliveries each channel makes at a time.
pub fn options(config: &Config) -> OutboxOptions {
    OutboxOptions {
        lease: Duration::from_secs(config.outgoing.lease),
        widths: vec![(Name::Email, config.mail.connections), (Name::Http, PER_HOST)],
        ..OutboxOptions::default()
    }
}
