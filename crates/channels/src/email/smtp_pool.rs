//! A pool of connections to the SMTP server.
//!
//! Lettre's own pool was tried. It reuses a connection even if the caller gave up on a reply. It reads the late reply as the
//! reply to the next command, so that a refused e-mail counts as delivered (a test in `tests/it/smtp_pool.rs` shows it). Lettre
//! limits the time to connect, but not the time of a reply, so the caller must give up. It also opens a connection whenever
//! none is idle, without a limit, asks the server before each e-mail whether an idle connection still works, and does not
//! disable Nagle's algorithm: an e-mail over a local connection took 48 ms instead of 2 ms.
//!
//! This pool reuses a connection only if the server accepted the last e-mail.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt},
        extension::{Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use tokio::sync::Semaphore;

use super::{
    Smtp,
    smtp_connection::Connector,
    smtp_reply::{SmtpError, classify, connect_error_text, reply_line},
};
use crate::SettingError;

/// How long an idle connection is kept. Servers wait at least five minutes (RFC 5321 §4.5.3.2.7), but firewalls and other
/// network devices may drop it sooner.
const MAX_IDLE: Duration = Duration::from_secs(30);

/// The SMTP server and the idle connections to it.
pub struct SmtpPool {
    connector: Connector,
    timeout: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    permits: Semaphore,
}

impl SmtpPool {
    /// Creates the pool without connecting.
    pub fn new(smtp: &Smtp) -> Result<Self, SettingError> {
        Ok(Self {
            connector: Connector::new(smtp)?,
            timeout: smtp.timeout,
            idle: Mutex::default(),
            permits: Semaphore::new(smtp.connections.max(1) as usize),
        })
    }

    /// Sends a message. Returns the server's reply if it accepted the message.
    pub async fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<String, SmtpError> {
        let too_late = |_| SmtpError::Transient(format!("no answer within {} s", self.timeout.as_secs_f32()));
        // A timeout drops the future and its connection with it.
        tokio::time::timeout(self.timeout, self.transmit(envelope, message)).await.map_err(too_late)?
    }

    async fn transmit(&self, envelope: &Envelope, message: &[u8]) -> Result<String, SmtpError> {
        let _permit = self.permits.acquire().await.map_err(|closed| SmtpError::Transient(closed.to_string()))?;
        let mut connection = self.open_transaction(envelope, message).await?;
        let response = send_recipients_and_data(&mut connection, envelope, message).await.map_err(classify)?;
        let line = response.message().collect::<Vec<_>>().join(" ");
        self.lock().push((connection, Instant::now()));
        Ok(reply_line(&format!("{} {line}", response.code())))
    }

    /// Starts the message on a connection and returns the connection. An idle connection may have been closed by the server; then
    /// nothing was sent yet, and the next one is tried.
    async fn open_transaction(&self, envelope: &Envelope, message: &[u8]) -> Result<AsyncSmtpConnection, SmtpError> {
        while let Some(mut idle) = self.take_idle() {
            if send_mail_from(&mut idle, envelope, message).await.is_ok() {
                return Ok(idle);
            }
        }
        // An error before the server has seen the message is not about the message.
        let mut fresh = self.connector.connect().await.map_err(|error| SmtpError::Transient(connect_error_text(&error)))?;
        send_mail_from(&mut fresh, envelope, message).await?;
        Ok(fresh)
    }

    /// Takes an idle connection that is not too old.
    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.lock();
        loop {
            let (connection, since) = idle.pop()?;
            if since.elapsed() < MAX_IDLE {
                return Some(connection);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the first command of a message (`MAIL FROM`). It also shows whether the connection is still open.
async fn send_mail_from(connection: &mut AsyncSmtpConnection, envelope: &Envelope, message: &[u8]) -> Result<(), SmtpError> {
    let mut parameters = Vec::new();
    if !envelope.to().iter().all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(SmtpError::Permanent("the server accepts only ASCII addresses".to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        if !connection.server_info().supports_feature(Extension::EightBitMime) {
            return Err(SmtpError::Transient("the server accepts only ASCII text".to_owned()));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await.map(drop).map_err(classify)
}

/// Sends the rest of a message (`RCPT TO` and `DATA`).
async fn send_recipients_and_data(connection: &mut AsyncSmtpConnection, envelope: &Envelope, message: &[u8]) -> Result<Response, Error> {
    for address in envelope.to() {
        connection.command(Rcpt::new(address.clone(), Vec::new())).await?;
    }
    connection.command(Data).await?;
    connection.message(message).await
}
