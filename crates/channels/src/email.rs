//! The e-mail channel: one e-mail per person, in the person's language, sent through one SMTP server. Without an SMTP server,
//! [`FileTransport`] writes the e-mails to files.

mod composer;
mod content;
mod file_transport;
mod html;
mod plain;
mod smtp_connection;
mod smtp_pool;
mod smtp_reply;
mod texts;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use campanile_domain::{
    Clock,
    model::attempt_result::AttemptResult,
    ports::channel::{Channel, OutgoingMessage},
};
use campanile_shared::Channel as Name;
use composer::Composer;
pub use file_transport::FileTransport;
use smtp_pool::SmtpPool;
use smtp_reply::SmtpError;
pub use texts::{EmailTexts, choose_texts as words};

use crate::SettingError;

/// All e-mail uses one queue, because it goes through one server.
const QUEUE: &str = "smtp";

/// Settings of e-mails that do not depend on how they are sent.
#[derive(Clone, Debug)]
pub struct EmailOptions {
    /// The sender: `Campanile <noreply@example.com>`, or only an address.
    pub from: String,
    /// The public URL of the console, such as `https://example.com/campanile`. Without it, e-mails have no link to the inbox
    /// and no link to unsubscribe.
    pub public_url: Option<String>,
}

/// The settings of the SMTP server.
#[derive(Clone)]
pub struct Smtp {
    /// Host name or address.
    pub host: String,
    /// Port: usually 587 with STARTTLS, 465 with TLS.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Encryption,
    /// The user to authenticate as. It requires a password.
    pub user: Option<String>,
    /// The password of the user.
    pub password: Option<String>,
    /// A PEM file with the certificates to trust instead of the operating system's roots, for a server with a private
    /// certificate authority.
    pub ca: Option<PathBuf>,
    /// The most connections at the same time.
    pub connections: u32,
    /// The time limit of one attempt.
    pub timeout: Duration,
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            tls: Encryption::StartTls,
            user: None,
            password: None,
            ca: None,
            connections: 4,
            timeout: Duration::from_secs(30),
        }
    }
}

/// How a connection to the SMTP server is encrypted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Encryption {
    /// No encryption, for a server on the same machine.
    None,
    /// STARTTLS (RFC 3207). A server that does not offer it gets no e-mail.
    #[default]
    StartTls,
    /// Implicit TLS (RFC 8314).
    Tls,
}

/// The e-mail channel that sends through an SMTP server.
pub struct Email {
    composer: Composer,
    pool: SmtpPool,
    connections: u32,
}

impl Email {
    /// Creates the channel. It connects to the server when the first e-mail is sent.
    pub fn new(options: &EmailOptions, smtp: &Smtp, clock: Arc<dyn Clock>) -> Result<Self, SettingError> {
        Ok(Self { composer: Composer::new(options, clock)?, pool: SmtpPool::new(smtp)?, connections: smtp.connections })
    }
}

#[async_trait]
impl Channel for Email {
    fn name(&self) -> Name {
        Name::Email
    }

    fn queue(&self, _: &str) -> String {
        QUEUE.to_owned()
    }

    fn concurrency(&self) -> u32 {
        self.connections
    }

    /// If the connection breaks after the message was sent, it is unknown whether the server accepted it. The e-mail is then
    /// sent again with the same Message-ID, so that mail programs can drop the repeat.
    async fn attempt(&self, outgoing: &OutgoingMessage) -> AttemptResult {
        let message = match self.composer.compose(outgoing) {
            Ok(message) => message,
            Err(why) => return AttemptResult::rejected(why),
        };
        match self.pool.send(message.envelope(), &message.formatted()).await {
            Ok(reply) => AttemptResult::delivered(reply),
            Err(SmtpError::Permanent(why)) => AttemptResult::rejected(why),
            Err(SmtpError::Transient(why)) => AttemptResult::retry(why),
        }
    }
}
