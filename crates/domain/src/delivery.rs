//! Deliveries: where a notification goes, when a delivery is retried, and when it is given up.

use std::time::Duration;

use campanile_shared::{Channel, Language};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{PersonId, Random, TenantId, channel, webhook::WebhookEndpoint};

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
    /// The URLs it is posted to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub http_targets: Vec<HttpTarget>,
}

/// A URL and the request posted to it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HttpTarget {
    /// The URL.
    pub url: String,
    /// The request.
    pub request: channel::HttpRequest,
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
        Self { inbox: true, pre_dismissed: false, mail: MailRecipients::Subscribers, http_targets: Vec::new() }
    }
}

impl Routing {
    /// By mail only.
    pub const fn mail() -> Self {
        Self { inbox: false, pre_dismissed: false, mail: MailRecipients::Everyone, http_targets: Vec::new() }
    }

    /// To inboxes, dismissed on arrival.
    pub const fn pre_dismissed() -> Self {
        Self { inbox: true, pre_dismissed: true, mail: MailRecipients::NoOne, http_targets: Vec::new() }
    }

    /// To a URL only.
    pub fn http(url: impl Into<String>, request: channel::HttpRequest) -> Self {
        Self {
            inbox: false,
            pre_dismissed: false,
            mail: MailRecipients::NoOne,
            http_targets: vec![HttpTarget { url: url.into(), request }],
        }
    }
}

/// A delivery to store together with its notification.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    /// Its id: see [`delivery_id`].
    pub id: Uuid,
    /// Its channel.
    pub channel: Channel,
    /// The e-mail address or URL.
    pub target: String,
    /// Its queue.
    pub queue: String,
    /// The request, for HTTP.
    pub request: Option<channel::HttpRequest>,
    /// When its first attempt is due.
    pub due_at: DateTime<Utc>,
}

/// A due delivery, leased by this process.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// Its id.
    pub id: Uuid,
    /// Its tenant.
    pub tenant: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// The notification's position in the tenant's order.
    pub sequence: u64,
    /// The recipient, if the delivery is for one person.
    pub recipient: Option<DeliveryRecipient>,
    /// Why it is not attempted any more, if so.
    pub skip_reason: Option<SkipReason>,
    /// Its channel.
    pub channel: Channel,
    /// The e-mail address or URL.
    pub target: String,
    /// Its queue.
    pub queue: String,
    /// The request, if the sender specified one.
    pub request: Option<channel::HttpRequest>,
    /// The webhook endpoint, if the request is still to be built in its format.
    pub webhook: Option<WebhookEndpoint>,
    /// How many attempts have been made.
    pub attempts: u32,
}

/// The person a delivery is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliveryRecipient {
    /// The person's id.
    pub id: PersonId,
    /// The display name.
    pub name: String,
    /// Languages that the person reads, the preferred one first, the tenant's last.
    pub languages: Vec<Language>,
}

/// Why a due delivery is not attempted any more.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SkipReason {
    /// Its recipient was removed.
    RecipientRemoved,
    /// Its recipient has ended all mail.
    Unsubscribed,
    /// Its endpoint or URL is disabled, because it answered that it accepts nothing any more. Holds that
    /// answer.
    Gone(String),
}

/// The result recorded for a delivery to a disabled endpoint or URL.
pub const TARGET_DISABLED: &str = "not sent: the endpoint or URL is disabled";

/// The record of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRecord {
    /// The delivery.
    pub id: Uuid,
    /// What happens to the delivery.
    pub next_step: AfterAttempt,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// What the receiver answered.
    pub detail: String,
}

/// What happens to a delivery after an attempt, by the retry schedule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AfterAttempt {
    /// Nothing more: it was accepted.
    Delivered,
    /// Another attempt at this time.
    RetryAt(DateTime<Utc>),
    /// Nothing more: the receiver rejected it permanently.
    Rejected,
    /// Nothing more, and the endpoint or URL is disabled.
    Gone,
    /// Nothing more: the retry schedule is exhausted.
    GivenUp,
}

/// The state of the first attempts of a notification's deliveries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FirstAttempts {
    /// Some have not been made yet.
    Pending,
    /// At least one failed.
    SomeFailed,
    /// All were accepted, or there was nothing to deliver.
    AllDelivered,
}

/// The waits between attempts (Standard Webhooks, "Retry schedule"). After the last one, a delivery is given
/// up.
pub const RETRY_SCHEDULE: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// The longest wait that a receiver may ask for.
const MAX_RETRY_AFTER: TimeDelta = TimeDelta::hours(24);

