//! TLS of outgoing connections: ring as the provider of cryptography, and the operating system's root certificates, so that
//! certificate authorities which the operator installed are trusted.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::SettingError;

/// The operating system's root certificates. If there are none, connections fail, but the server can still start.
pub fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// The TLS configuration of clients that trust these root certificates.
pub fn client_config(roots: RootCertStore) -> Result<ClientConfig, SettingError> {
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingError(format!("TLS: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
