//! The port to the delivery channels, such as e-mail and HTTP.
//!
//! A channel makes one attempt and reports the result. It knows nothing of retry schedules, leases or the
//! store; the outbox decides when to try again.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use campanile_shared::{Channel as Name, Language};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Notification;

/// One delivery channel.
#[async_trait]
pub trait Channel: Send + Sync + 'static {
    /// Which channel this is.
    fn name(&self) -> Name;

    /// The queue of a target, such as the host of a URL. Queues do not delay one another, and each runs only
    /// a few attempts at once.
    fn queue(&self, target: &str) -> String;

    /// Makes one attempt. It ends within a bounded time and reads a bounded response.
    async fn attempt(&self, letter: &OutgoingMessage) -> AttemptResult;
}

/// A message to deliver, which the channel writes in its own format.
#[derive(Clone, Debug)]
pub struct OutgoingMessage {
    /// The delivery's id. It is the same for every attempt, so that the receiver can drop repeats.
    pub id: Uuid,
    /// The tenant's name.
    pub tenant: String,
    /// The e-mail address or URL.
    pub target: String,
    /// The recipient, if the message is for one person.
    pub recipient: Option<Recipient>,
    /// The notification it is about.
    pub notification: Option<Arc<Notification>>,
    /// The request, for HTTP.
    pub request: Option<HttpRequest>,
}

/// The person a message is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recipient {
    /// The tenant's display name.
    pub tenant: String,
    /// The display name.
    pub name: String,
    /// Languages that the person reads, the preferred one first, the tenant's last.
    pub languages: Vec<Language>,
    /// A token that lets the person unsubscribe from this mail without signing in.
    pub unsubscribe_token: String,
}

/// A validated POST request: no header field contains a line break or belongs to the connection.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct HttpRequest {
    /// Header fields, as name and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Whether to use the operator's proxy.
    #[serde(default)]
    pub system_proxy: bool,
    /// The signing key (Standard Webhooks), in the receiver's form: `whsec_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

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

/// The configured channels.
#[derive(Clone, Default)]
pub struct Channels(Arc<HashMap<Name, Arc<dyn Channel>>>);

impl Channels {
    /// A set of channels.
    pub fn new(channels: impl IntoIterator<Item = Arc<dyn Channel>>) -> Self {
        Self(Arc::new(channels.into_iter().map(|channel| (channel.name(), channel)).collect()))
    }

    /// The channel with this name, if it is configured.
    pub fn get(&self, name: Name) -> Option<&Arc<dyn Channel>> {
        self.0.get(&name)
    }

    /// The queue of a target; the target itself if its channel is not configured.
    pub fn queue(&self, name: Name, target: &str) -> String {
        self.get(name).map_or_else(|| target.to_owned(), |channel| channel.queue(target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A channel whose queues begin with its name.
    struct Sample(Name);

    #[async_trait]
    impl Channel for Sample {
        fn name(&self) -> Name {
            self.0
        }

        fn queue(&self, target: &str) -> String {
            format!("{}:{target}", self.0.name())
        }

        async fn attempt(&self, _: &OutgoingMessage) -> AttemptResult {
            AttemptResult::delivered("taken")
        }
    }

    #[test]
    fn a_channel_is_found_by_its_name() {
        let channels = Channels::new([Name::Email, Name::Http].map(|name| Arc::new(Sample(name)) as Arc<dyn Channel>));
        for name in Name::ALL {
            assert_eq!(channels.get(name).map(|found| found.name()), Some(name).filter(|name| *name != Name::Portal));
        }
        assert_eq!(channels.queue(Name::Http, "x"), "http:x");
        assert_eq!(channels.queue(Name::Email, "x"), "email:x");
        assert_eq!(channels.queue(Name::Portal, "x"), "x", "no channel of this name");
    }

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
