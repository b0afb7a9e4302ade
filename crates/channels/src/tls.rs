//! TLS for outgoing requests: ring as the provider of cryptography, and the operating system's root certificates, so that
//! certificate authorities which the operator installed are trusted.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::SettingError;

/// The TLS configuration of HTTP clients. If the system has no root certificates, requests fail, but the server can still
/// start.
pub fn client_config() -> Result<ClientConfig, SettingError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingError(format!("TLS: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
