//! When a message is sent: now, after its delay, at the time of its draft, or not until someone sends it.

use campanile_domain::send::SendTime;
use chrono::{DateTime, TimeDelta, Utc};

use super::{iso8601::parse_iso8601, response::NotifyResponse, wire};

/// The time of a message. A draft whose time is not valid stays a draft, which is a warning.
pub fn send_time(kind: Option<&str>, draft: Option<wire::Draft>, delay: u32, now: DateTime<Utc>, reply: &mut NotifyResponse) -> SendTime {
    if kind != Some("DRAFT") {
        return if delay > 0 { SendTime::At(now + TimeDelta::seconds(delay.into())) } else { SendTime::Now };
    }
    let Some(draft) = draft.filter(|draft| draft.draft_status.as_deref() == Some("SCHEDULED")) else { return SendTime::Unscheduled };
    match draft.scheduled_on.as_deref().and_then(parse_iso8601).filter(|at| *at > now) {
        Some(at) => SendTime::At(at),
        None => {
            reply.add_warning("INVALID_SCHEDULED_ON", "scheduledOn is not a date in the future; the message is kept as a draft.");
            SendTime::Unscheduled
        }
    }
}
