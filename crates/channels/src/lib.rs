//! The ways out: what carries a notification to people and machines elsewhere.
//!
//! Implementations of the domain's [`Channel`](campanile_domain::channel::Channel) port, and the
//! [`Guard`] on where they may lead. A channel makes one attempt and says how it went; this crate
//! knows nothing of schedules, of the store, or of HTTP as a server. One new file here and one
//! entry where the server is put together add a channel.

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
