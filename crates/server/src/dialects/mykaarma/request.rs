//! Validates a notify request and turns it into a message with its routing and schedule.

use campanile_domain::{
    PersonId, Source, channel,
    delivery::{Target, Ways},
    notification::Message,
    send::When,
};
use campanile_shared::{
    Attachment, Button, Channel, Content, Language, Link, Priority, Severity,
    channel::is_callable,
    draft::{LONGEST_DESCRIPTION, LONGEST_TITLE},
    text,
};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::Value;

use super::{
    body_tags,
    reply::{Callback, Refusal, Reply},
    wire::{self, Notify},
};

/// The valid protocols (the vendor's complete list).
const PROTOCOLS: [&str; 4] = ["TEXT", "EMAIL", "VOICE_CALL", "NONE"];
/// The maximum length of a title taken from the body when there is no subject, in characters.
const TITLE: usize = 120;

/// A validated request.
pub struct Order {
    pub message: Message,
    pub ways: Ways,
    pub when: When,
}

/// Validates a body. Problems that can be ignored become warnings. `quiet_for` are the people who get no pop-up.
pub fn order(
    wish: Notify,
    whole: Value,
    source: Source,
    quiet_for: Vec<PersonId>,
    now: DateTime<Utc>,
    reply: &mut Reply,
) -> Result<Order, Refusal> {
    let attributes = wish.message_attributes.unwrap_or_default();
    let notification = wish.notification_attributes.unwrap_or_default();
    let sending = wish.message_sending_attributes_lite.unwrap_or_default();
    if attributes.protocol.as_deref().is_some_and(|protocol| !PROTOCOLS.contains(&protocol)) {
        return Err(Refusal::bad("INVALID_PROTOCOL", "protocol is one of TEXT, EMAIL, VOICE_CALL and NONE."));
    }
    let content = content(&attributes, &notification)?;
    let buttons = notification.notification_buttons.unwrap_or_default().into_iter().filter_map(button).collect();
    let files = attributes.attachments.unwrap_or_default();
    let attachments = files.into_iter().enumerate().map(|(at, file)| attachment(at, file, reply)).collect();
    let trashed = attributes.tags.unwrap_or_default().iter().any(|tag| tag == "TRASH");
    let when = when(attributes.kind.as_deref(), attributes.draft_attributes, sending.delay.unwrap_or_default(), now, reply);
    let mut ways = if trashed { Ways::put_away() } else { Ways::default() };
    if let Some(url) = sending.call_back_url.filter(|url| !url.trim().is_empty()) {
        match url.trim().parse::<Link>() {
            Ok(link) if is_callable(&link) => {
                let body = serde_json::to_string(&Callback { reply, call_back_metadata: &sending.call_back_metadata });
                let post = channel::Post { body: body.unwrap_or_default(), ..channel::Post::default() };
                ways.posts.push(Target { url: link.as_str().to_owned(), post });
            }
            _ => invalid_url(reply, "callBackUrl"),
        }
    }
    let message = Message {
        source,
        severity: Severity::Information,
        priority: Priority::Normal,
        component: None,
        categories: Vec::new(),
        content: vec![content],
        buttons,
        attachments,
        quiet_for,
        channel: Channel::Portal,
        created_at: now.fixed_offset(),
        expires_at: None,
        extra: whole,
    };
    Ok(Order { message, ways, when })
}

fn content(attributes: &wire::Message, notification: &wire::Notification) -> Result<Content, Refusal> {
    let seen = |text: &Option<String>| text.clone().filter(|text| !text::one_line(text).is_empty());
    let (subject, body) = (seen(&attributes.subject), seen(&attributes.body));
    if subject.is_none() && body.is_none() {
        return Err(Refusal::bad("MISSING_MESSAGE_ATTRIBUTES", "messageAttributes needs a subject or a body."));
    }
    let too_long = || Refusal::bad("MESSAGE_TOO_LONG", format!("subject may have {LONGEST_TITLE} characters, body {LONGEST_DESCRIPTION}."));
    let tags = notification.body_tags_for_special_rendering.iter().flatten();
    let tags = tags.filter_map(|(tag, value)| Some((tag.as_str(), value.as_str()?)));
    let description = body_tags::render(body.unwrap_or_default(), tags, LONGEST_DESCRIPTION).ok_or_else(too_long)?;
    let title = subject.unwrap_or_else(|| text::excerpt(&text::one_line(&description), TITLE));
    if title.chars().count() > LONGEST_TITLE || description.chars().count() > LONGEST_DESCRIPTION {
        return Err(too_long());
    }
    Ok(Content { language: Language::english(), title, description, link: None })
}

fn button(button: wire::Button) -> Option<Button> {
    let seen = |text: Option<String>| text.filter(|text| !text::one_line(text).is_empty());
    let label = seen(button.button_default_text).or_else(|| seen(button.button_text_translation_key))?;
    let data = button.button_action_event_data.and_then(|data| serde_json::to_string(&data).ok());
    Some(Button { label, primary: button.is_primary_button.unwrap_or_default(), link: None, data })
}

