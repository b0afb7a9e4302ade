//! The SMTP server that takes our mail: a few connections, kept open between letters.
//!
//! Lettre's own pool takes a connection back whatever became of the command on it. After a time-out
//! the late reply would be read as that of the next command, and a refused letter would count as
//! delivered. Here a connection is kept only when its letter was taken.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use campanile_shared::text;
use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use tokio::{net::TcpStream, sync::Semaphore};

use super::{Encryption, Smtp};
use crate::BadSetting;

/// How long a connection is kept without work. Servers wait at least five minutes (RFC 5321
/// §4.5.3.2.7), but boxes on the way may forget it sooner.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// The server, and the connections to it that nobody uses at the moment.
pub struct Relay {
    host: String,
    port: u16,
    encryption: Encryption,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    timeout: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    places: Semaphore,
}

/// Why a letter was not taken; the text is for people.
#[derive(Debug, Eq, PartialEq)]
pub enum Untaken {
    /// The server will never take it.
    Never(String),
    /// It may take it later, or nobody knows whether it did.
    NotNow(String),
}

impl Relay {
    /// The server of the settings. Nothing is connected yet.
    pub fn new(smtp: &Smtp) -> Result<Self, BadSetting> {
        let credentials = match (&smtp.user, &smtp.password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.clone())),
            _ => return Err(BadSetting("SMTP: a user goes with a password".to_owned())),
        };
        Ok(Self {
            host: smtp.host.clone(),
            port: smtp.port,
            encryption: smtp.tls,
            tls: tls(smtp)?,
            credentials,
            timeout: smtp.timeout,
            idle: Mutex::default(),
            places: Semaphore::new(smtp.connections.max(1)),
        })
    }

    /// Hands over a message; the server's reply when it took it.
    pub async fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<String, Untaken> {
        let too_late = |_| Untaken::NotNow(format!("no answer within {} s", self.timeout.as_secs_f32()));
        // Whatever is cut off here drops its connection with it.
        tokio::time::timeout(self.timeout, self.hand_over(envelope, message)).await.map_err(too_late)?
    }

    async fn hand_over(&self, envelope: &Envelope, message: &[u8]) -> Result<String, Untaken> {
        let _place = self.places.acquire().await.map_err(|closed| Untaken::NotNow(closed.to_string()))?;
        let mut connection = self.begun(envelope, message).await?;
        let response = finish(&mut connection, envelope, message).await.map_err(judge)?;
        let line = response.message().collect::<Vec<_>>().join(" ");
        self.lock().push((connection, Instant::now()));
        Ok(harmless(&format!("{} {line}", response.code())))
    }

    /// A connection on which the letter has been begun. One that was kept may have ended meanwhile:
    /// then nothing has happened yet, and another is taken.
    async fn begun(&self, envelope: &Envelope, message: &[u8]) -> Result<AsyncSmtpConnection, Untaken> {
        while let Some(mut kept) = self.kept() {
            if begin(&mut kept, envelope, message).await.is_ok() {
                return Ok(kept);
            }
        }
        // Whatever the server says before it has seen the letter is not about the letter.
        let mut fresh = self.connect().await.map_err(Untaken::NotNow)?;
        begin(&mut fresh, envelope, message).await?;
        Ok(fresh)
    }

    /// A connection that was kept and is not too old.
    fn kept(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.lock();
        loop {
            let (connection, since) = idle.pop()?;
            if since.elapsed() < LONGEST_IDLE {
                return Some(connection);
            }
        }
    }

    /// A new connection, or why there is none, for people.
    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let us = ClientId::default();
        let server = (&*self.host, self.port);
        let mut connection = match self.encryption {
            Encryption::Tls => {
                AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &us, Some(self.tls.clone()), None).await.map_err(said)?
            }
            Encryption::None | Encryption::StartTls => {
                let stream = TcpStream::connect(server).await.map_err(unreached)?;
                // The end of a letter is a write of its own, which would wait (Nagle) until the server
                // confirms the rest of it, and servers delay that: 40 ms of nothing for each letter.
                stream.set_nodelay(true).map_err(unreached)?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &us).await.map_err(said)?
            }
        };
        if self.encryption == Encryption::StartTls {
            // Fails when the server does not offer it: nobody in between can talk us out of it.
            connection.starttls(self.tls.clone(), &us).await.map_err(said)?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(said)?;
        }
        Ok(connection)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first command of a letter, which is also the question whether the connection is still there.
async fn begin(connection: &mut AsyncSmtpConnection, envelope: &Envelope, message: &[u8]) -> Result<(), Untaken> {
    let mut parameters = Vec::new();
    if !envelope.to().iter().all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Untaken::Never("the server takes no addresses beyond ASCII".to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        if !connection.server_info().supports_feature(Extension::EightBitMime) {
            return Err(Untaken::NotNow("the server takes no text beyond ASCII".to_owned()));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await.map(drop).map_err(judge)
}

/// The rest of a letter.
async fn finish(connection: &mut AsyncSmtpConnection, envelope: &Envelope, message: &[u8]) -> Result<Response, Error> {
    for address in envelope.to() {
        connection.command(Rcpt::new(address.clone(), Vec::new())).await?;
    }
    connection.command(Data).await?;
    connection.message(message).await
}

fn tls(smtp: &Smtp) -> Result<TlsParameters, BadSetting> {
    let mut builder = TlsParameters::builder(smtp.host.clone());
    if let Some(path) = &smtp.ca {
        let unusable = |error: &dyn std::fmt::Display| BadSetting(format!("the certificates of {}: {error}", path.display()));
        let pem = std::fs::read(path).map_err(|error| unusable(&error))?;
        // Those and no others: who names an authority means that one.
        builder = builder.certificate_store(CertificateStore::None);
        let certificates = split_pem(&String::from_utf8_lossy(&pem));
        if certificates.is_empty() {
            return Err(unusable(&"it holds none"));
        }
        for certificate in certificates {
            builder = builder.add_root_certificate(Certificate::from_pem(certificate.as_bytes()).map_err(|error| unusable(&error))?);
        }
    }
    builder.build_rustls().map_err(|error| BadSetting(format!("TLS: {error}")))
}

/// The certificates of a file of several.
fn split_pem(text: &str) -> Vec<String> {
    const END: &str = "-----END CERTIFICATE-----";
    text.split_inclusive(END).filter(|part| part.contains(END)).map(str::to_owned).collect()
}

/// What an error during a letter means. A reply of 5xx is for good, except where it is about our
/// signing in (RFC 4954 §6), which the operator can put in order.
fn judge(error: Error) -> Untaken {
    let about_us = error.status().is_some_and(|code| ["530", "534", "535", "538"].contains(&&*code.to_string()));
    if error.is_permanent() && !about_us { Untaken::Never(said(error)) } else { Untaken::NotNow(said(error)) }
}

/// What the server said, or else what went wrong.
fn said(error: Error) -> String {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    match (error.status(), cause) {
        (Some(code), cause) => harmless(&format!("{code} {}", cause.unwrap_or_default())),
        (None, _) => harmless(&error.to_string()),
    }
}

fn unreached(error: std::io::Error) -> String {
    harmless(&format!("Connection error: {error}"))
}

fn harmless(line: &str) -> String {
    text::excerpt(&text::one_line(line), 300)
}
