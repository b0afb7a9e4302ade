//! A cache of correct passwords.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use campanile_domain::{SecretHash, password::VerifiedPassword};

/// The maximum number of cached passwords.
const MAX_CACHED: usize = 10_000;

/// A cache of correct passwords. Clients send the password with each request, and verifying it takes tens of
/// milliseconds.
#[derive(Default)]
pub struct PasswordCache(Mutex<HashMap<SecretHash, VerifiedPassword>>);

impl PasswordCache {
    /// The password that these credentials were verified with.
    pub fn get(&self, credentials: SecretHash) -> Option<VerifiedPassword> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&credentials).cloned()
    }

    /// Remembers a correct password. A full cache is emptied.
    pub fn insert(&self, credentials: SecretHash, password: VerifiedPassword) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MAX_CACHED {
            remembered.clear();
        }
        remembered.insert(credentials, password);
    }
}
