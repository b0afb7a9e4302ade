//! The port to the delivery channels, such as e-mail and HTTP.
//!
//! A channel makes one attempt and reports the result. It knows nothing of retry schedules, leases or the
//! store; the outbox decides when to try again.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use campanile_shared::{Channel as Name, Language};
use uuid::Uuid;

use crate::{
    Notification,
    model::{attempt_result::AttemptResult, http_request::HttpRequest},
};

/// One delivery channel.
#[async_trait]
pub trait Channel: Send + Sync + 'static {
    /// Which channel this is.
    fn name(&self) -> Name;

    /// The queue of a target, such as the host of a URL. Queues do not delay one another, and each runs only
    /// a few attempts at once.
    fn queue(&self, target: &str) -> String;

    /// How many attempts may run at once in each queue.
    fn concurrency(&self) -> u32;

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

    /// How many attempts of each channel may run at once in each of its queues.
    pub fn concurrency(&self) -> Vec<(Name, u32)> {
        self.0.iter().map(|(name, channel)| (*name, channel.concurrency())).collect()
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

        fn concurrency(&self) -> u32 {
            self.0 as u32 + 1
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
        let mut concurrency = channels.concurrency();
        concurrency.sort_by_key(|(_, most)| *most);
        assert_eq!(concurrency, [(Name::Email, 2), (Name::Http, 3)]);
        assert_eq!(channels.queue(Name::Http, "x"), "http:x");
        assert_eq!(channels.queue(Name::Email, "x"), "email:x");
        assert_eq!(channels.queue(Name::Portal, "x"), "x", "no channel of this name");
    }
}
