//! Sending notifications.

use campanile_shared::{Channel, Content, HttpPost, Receipt, SendRequest, send_request::ValidatedContent};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Campanile, Error, NewNotification, Result, Source,
    model::{
        access::{Ability, Actor},
        delivery::{self, NewDelivery},
        http_request::HttpRequest,
        idempotency::{Accepted, IdempotencyKey, RecordedResponse},
        notification::Message,
        resolved_audience::ResolvedAudience,
        routing::{Destination, MailRecipients, Routing},
        scheduled::ScheduledNotification,
    },
};

/// A notification to send, as a dialect passes it on.
#[derive(Debug)]
pub struct SendCommand {
    /// Its id, if something delivered with it contains the id; `None` generates one.
    pub id: Option<Uuid>,
    /// Its audience, of the sender's tenant.
    pub to: ResolvedAudience,
    /// Its content and metadata.
    pub message: Message,
    /// The idempotency key of the request.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Notifications with equal fingerprints are the same.
    pub fingerprint: Option<[u8; 32]>,
    /// Where it goes.
    pub routing: Routing,
    /// When it is sent.
    pub send_at: SendTime,
}

/// When a notification is sent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SendTime {
    /// At once.
    #[default]
    Now,
    /// At this time, or at once if it has passed.
    At(DateTime<Utc>),
    /// When someone sends it: it is unscheduled.
    Unscheduled,
}

impl Campanile {
    /// Sends a notification through our own API.
    pub async fn send(&self, by: &Actor, draft: SendRequest, claim: Option<IdempotencyKey>) -> Result<Receipt> {
        by.require(Ability::Send)?;
        let now = self.now();
        if let Some(RecordedResponse { accepted, answer }) = self.recorded_response(by, claim.as_ref()).await? {
            let recipients = answer.and_then(|answer| answer.parse().ok()).unwrap_or_default();
            return Ok(receipt(accepted, recipients, draft.not_before));
        }
        let ValidatedContent { content, buttons } = draft.validate(now).map_err(Error::Invalid)?;
        let to = self.resolve(by.tenant(), draft.to).await?;
        let ways = match (draft.channel, draft.http) {
            (Channel::Http, Some(http)) => Routing::http(http.url.trim().to_owned(), http_request(http, &content)),
            (Channel::Email, _) => Routing::mail(),
            (Channel::Portal | Channel::Http, _) => Routing::default(),
        };
        let message = Message {
            source: Source::of(by, "campanile"),
            severity: draft.severity,
            priority: draft.priority,
            component: draft.component.filter(|component| !component.trim().is_empty()),
            categories: draft.categories,
            content,
            buttons,
            attachments: Vec::new(),
            quiet_for: Vec::new(),
            channel: draft.channel,
            created_at: now.fixed_offset(),
            expires_at: draft.expires_at,
            extra: serde_json::Value::Null,
        };
        let recipients = self.count_recipients(by, &ways, &to).await?;
        let when = draft.not_before.filter(|at| *at > now).map_or(SendTime::Now, SendTime::At);
        let claim = claim.map(|claim| IdempotencyKey { answer: Some(recipients.to_string()), ..claim });
        let accepted = self
            .submit(by, SendCommand { id: None, to, message, idempotency_key: claim, fingerprint: None, routing: ways, send_at: when })
            .await?;
        Ok(receipt(accepted, recipients, draft.not_before))
    }

    /// How many recipients a notification has now: people, addresses or other destinations.
    async fn count_recipients(&self, by: &Actor, ways: &Routing, to: &ResolvedAudience) -> Result<u64> {
        if ways.inbox {
            self.store.audience_size(by.tenant(), &to.keys).await
        } else if ways.mail == MailRecipients::Everyone {
            Ok(self.store.audience(by.tenant(), &to.keys, 0).await?.addresses)
        } else {
            Ok(ways.destinations.len() as u64)
        }
    }

    /// The recorded response to the first request with an idempotency key. A repeat gets the same response
    /// even if the directory has changed. [`Error::InProgress`] while the first request is running.
    pub async fn recorded_response(&self, by: &Actor, claim: Option<&IdempotencyKey>) -> Result<Option<RecordedResponse>> {
        let Some(claim) = claim else { return Ok(None) };
        if self.in_flight.contains(by.tenant(), claim) {
            return Err(Error::InProgress);
        }
        self.store.recorded_response(by.tenant(), claim, self.now()).await
    }

    /// Stores or schedules a notification that a dialect has read and checked.
    pub async fn submit(&self, by: &Actor, post: SendCommand) -> Result<Accepted> {
        by.require(Ability::Send)?;
        let tenant = by.tenant();
        let _run = post.idempotency_key.as_ref().map(|claim| self.in_flight.begin(tenant, claim)).transpose()?;
        post.to.require_tenant(tenant)?;
        let (id, now) = (post.id.unwrap_or_else(|| self.new_id()), self.now());
        let due_at = match post.send_at {
            SendTime::At(at) if at > now => Some(at),
            SendTime::Unscheduled => None,
            _ => {
                let new = self.build_notification(id, now, post.to, post.fingerprint, post.routing, post.message);
                let accepted = self.store.insert_notification(tenant, new, post.idempotency_key).await?;
                self.wake_outbox(&accepted);
                return Ok(accepted);
            }
        };
        let scheduled = ScheduledNotification { id, due_at, to: post.to.selectors, routing: post.routing, message: post.message };
        let accepted = self.store.schedule(tenant, &scheduled, post.idempotency_key, now).await?;
        self.wake_outbox(&accepted);
        Ok(accepted)
    }

