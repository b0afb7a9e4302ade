//! One attempt to send: a draft and the key that lets the server tell a repeat from a new
//! notification. It outlives failures, reloads and closed tabs, so that trying again never sends
//! twice.

use campanile_shared::Draft;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A draft on its way.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Attempt {
    /// The `Idempotency-Key`.
    pub key: Uuid,
    /// What it stands for, as JSON: a key means one body.
    #[serde(default)]
    pub body: String,
}

impl Attempt {
    /// The attempt to make for a draft: the one before when it was for the very same draft, or a
    /// new one under the key that `fresh` makes.
    pub fn begin(before: Option<&Self>, draft: &Draft, fresh: impl FnOnce() -> Uuid) -> Self {
        // Nothing in a draft can keep it from being written.
        let body = serde_json::to_string(draft).unwrap_or_default();
        match before {
            Some(before) if before.body == body => before.clone(),
            _ => Self { key: fresh(), body },
        }
    }
}

/// A random key (UUIDv4).
pub fn fresh_key() -> Uuid {
    let mut bytes = [0; 16];
    // Browsers have random numbers on every page, unlike `crypto.randomUUID`, which asks for TLS.
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
