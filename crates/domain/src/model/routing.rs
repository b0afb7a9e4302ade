//! Where a notification goes: to inboxes, by mail, to other destinations.

use campanile_shared::Channel;
use serde::{Deserialize, Serialize};

use crate::model::http_request::HttpRequest;

/// Where a notification goes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Routing {
    /// Whether it goes to the inboxes of its audience.
    pub inbox: bool,
    /// Whether it is dismissed on arrival: listed among the dismissed items, without announcing it. This
    /// costs a row for each person reached.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pre_dismissed: bool,
    /// Who gets it by mail.
    pub mail: MailRecipients,
    /// What else it is sent to, whatever the audience.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub destinations: Vec<Destination>,
}

/// A single destination, such as a URL.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Destination {
    /// The channel that delivers to it.
    pub channel: Channel,
    /// Its address on that channel, such as a URL.
    pub target: String,
    /// The request, for HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<HttpRequest>,
}

impl Destination {
    /// A URL and the request that is posted to it.
    pub fn http(url: impl Into<String>, request: HttpRequest) -> Self {
        Self { channel: Channel::Http, target: url.into(), request: Some(request) }
    }
}

/// Who of a notification's audience gets it by mail.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailRecipients {
    /// No one.
    NoOne,
    /// Those who asked for mail of its severity.
    #[default]
    Subscribers,
    /// Everyone who has an address. People who ended all mail are skipped, and their delivery says so.
    Everyone,
}

impl Default for Routing {
    /// To inboxes, and by mail to those who asked for it.
    fn default() -> Self {
        Self { inbox: true, pre_dismissed: false, mail: MailRecipients::Subscribers, destinations: Vec::new() }
    }
}

impl Routing {
    /// By mail only.
    pub const fn mail() -> Self {
        Self { inbox: false, pre_dismissed: false, mail: MailRecipients::Everyone, destinations: Vec::new() }
    }

    /// To inboxes, dismissed on arrival.
    pub const fn pre_dismissed() -> Self {
        Self { inbox: true, pre_dismissed: true, mail: MailRecipients::NoOne, destinations: Vec::new() }
    }

    /// To a URL only.
    pub fn http(url: impl Into<String>, request: HttpRequest) -> Self {
        Self { inbox: false, pre_dismissed: false, mail: MailRecipients::NoOne, destinations: vec![Destination::http(url, request)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routing_has_the_right_destinations() {
        let inbox = Routing { inbox: true, pre_dismissed: false, mail: MailRecipients::Subscribers, destinations: Vec::new() };
        assert_eq!(Routing::default(), inbox);
        assert_eq!(Routing::mail(), Routing { inbox: false, mail: MailRecipients::Everyone, ..inbox.clone() });
        assert_eq!(Routing::pre_dismissed(), Routing { pre_dismissed: true, mail: MailRecipients::NoOne, ..inbox.clone() });
        let post = HttpRequest { body: "{}".to_owned(), ..HttpRequest::default() };
        let (channel, target, request) = (Channel::Http, "https://a.example".to_owned(), Some(post.clone()));
        let posts = vec![Destination { channel, target, request }];
        assert_eq!(
            Routing::http("https://a.example", post),
            Routing { inbox: false, mail: MailRecipients::NoOne, destinations: posts, ..inbox }
        );
    }
}
