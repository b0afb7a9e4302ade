//! Opens connections to the SMTP server: TCP, encryption and authentication.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters},
    extension::ClientId,
};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{Encryption, Smtp};
use crate::{SettingError, tls};

/// What is needed to connect to the SMTP server.
pub struct Connector {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
}

enum Security {
    None,
    StartTls(TlsParameters),
    Tls(TlsConnector, ServerName<'static>),
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The server could not be reached, or TLS failed.
    #[error("Connection error: {0}")]
    Network(#[from] io::Error),
    /// The server refused a command, or did not answer as SMTP requires.
    #[error(transparent)]
    Smtp(#[from] Error),
}

impl Connector {
    /// Checks the settings without connecting.
    pub fn new(smtp: &Smtp) -> Result<Self, SettingError> {
        let credentials = match (&smtp.user, &smtp.password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.clone())),
            _ => return Err(SettingError("SMTP: user and password must be set together".to_owned())),
        };
        let trusted = trusted_certificates(smtp)?;
        let security = match smtp.tls {
            Encryption::None => Security::None,
            Encryption::StartTls => Security::StartTls(starttls_parameters(&smtp.host, trusted)?),
            Encryption::Tls => {
                let name = ServerName::try_from(smtp.host.clone()).map_err(|error| SettingError(format!("SMTP: the host: {error}")))?;
                Security::Tls(tls_connector(trusted)?, name)
            }
        };
        Ok(Self { host: smtp.host.clone(), port: smtp.port, security, credentials })
    }

    /// Opens a connection that is ready for an e-mail. The caller limits the time.
    pub async fn connect(&self) -> Result<AsyncSmtpConnection, ConnectError> {
        let us = ClientId::default();
        let stream = TcpStream::connect((&*self.host, self.port)).await?;
        // The end of a message is a separate write. Nagle's algorithm would delay it until the server acknowledges the rest,
        // which servers do after 40 ms.
        stream.set_nodelay(true)?;
        let stream: Box<dyn AsyncTokioStream> = match &self.security {
            Security::None | Security::StartTls(_) => Box::new(stream),
            Security::Tls(connector, name) => Box::new(Encrypted(connector.connect(name.clone(), stream).await?)),
        };
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &us).await?;
        if let Security::StartTls(parameters) = &self.security {
            // Fails if the server does not offer it, so that no one in between can prevent encryption.
            connection.starttls(parameters.clone(), &us).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// The certificates of the operator's file. `None` means the operating system's roots.
fn trusted_certificates(smtp: &Smtp) -> Result<Option<Vec<CertificateDer<'static>>>, SettingError> {
    let Some(path) = &smtp.ca else { return Ok(None) };
    let unusable = |error: &dyn fmt::Display| SettingError(format!("the certificate file {}: {error}", path.display()));
    let pem = std::fs::read(path).map_err(|error| unusable(&error))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|error| unusable(&error))?;
    if certificates.is_empty() {
        return Err(unusable(&"it contains no certificate"));
    }
    Ok(Some(certificates))
}

fn starttls_parameters(host: &str, trusted: Option<Vec<CertificateDer<'static>>>) -> Result<TlsParameters, SettingError> {
    let invalid = |error: Error| SettingError(format!("TLS: {error}"));
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(certificates) = trusted {
        // Trust only these certificates.
        builder = builder.certificate_store(CertificateStore::None);
        for certificate in certificates {
            builder = builder.add_root_certificate(Certificate::from_der(certificate.to_vec()).map_err(invalid)?);
        }
    }
    builder.build_rustls().map_err(invalid)
}

fn tls_connector(trusted: Option<Vec<CertificateDer<'static>>>) -> Result<TlsConnector, SettingError> {
    let roots = match trusted {
        None => tls::system_roots(),
        Some(certificates) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates {
                roots.add(certificate).map_err(|error| SettingError(format!("TLS: {error}")))?;
            }
            roots
        }
    };
    Ok(TlsConnector::from(Arc::new(tls::client_config(roots)?)))
}

/// A connection with implicit TLS. Lettre can open one too, but then Nagle's algorithm cannot be disabled, and an e-mail takes
/// 54 ms instead of 2 ms.
#[derive(Debug)]
struct Encrypted(TlsStream<TcpStream>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
