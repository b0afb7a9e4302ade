//! The port to the ways out: what leaves the house, and how an attempt ends.
//!
//! A channel makes one attempt and says how it went. It knows nothing of schedules, leases or
//! the store; when to try again is the outbox's business.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use campanile_shared::{Channel as Name, Language};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Notification;

/// One way out, such as e-mail or HTTP POST.
#[async_trait]
pub trait Channel: Send + Sync + 'static {
    /// Which way this is.
    fn name(&self) -> Name;

    /// The queue a target waits in, such as the host of a URL: queues do not delay one another,
    /// and each has only a few attempts running at once.
    fn lane(&self, target: &str) -> String;

    /// Makes one attempt. It ends within a bounded time and reads a bounded answer.
    async fn attempt(&self, letter: &Letter) -> Attempt;
}

/// What is to be delivered, ready to be written in the channel's own format.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The delivery's id, the same for every attempt: the receiver can drop repeats by it.
    pub id: Uuid,
    /// The tenant's name.
    pub tenant: String,
    /// The address or URL.
    pub target: String,
    /// The person it is for, where it is for one.
    pub reader: Option<Reader>,
    /// What it is about.
    pub notification: Option<Arc<Notification>>,
    /// The request, of a POST.
    pub post: Option<Post>,
}

/// The person a letter is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reader {
    /// What the tenant is called where people read it.
    pub tenant: String,
    /// The display name.
    pub name: String,
    /// Languages the person reads, the preferred first, the tenant's last.
    pub languages: Vec<Language>,
    /// A token with which the person can end mail of this kind without signing in.
    pub unsubscribe: String,
}

/// A POST, checked: no header field breaks a line or belongs to the connection.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Post {
    /// Header fields, by name and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Whether to go through the operator's proxy.
    #[serde(default)]
    pub system_proxy: bool,
    /// The key to sign with (Standard Webhooks), as the receiver knows it: `whsec_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// How an attempt went.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// What to do next.
    pub verdict: Verdict,
    /// What the other side said, or why it was not reached, for people; at most a few hundred
    /// characters and without secrets.
    pub answer: String,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The other side took it.
    Delivered,
    /// Try again, but not before this much time when the other side said so.
    Retry {
        /// The least wait.
        after: Option<Duration>,
    },
    /// It will never be taken.
    Rejected,
    /// Nothing will be taken there any more: the endpoint is to be disabled (HTTP 410).
    Gone,
}

impl Attempt {
    /// Taken.
    pub fn delivered(answer: impl Into<String>) -> Self {
        Self { verdict: Verdict::Delivered, answer: answer.into() }
    }

    /// To be tried again by the schedule.
    pub fn retry(answer: impl Into<String>) -> Self {
        Self { verdict: Verdict::Retry { after: None }, answer: answer.into() }
    }

    /// Refused for good.
    pub fn rejected(answer: impl Into<String>) -> Self {
        Self { verdict: Verdict::Rejected, answer: answer.into() }
    }
}

/// The channels there are.
#[derive(Clone, Default)]
pub struct Channels(Arc<HashMap<Name, Arc<dyn Channel>>>);

impl Channels {
    /// These channels.
    pub fn new(channels: impl IntoIterator<Item = Arc<dyn Channel>>) -> Self {
        Self(Arc::new(channels.into_iter().map(|channel| (channel.name(), channel)).collect()))
    }

    /// The channel of a name, if there is one.
    pub fn get(&self, name: Name) -> Option<&Arc<dyn Channel>> {
        self.0.get(&name)
    }

    /// The queue of a target; the target itself while its channel is not known.
    pub fn lane(&self, name: Name, target: &str) -> String {
        self.get(name).map_or_else(|| target.to_owned(), |channel| channel.lane(target))
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

        fn lane(&self, target: &str) -> String {
            format!("{}:{target}", self.0.name())
        }

        async fn attempt(&self, _: &Letter) -> Attempt {
            Attempt::delivered("taken")
        }
    }

    #[test]
    fn a_channel_is_found_by_its_name() {
        let channels = Channels::new([Name::Email, Name::Http].map(|name| Arc::new(Sample(name)) as Arc<dyn Channel>));
        for name in Name::ALL {
            assert_eq!(channels.get(name).map(|found| found.name()), Some(name).filter(|name| *name != Name::Portal));
        }
        assert_eq!(channels.lane(Name::Http, "x"), "http:x");
        assert_eq!(channels.lane(Name::Email, "x"), "email:x");
        assert_eq!(channels.lane(Name::Portal, "x"), "x", "no channel of this name");
    }

    #[test]
    fn an_attempt_says_what_follows_and_why() {
        let retry = Verdict::Retry { after: None };
        for (attempt, verdict) in
            [(Attempt::delivered("250"), Verdict::Delivered), (Attempt::retry("250"), retry), (Attempt::rejected("250"), Verdict::Rejected)]
        {
            assert_eq!(attempt, Attempt { verdict, answer: "250".to_owned() });
        }
    }
}
