//! The idempotency key of a send request. It outlives errors, reloads and closed tabs, so that a retry never
//! sends twice.

use campanile_shared::SendRequest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A send request that is being sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct IdempotentRequest {
    /// The `Idempotency-Key`.
    pub key: Uuid,
    /// The request's body as JSON. A key belongs to exactly one body.
    #[serde(default)]
    pub body: String,
}

impl IdempotentRequest {
    /// The attempt for a send request: the previous one if the body is the same, otherwise a new one with the
    /// key that `new_key` returns.
    pub fn for_request(before: Option<&Self>, draft: &SendRequest, new_key: impl FnOnce() -> Uuid) -> Self {
        // Serialising a send request does not fail.
        let body = serde_json::to_string(draft).unwrap_or_default();
        match before {
            Some(before) if before.body == body => before.clone(),
            _ => Self { key: new_key(), body },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Priority, Recipients, Severity};

    fn draft(severity: Severity) -> SendRequest {
        SendRequest {
            to: vec![Recipients::Everyone],
            content: Vec::new(),
            severity,
            priority: Priority::Normal,
            component: None,
            categories: Vec::new(),
            expires_at: None,
            ..SendRequest::default()
        }
    }

    #[test]
    fn a_retry_reuses_the_idempotency_key() {
        let first = IdempotentRequest::for_request(None, &draft(Severity::Error), || Uuid::from_u128(1));
        let repeat = IdempotentRequest::for_request(Some(&first), &draft(Severity::Error), || Uuid::from_u128(2));
        assert_eq!(repeat.key, Uuid::from_u128(1));
        let other = IdempotentRequest::for_request(Some(&first), &draft(Severity::Warning), || Uuid::from_u128(2));
        assert_eq!(other.key, Uuid::from_u128(2));
    }
}