    /// Wakes the outbox if there is something to deliver. Most notifications have nothing, and looking would
    /// cost more than storing one.
    pub(crate) fn wake_outbox(&self, accepted: &Accepted) {
        if accepted.has_deliveries {
            self.delivery_added.notify_one();
        }
    }

    /// A notification ready to be stored, with its deliveries.
    pub(crate) fn build_notification(
        &self,
        id: Uuid,
        now: DateTime<Utc>,
        to: ResolvedAudience,
        fingerprint: Option<[u8; 32]>,
        ways: Routing,
        message: Message,
    ) -> NewNotification {
        let deliveries = ways.destinations.into_iter().map(|Destination { channel, target, request }| NewDelivery {
            id: delivery::delivery_id(id, channel, &target),
            channel,
            queue: self.channels.queue(channel, &target),
            target,
            request,
            due_at: now,
        });
        let deliveries = deliveries.collect();
        NewNotification {
            id,
            accepted_at: now,
            to: to.selectors,
            keys: to.keys,
            fingerprint,
            inbox: ways.inbox,
            pre_dismissed: ways.pre_dismissed,
            mail: ways.mail,
            deliveries,
            message,
        }
    }
}

fn receipt(accepted: Accepted, recipients: u64, not_before: Option<DateTime<Utc>>) -> Receipt {
    let not_before = not_before.filter(|_| accepted.sequence == 0);
    Receipt { id: accepted.id, sequence: accepted.sequence, recipients, accepted_at: accepted.accepted_at, not_before }
}

/// The HTTP request of a send request. Without a body of its own, it posts the content in the first language:
/// as JSON, or as text if its header fields name another media type.
fn http_request(http: HttpPost, content: &[Content]) -> HttpRequest {
    let is_json = http.is_json();
    let written = |first: &Content| match is_json {
        true => serde_json::to_string(first).unwrap_or_default(),
        false if first.description.is_empty() => first.title.clone(),
        false => first.description.clone(),
    };
    let body = if http.body.is_empty() { content.first().map(written).unwrap_or_default() } else { http.body };
    let headers = http.headers.into_iter().map(|header| (header.name, header.value)).collect();
    HttpRequest { headers, body, system_proxy: http.system_proxy, secret: http.secret }
}

#[cfg(test)]
mod tests {
    use campanile_shared::http_header::Header;

    use super::*;
    use crate::{TenantId, fixtures, idempotency::InFlight};

    fn claim(scope: &str, key: &str) -> IdempotencyKey {
        IdempotencyKey { scope: scope.to_owned(), key: key.to_owned(), body_sha256: [0; 32], answer: None }
    }

    #[test]
    fn only_a_request_with_a_key_in_flight_is_rejected() {
        let running = InFlight::default();
        let first = running.begin(TenantId(1), &claim("a", "1")).unwrap();
        let same = IdempotencyKey { body_sha256: [1; 32], ..claim("a", "1") };
        assert!(matches!(running.begin(TenantId(1), &same), Err(Error::InProgress)));
        assert!(running.contains(TenantId(1), &same));
        for (tenant, other) in [(2, claim("a", "1")), (1, claim("b", "1")), (1, claim("a", "2"))] {
            assert!(!running.contains(TenantId(tenant), &other));
            assert!(running.begin(TenantId(tenant), &other).is_ok());
        }
        drop(first);
        assert!(!running.contains(TenantId(1), &same));
        assert!(running.begin(TenantId(1), &same).is_ok());
    }

    #[test]
    fn a_receipt_of_a_scheduled_notification_has_its_time() {
        let accepted =
            Accepted { id: Uuid::from_u128(7), sequence: 3, accepted_at: fixtures::at(1), repeated: false, has_deliveries: false };
        let sent = Receipt { id: accepted.id, sequence: 3, recipients: 5, accepted_at: fixtures::at(1), not_before: None };
        assert_eq!(receipt(accepted, 5, Some(fixtures::at(9))), sent);
        let waits = Receipt { sequence: 0, not_before: Some(fixtures::at(9)), ..sent };
        assert_eq!(receipt(Accepted { sequence: 0, ..accepted }, 5, Some(fixtures::at(9))), waits);
    }

    #[test]
    fn a_request_without_a_body_sends_the_first_content() {
        let header = |value: &str| Header { name: "Content-Type".to_owned(), value: value.to_owned() };
        let content = |description: &str| Content { description: description.to_owned(), ..fixtures::content("en", "Hello") };
        let json = r#"{"language":"en","title":"Hello","description":"More"}"#;
        for (body, media_type, description, expected) in [
            ("", "application/json", "More", json),
            ("", "text/plain", "More", "More"),
            ("", "text/plain", "", "Hello"),
            ("mine", "application/json", "More", "mine"),
            ("mine", "text/plain", "More", "mine"),
        ] {
            let http = HttpPost {
                headers: vec![header(media_type)],
                body: body.to_owned(),
                system_proxy: true,
                secret: Some("whsec_x".to_owned()),
                ..HttpPost::default()
            };
            let expected = HttpRequest {
                headers: vec![("Content-Type".to_owned(), media_type.to_owned())],
                body: expected.to_owned(),
                system_proxy: true,
                secret: Some("whsec_x".to_owned()),
            };
            assert_eq!(http_request(http, &[content(description), fixtures::content("de", "Hallo")]), expected);
        }
        assert_eq!(http_request(HttpPost::default(), &[]).body, "");
    }
}
