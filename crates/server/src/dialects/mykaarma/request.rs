//! Validates a notify request and turns it into a message with its routing and schedule.

use campanile_domain::{
    PersonId, Source,
    model::{
        http_request::HttpRequest,
        notification::Message,
        routing::{Destination, Routing},
    },
    send::SendTime,
};
use campanile_shared::{
    Attachment, Button, Channel, Content, Language, Link, Priority, Severity,
    http_post::is_callable,
    limits::{MAX_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH},
    text,
};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    body_tags,
    errors::MyKaarmaError,
    response::{Callback, NotifyResponse},
    schedule::send_time,
    wire::{self, Notify},
};
use crate::dialects::excerpt_title::excerpt_title;

/// The valid protocols (the vendor's complete list).
const PROTOCOLS: [&str; 4] = ["TEXT", "EMAIL", "VOICE_CALL", "NONE"];

/// A validated request.
pub struct NotifyCommand {
    pub message: Message,
    pub ways: Routing,
    pub when: SendTime,
}

/// Validates a body. Problems that can be ignored become warnings. `quiet_for` are the people who get no pop-up.
pub fn validate(
    payload: Notify,
    raw_body: Value,
    source: Source,
    quiet_for: Vec<PersonId>,
    now: DateTime<Utc>,
    reply: &mut NotifyResponse,
) -> Result<NotifyCommand, MyKaarmaError> {
    let attributes = payload.message_attributes.unwrap_or_default();
    let notification = payload.notification_attributes.unwrap_or_default();
    let sending = payload.message_sending_attributes_lite.unwrap_or_default();
    if attributes.protocol.as_deref().is_some_and(|protocol| !PROTOCOLS.contains(&protocol)) {
        return Err(MyKaarmaError::bad_request("INVALID_PROTOCOL", "protocol is one of TEXT, EMAIL, VOICE_CALL and NONE."));
    }
    let content = content(&attributes, &notification)?;
    let buttons = notification.notification_buttons.unwrap_or_default().into_iter().filter_map(button).collect();
    let files = attributes.attachments.unwrap_or_default();
    let attachments = files.into_iter().enumerate().map(|(at, file)| attachment(at, file, reply)).collect();
    let pre_dismissed = attributes.tags.unwrap_or_default().iter().any(|tag| tag == "TRASH");
    let when = send_time(attributes.kind.as_deref(), attributes.draft_attributes, sending.delay.unwrap_or_default(), now, reply);
    let mut ways = if pre_dismissed { Routing::pre_dismissed() } else { Routing::default() };
    if let Some(url) = sending.call_back_url.filter(|url| !url.trim().is_empty()) {
        match url.trim().parse::<Link>() {
            Ok(link) if is_callable(&link) => {
                let body = serde_json::to_string(&Callback { reply, call_back_metadata: &sending.call_back_metadata });
                let post = HttpRequest { body: body.unwrap_or_default(), ..HttpRequest::default() };
                ways.destinations.push(Destination::http(link.as_str(), post));
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
        extra: raw_body,
    };
    Ok(NotifyCommand { message, ways, when })
}

fn content(attributes: &wire::Message, notification: &wire::Notification) -> Result<Content, MyKaarmaError> {
    let non_blank = |text: &Option<String>| text.clone().filter(|text| !text::one_line(text).is_empty());
    let (subject, body) = (non_blank(&attributes.subject), non_blank(&attributes.body));
    if subject.is_none() && body.is_none() {
        return Err(MyKaarmaError::bad_request("MISSING_MESSAGE_ATTRIBUTES", "messageAttributes needs a subject or a body."));
    }
    let too_long = || {
        MyKaarmaError::bad_request(
            "MESSAGE_TOO_LONG",
            format!("subject may have {MAX_TITLE_LENGTH} characters, body {MAX_DESCRIPTION_LENGTH}."),
        )
    };
    let tags = notification.body_tags_for_special_rendering.iter().flatten();
    let tags = tags.filter_map(|(tag, value)| Some((tag.as_str(), value.as_str()?)));
    let description = body_tags::render(body.unwrap_or_default(), tags, MAX_DESCRIPTION_LENGTH).ok_or_else(too_long)?;
    let title = subject.unwrap_or_else(|| excerpt_title(&description));
    if title.chars().count() > MAX_TITLE_LENGTH || description.chars().count() > MAX_DESCRIPTION_LENGTH {
        return Err(too_long());
    }
    Ok(Content { language: Language::english(), title, description, link: None })
}

fn button(button: wire::Button) -> Option<Button> {
    let non_blank = |text: Option<String>| text.filter(|text| !text::one_line(text).is_empty());
    let label = non_blank(button.button_default_text).or_else(|| non_blank(button.button_text_translation_key))?;
    let data = button.button_action_event_data.and_then(|data| serde_json::to_string(&data).ok());
    Some(Button { label, primary: button.is_primary_button.unwrap_or_default(), link: None, data })
}

fn attachment(at: usize, file: wire::File, reply: &mut NotifyResponse) -> Attachment {
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

fn invalid_url(reply: &mut NotifyResponse, field: &str) {
    reply.add_warning("INVALID_URL", format!("{field} is not a link with the scheme http, https or mailto."));
}
