//! The delivery channels: e-mail and HTTP POST.
//!
//! They implement the domain's [`Channel`](campanile_domain::channel::Channel) port. A channel makes one delivery attempt and
//! reports the result. The [`Guard`] decides which addresses an HTTP request may reach. This crate knows nothing about retry
//! schedules, the store or the HTTP server. To add a channel, add a file here and register it in the server.

mod clients;
mod email;
mod guard;
mod picture;
mod settings;
mod tls;
mod webhook;

pub use email::{Email, EmailOptions, Encryption, Sink, Smtp, Words, direction, words};
pub use guard::{Guard, Refused, Resolver, Target};
pub use picture::{Picture, Pictures};
pub use settings::BadSetting;
pub use webhook::{Answered, Failure, Webhook, WebhookOptions};
