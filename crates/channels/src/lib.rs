//! The delivery channels: e-mail and HTTP POST.
//!
//! They implement the domain's [`Channel`](campanile_domain::ports::channel::Channel) port. A channel makes
//! one delivery attempt and reports the result. The [`SsrfGuard`] decides which addresses an HTTP request may
//! reach. This crate knows nothing about retry schedules, the store or the HTTP server. To add a channel, add
//! a file here and register it in the server.

mod email;
mod http_clients;
mod setting_error;
mod ssrf_guard;
mod text_direction;
mod thumbnail;
mod tls;
mod webhook;

pub use email::{Email, EmailOptions, EmailTexts, Encryption, FileTransport, Smtp, words};
pub use setting_error::SettingError;
pub use ssrf_guard::{Resolver, SsrfGuard, Target, UrlRefused};
pub use text_direction::direction;
pub use thumbnail::{Thumbnail, ThumbnailFetcher};
pub use webhook::{Webhook, WebhookError, WebhookOptions, WebhookResponse};
