//! E-mail: one mail a person, in the person's language, through one SMTP server, or into files
//! while there is none.

mod composer;
mod html;
mod page;
mod plain;
mod relay;
mod sink;
mod words;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use campanile_domain::{
    Clock,
    channel::{Attempt, Channel, Letter},
};
use campanile_shared::Channel as Name;
use composer::Composer;
use relay::{Relay, Untaken};
pub use sink::Sink;
pub use words::{Words, choose as words, direction};

use crate::BadSetting;

/// All mail waits in one queue: it goes through one server.
const LANE: &str = "smtp";

/// What a mail says about us, however it is sent.
#[derive(Clone, Debug)]
pub struct EmailOptions {
    /// The sender: `Campanile <noreply@example.com>` or an address alone.
    pub from: String,
    /// Where readers reach the console, such as `https://example.com/campanile`. Without it a mail
    /// has no link to the inbox and none to end mail of its kind.
    pub public_url: Option<String>,
}

/// The SMTP server.
#[derive(Clone)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port: mostly 587 with STARTTLS, 465 with TLS.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Encryption,
    /// Whom to sign in as; goes with the password.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// A file of certificates (PEM) to trust instead of the operating system's, for a server whose
    /// authority is known nowhere else.
    pub ca: Option<PathBuf>,
    /// The most connections at once.
    pub connections: usize,
    /// The longest an attempt may take.
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
    /// Not at all: for a server on this machine.
    None,
    /// After a greeting in the clear (RFC 3207); a server that does not offer it gets no mail.
    #[default]
    StartTls,
    /// From the start (RFC 8314).
    Tls,
}

/// The channel that mails.
pub struct Email {
    composer: Composer,
    relay: Relay,
}

impl Email {
    /// The channel through this server. Nothing is connected before the first letter.
    pub fn new(options: &EmailOptions, smtp: &Smtp, clock: Arc<dyn Clock>) -> Result<Self, BadSetting> {
        Ok(Self { composer: Composer::new(options, clock)?, relay: Relay::new(smtp)? })
    }
}

#[async_trait]
impl Channel for Email {
    fn name(&self) -> Name {
        Name::Email
    }

    fn lane(&self, _: &str) -> String {
        LANE.to_owned()
    }

    /// When a connection breaks after the message was sent, nobody knows whether it was taken: it
    /// is sent again under the same Message-ID, so that mail programs can drop the repeat.
    async fn attempt(&self, letter: &Letter) -> Attempt {
        let message = match self.composer.compose(letter) {
            Ok(message) => message,
            Err(why) => return Attempt::rejected(why),
        };
        match self.relay.send(message.envelope(), &message.formatted()).await {
            Ok(reply) => Attempt::delivered(reply),
            Err(Untaken::Never(why)) => Attempt::rejected(why),
            Err(Untaken::NotNow(why)) => Attempt::retry(why),
        }
    }
}
