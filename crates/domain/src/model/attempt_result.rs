//! The result of an attempt to deliver, and what follows from it.

use std::time::Duration;

/// The result of an attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AttemptResult {
    /// What to do next.
    pub outcome: AttemptOutcome,
    /// What the receiver answered, or why it was not reached. For people; at most a few hundred characters,
    /// without secrets.
    pub detail: String,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AttemptOutcome {
    /// The receiver accepted it.
    Delivered,
    /// Try again, but not before `after` if the receiver asked for that.
    Retry {
        /// The minimum wait.
        after: Option<Duration>,
    },
    /// The receiver will never accept it.
    Rejected,
    /// The receiver accepts nothing any more: the endpoint is to be disabled (HTTP 410).
    Gone,
}

impl AttemptResult {
    /// The receiver accepted it.
    pub fn delivered(answer: impl Into<String>) -> Self {
        Self { outcome: AttemptOutcome::Delivered, detail: answer.into() }
    }

    /// Try again, according to the retry schedule.
    pub fn retry(answer: impl Into<String>) -> Self {
        Self { outcome: AttemptOutcome::Retry { after: None }, detail: answer.into() }
    }

    /// Rejected permanently.
    pub fn rejected(answer: impl Into<String>) -> Self {
        Self { outcome: AttemptOutcome::Rejected, detail: answer.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_says_what_follows_and_why() {
        let retry = AttemptOutcome::Retry { after: None };
        for (attempt, verdict) in [
            (AttemptResult::delivered("250"), AttemptOutcome::Delivered),
            (AttemptResult::retry("250"), retry),
            (AttemptResult::rejected("250"), AttemptOutcome::Rejected),
        ] {
            assert_eq!(attempt, AttemptResult { outcome: verdict, detail: "250".to_owned() });
        }
    }
}
