//! TLS for calls that leave the house: ring, and the operating system's roots of trust, so that a
//! certificate authority the operator installed counts here too.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::BadSetting;

/// The configuration of HTTPS clients. Without any root nothing is trusted, which shows at the
/// first call and need not keep the server from starting.
pub fn client() -> Result<ClientConfig, BadSetting> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| BadSetting(format!("TLS: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