fn attachment(at: usize, file: wire::File, reply: &mut Reply) -> Attachment {
    let mut link = |name: &str, url: Option<String>| {
        let url = url.filter(|url| !url.trim().is_empty())?;
        let link = url.trim().parse::<Link>().ok();
        if link.is_none() {
            invalid_url(reply, &format!("attachments[{at}].{name}"));
        }
        link
    };
    let (target, thumbnail) = (link("fileURL", file.file_url.clone()), link("thumbnailURL", file.thumbnail_url));
    let preview = link("mediaPreviewURL", file.media_preview_url);
    // A URL that is not a valid link is kept as the file's name.
    let name = file.original_file_name.or(file.file_url).unwrap_or_default();
    let bytes = file.doc_size.and_then(|size| size.trim().parse().ok());
    Attachment { name, kind: file.mime_type, bytes, link: target, thumbnail: thumbnail.or(preview).filter(Link::is_http) }
}

fn invalid_url(reply: &mut Reply, field: &str) {
    reply.warn("INVALID_URL", format!("{field} is not a link with the scheme http, https or mailto."));
}

fn when(kind: Option<&str>, draft: Option<wire::Draft>, delay: u32, now: DateTime<Utc>, reply: &mut Reply) -> When {
    if kind != Some("DRAFT") {
        return if delay > 0 { When::At(now + TimeDelta::seconds(delay.into())) } else { When::Now };
    }
    let Some(draft) = draft.filter(|draft| draft.draft_status.as_deref() == Some("SCHEDULED")) else { return When::Never };
    match draft.scheduled_on.as_deref().and_then(instant).filter(|at| *at > now) {
        Some(at) => When::At(at),
        None => {
            reply.warn("INVALID_SCHEDULED_ON", "scheduledOn is not a date in the future; the message is kept as a draft.");
            When::Never
        }
    }
}

/// Parses an ISO 8601 date and time: extended or basic format, optional seconds, and an offset in hours or
/// hours and minutes, or `Z`. Without an offset it is UTC (decided here).
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let (date, time) = text.trim().split_once(['T', 't', ' '])?;
    let date = ["%Y-%m-%d", "%Y%m%d"].iter().find_map(|form| NaiveDate::parse_from_str(date, form).ok())?;
    // The time itself contains no sign, so the first sign begins the offset.
    let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => (&time[..at], offset(&time[at..])?),
        None => (time, FixedOffset::east_opt(0)?),
    };
    // ISO 8601 also allows a comma before the fraction.
    let time = time.replace(',', ".");
    let forms = if time.contains(':') { ["%H:%M:%S%.f", "%H:%M"] } else { ["%H%M%S%.f", "%H%M"] };
    let time = forms.iter().find_map(|form| NaiveTime::parse_from_str(&time, form).ok())?;
    date.and_time(time).and_local_timezone(offset).single().map(|at| at.to_utc())
}

/// `Z`, `+07`, `+0700` or `+07:00`.
fn offset(text: &str) -> Option<FixedOffset> {
    if text.eq_ignore_ascii_case("Z") {
        return FixedOffset::east_opt(0);
    }
    let (sign, digits) = (if text.starts_with('-') { -1 } else { 1 }, text.get(1..)?);
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "00"),
    };
    let number = |digits: &str, most: i32| {
        let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i32>().ok().filter(|number| two && *number <= most)
    };
    FixedOffset::east_opt(sign * (number(hours, 23)? * 3600 + number(minutes, 59)? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_programs_print_them() {
        for (text, expected) in [
            ("2026-11-28T22:00:00Z", Some("2026-11-28T22:00:00Z")),
            ("2026-11-28T22:00:00+0700", Some("2026-11-28T15:00:00Z")),
            ("2026-11-28T22:00:00.250+07:00", Some("2026-11-28T15:00:00.250Z")),
            ("2026-11-28T22:00:00.1234567-08:00", Some("2026-11-29T06:00:00.1234567Z")),
            ("2026-11-28T22:00:00+07", Some("2026-11-28T15:00:00Z")),
            ("2026-11-28T22:00:00,5Z", Some("2026-11-28T22:00:00.5Z")),
            ("2026-11-28T22:00:00", Some("2026-11-28T22:00:00Z")),
            // Java omits seconds that are zero.
            ("2026-11-28T22:00Z", Some("2026-11-28T22:00:00Z")),
            ("2026-11-28T22:00+07:00", Some("2026-11-28T15:00:00Z")),
            ("2026-11-28T22:00", Some("2026-11-28T22:00:00Z")),
            ("2026-11-28 22:00:00Z", Some("2026-11-28T22:00:00Z")),
            ("20270101T100000Z", Some("2027-01-01T10:00:00Z")),
            ("20270101T100000+0100", Some("2027-01-01T09:00:00Z")),
            ("20270101T1000-0330", Some("2027-01-01T13:30:00Z")),
            ("20270101T100000", Some("2027-01-01T10:00:00Z")),
            ("string", None),
            ("2026-11-28", None),
            ("2026-11-28T", None),
            ("2026-11-28T22", None),
            ("2026-11-28T25:00Z", None),
            ("2026-02-30T22:00Z", None),
            ("2026-11-28T22:00:00+7", None),
            ("2026-11-28T22:00:00+", None),
            ("2026-11-28T22:00:00+07:60", None),
            ("2026-11-28T22:00:00+é0", None),
            ("2026-11-28T22:00:00Zulu", None),
        ] {
            assert_eq!(instant(text), expected.map(|expected| expected.parse().unwrap()), "{text}");
        }
    }
}
