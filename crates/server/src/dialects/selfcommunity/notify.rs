//! `POST /api/v2/notification/notify/`: sends a custom notification to a member's connections or to the
//! member.

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Source,
    model::{
        access::{Ability, Actor},
        notification::Message,
        relation::PERSON_PREFIX,
        routing::Routing,
    },
    send::{SendCommand, SendTime},
};
use campanile_shared::{
    Channel, Content, Language, Link, Priority, Recipients, Severity,
    limits::{MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, MAX_TITLE_LENGTH},
    text,
};
use serde_json::{Map, Value};

use super::{
    embed::embed_link,
    errors::SelfCommunityError,
    fields::{Fields, parse_integer},
};
use crate::{
    config::dialect_names::SELFCOMMUNITY,
    dialects::{body, excerpt_title::excerpt_title},
    idempotency,
    state::AppState,
};

/// The placeholder for every text in the vendor's documentation. Decided here: its examples work as
/// printed, so as an enumeration value it means the default.
const PLACEHOLDER: &str = "string";

/// Stores the notification. The response has no body.
pub async fn notify(app: &AppState, by: &Actor, headers: &HeaderMap, body: Body) -> Result<Response, SelfCommunityError> {
    by.require(Ability::Send)?;
    let key = idempotency::from_headers(headers).map_err(SelfCommunityError::malformed)?;
    let body = body::read(headers, body, app.config.server.max_body).await?;
    let idempotency_key = key.map(|key| idempotency::scoped_key(by, SELFCOMMUNITY, key, &body));
    // A repeated request gets the first response, even if the member was removed meanwhile.
    if app.campanile.recorded_response(by, idempotency_key.as_ref()).await?.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let fields = Fields::parse(headers, body).await?;
    let request = NotifyRequest::validate(&fields)?;
    let external = format!("{SELFCOMMUNITY}:{}", request.user);
    let to = if request.connections {
        let relation = app.campanile.connections_relation(by).await?;
        Recipients::Role { object: format!("{PERSON_PREFIX}{external}"), relation }
    } else {
        Recipients::Person { person: external }
    };
    // An unknown user is the only error here: see `From<Error>`.
    let to = app.campanile.resolve_audience(by, vec![to]).await?;
    let message = request.message(app, by);
    let accepted = app
        .campanile
        .submit(
            by,
            SendCommand { id: None, to, message, idempotency_key, fingerprint: None, routing: Routing::default(), send_at: SendTime::Now },
        )
        .await?;
    if !accepted.repeated {
        app.metrics.notification_accepted(SELFCOMMUNITY);
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A validated request.
struct NotifyRequest {
    connections: bool,
    kind: String,
    title: Option<String>,
    description: Option<String>,
    user: u64,
    embed: Option<Map<String, Value>>,
    link: Option<Link>,
}

impl NotifyRequest {
    fn validate(fields: &Fields) -> Result<Self, SelfCommunityError> {
        let mut faults = Vec::new();
        let connections = match fields.value("recipients_type").filter(|value| !value.is_null()) {
            None => true,
            Some(value) if value == "connections" || value == PLACEHOLDER => true,
            Some(value) if value == "user" => false,
            Some(_) => {
                faults.push(("recipients_type", "Select one of connections and user.", "invalid_choice"));
                true
            }
        };
        let mut words = |name: &'static str, limit: usize| match fields.value(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.chars().count() <= limit => Some(text),
            Some(Value::String(_)) => {
                faults.push((name, "This text is too long.", "max_length"));
                None
            }
            Some(_) => {
                faults.push((name, "Not a valid string.", "invalid"));
                None
            }
        };
        let (kind, title, description) =
            (words("type", MAX_NAME_LENGTH), words("title", MAX_TITLE_LENGTH), words("description", MAX_DESCRIPTION_LENGTH));
        let kind = kind.filter(|kind| !text::one_line(kind).is_empty());
        if kind.is_none() && !faults.iter().any(|(field, ..)| *field == "type") {
            faults.push(("type", "This field is required.", "required"));
        }
        let user = match fields.value("user") {
            None | Some(Value::Null) => {
                faults.push(("user", "This field is required.", "required"));
                None
            }
            Some(value) => parse_integer(&value),
        };
        if user.is_none() && !faults.iter().any(|(field, ..)| *field == "user") {
            faults.push(("user", "A valid integer is required.", "invalid"));
        }
        let embed = match fields.object("embed").filter(|embed| !embed.is_null() && *embed != "") {
            None => None,
            Some(Value::Object(embed)) => Some(embed),
            Some(_) => {
                faults.push(("embed", "Not a valid embed.", "invalid"));
                None
            }
        };
        let mut link = None;
        if let Some(embed) = &embed {
            match embed_link(embed) {
                Ok(found) => link = found,
                Err(fault) => faults.push(("embed", fault, "invalid")),
            }
        }
        match (kind, user) {
            (Some(kind), Some(user)) if faults.is_empty() => Ok(Self { connections, kind, title, description, user, embed, link }),
            _ => Err(SelfCommunityError::invalid_fields(&faults)),
        }
    }

    fn message(self, app: &AppState, by: &Actor) -> Message {
        let non_blank = |text: &Option<String>| text.clone().filter(|text| !text::one_line(text).is_empty());
        let description = self.description.clone().unwrap_or_default();
        // Decided here: without a title, the beginning of the description is used, or else the type.
        let excerpt_title = || non_blank(&self.description).map(|text| excerpt_title(&text));
        let title = non_blank(&self.title).or_else(excerpt_title).unwrap_or_else(|| self.kind.clone());
        let extra = serde_json::json!({
            "type": self.kind, "title": self.title, "description": self.description, "embed": self.embed, "user": self.user,
        });
        Message {
            source: Source::of(by, SELFCOMMUNITY),
            severity: Severity::Information,
            priority: Priority::Normal,
            component: None,
            categories: vec![self.kind],
            content: vec![Content { language: Language::english(), title, description, link: self.link }],
            buttons: Vec::new(),
            attachments: Vec::new(),
            quiet_for: Vec::new(),
            channel: Channel::Portal,
            created_at: app.campanile.now().fixed_offset(),
            expires_at: None,
            extra,
        }
    }
}