/// When to try again after `attempts` failed attempts; `None` when the schedule is exhausted. The wait varies
/// by ±20 % so that deliveries that failed together are not retried together.
pub fn next_attempt_at(random: &dyn Random, now: DateTime<Utc>, attempts: u32, after: Option<Duration>) -> Option<DateTime<Utc>> {
    let wait = *RETRY_SCHEDULE.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
    let mut byte = [0];
    random.fill(&mut byte);
    // 80 % to 120 %.
    let wait = wait * (204 + i32::from(byte[0]) * 102 / 255) / 255;
    let asked = after.and_then(|after| TimeDelta::from_std(after).ok()).unwrap_or_default().min(MAX_RETRY_AFTER);
    Some(now + wait.max(asked))
}

/// The id of a notification's delivery to a target. It is a hash of its arguments, so that planning a
/// delivery twice does not deliver it twice.
pub fn delivery_id(notification: Uuid, channel: Channel, target: &str) -> Uuid {
    let digest = Sha256::new().chain_update(notification.as_bytes()).chain_update(channel.name()).chain_update([0]).chain_update(target);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A URL that is safe to show: without user information, query and fragment, which may be secret.
pub fn mask_url(target: &str) -> String {
    let Some((scheme, rest)) = target.split_once("://") else { return target.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let hidden = if path.len() < rest.len() - end { "?…" } else { "" };
    format!("{scheme}://{host}{path}{hidden}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::Always;

    #[test]
    fn waits_follow_the_schedule_and_retry_after() {
        let now = DateTime::UNIX_EPOCH;
        let wait = |byte, attempts, after| next_attempt_at(&Always(byte), now, attempts, after).map(|at| (at - now).num_milliseconds());
        assert_eq!(wait(0, 1, None), Some(4_000));
        assert_eq!(wait(255, 1, None), Some(6_000));
        assert_eq!(wait(255, 9, None), Some(24 * 3_600_000 * 6 / 5));
        assert_eq!(wait(0, 10, None), None);
        assert_eq!(wait(0, 0, None), None);
        assert_eq!(wait(0, 1, Some(Duration::from_secs(120))), Some(120_000));
        assert_eq!(wait(0, 1, Some(Duration::from_secs(1))), Some(4_000));
        assert_eq!(wait(0, 1, Some(Duration::from_secs(u64::MAX))), Some(4_000));
        assert_eq!(wait(0, 1, Some(Duration::from_secs(1_000_000))), Some(24 * 3_600_000));
    }

    #[test]
    fn ids_are_derived_from_notification_channel_and_target() {
        let one = Uuid::from_u128(1);
        assert_eq!(delivery_id(one, Channel::Email, "a@b"), delivery_id(one, Channel::Email, "a@b"));
        assert_ne!(delivery_id(one, Channel::Email, "a@b"), delivery_id(one, Channel::Http, "a@b"));
        assert_ne!(delivery_id(one, Channel::Email, "a@b"), delivery_id(Uuid::from_u128(2), Channel::Email, "a@b"));
        assert_eq!(delivery_id(one, Channel::Email, "a@b").get_version_num(), 8);
    }

    #[test]
    fn what_may_be_secret_in_a_url_is_not_shown() {
        for (url, shown) in [
            ("https://ada:pw@a.example/x?token=1#y", "https://a.example/x?…"),
            ("https://a.example", "https://a.example"),
            ("https://a.example?x=1", "https://a.example?…"),
            ("https://a.example/x/y", "https://a.example/x/y"),
            ("https://a.example:8443/#token", "https://a.example:8443/?…"),
            ("https://ada@bo@a.example", "https://a.example"),
            ("https://a.example/x@y", "https://a.example/x@y"),
            ("ada@acme.example", "ada@acme.example"),
        ] {
            assert_eq!(mask_url(url), shown);
        }
    }

    #[test]
    fn every_wait_varies_by_a_fifth() {
        let now = DateTime::UNIX_EPOCH;
        let seconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (attempts, seconds) in (1..).zip(seconds) {
            for (byte, millis) in [(0, 800), (255, 1_200)] {
                let again = next_attempt_at(&Always(byte), now, attempts, None).unwrap();
                assert_eq!((again - now).num_milliseconds(), seconds * millis, "attempt {attempts}");
            }
        }
    }

    #[test]
    fn routing_has_the_right_destinations() {
        let inbox = Routing { inbox: true, pre_dismissed: false, mail: MailRecipients::Subscribers, http_targets: Vec::new() };
        assert_eq!(Routing::default(), inbox);
        assert_eq!(Routing::mail(), Routing { inbox: false, mail: MailRecipients::Everyone, ..inbox.clone() });
        assert_eq!(Routing::pre_dismissed(), Routing { pre_dismissed: true, mail: MailRecipients::NoOne, ..inbox.clone() });
        let post = channel::HttpRequest { body: "{}".to_owned(), ..channel::HttpRequest::default() };
        let posts = vec![HttpTarget { url: "https://a.example".to_owned(), request: post.clone() }];
        assert_eq!(
            Routing::http("https://a.example", post),
            Routing { inbox: false, mail: MailRecipients::NoOne, http_targets: posts, ..inbox }
        );
    }
}
