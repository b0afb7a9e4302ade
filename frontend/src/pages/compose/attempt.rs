//! The idempotency key of a send request. It outlives errors, reloads and closed tabs, so that a retry never
//! sends twice.

use campanile_shared::Draft;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A send request that is being sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Attempt {
    /// The `Idempotency-Key`.
    pub key: Uuid,
    /// The request's body as JSON. A key belongs to exactly one body.
    #[serde(default)]
    pub body: String,
}

impl Attempt {
    /// The attempt for a send request: the previous one if the body is the same, otherwise a new one with the
    /// key that `fresh` returns.
    pub fn begin(before: Option<&Self>, draft: &Draft, fresh: impl FnOnce() -> Uuid) -> Self {
        // Serialising a send request does not fail.
        let body = serde_json::to_string(draft).unwrap_or_default();
        match before {
            Some(before) if before.body == body => before.clone(),
            _ => Self { key: fresh(), body },
        }
    }
}

/// A random UUID (version 4).
pub fn fresh_key() -> Uuid {
    let mut bytes = [0; 16];
    // `crypto.getRandomValues` works on every page; `crypto.randomUUID` requires a secure context.
    let _ = web_sys::window().and_then(|window| window.crypto().ok()).map(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Priority, Recipients, Severity};

    fn draft(severity: Severity) -> Draft {
        Draft {
            to: vec![Recipients::Everyone],
            content: Vec::new(),
            severity,
            priority: Priority::Normal,
            component: None,
            categories: Vec::new(),
            expires_at: None,
            ..Draft::default()
        }
    }

    #[test]
    fn a_repeat_has_the_key_of_the_first() {
        let first = Attempt::begin(None, &draft(Severity::Error), || Uuid::from_u128(1));
        let repeat = Attempt::begin(Some(&first), &draft(Severity::Error), || Uuid::from_u128(2));
        assert_eq!(repeat.key, Uuid::from_u128(1));
        let other = Attempt::begin(Some(&first), &draft(Severity::Warning), || Uuid::from_u128(2));
        assert_eq!(other.key, Uuid::from_u128(2));
    }
}
