//! Validates a create request and turns it into a message.

use std::borrow::Cow;

use campanile_domain::{Source, model::notification::Message};
use campanile_shared::{Channel, limits::MAX_NAME_LENGTH};

use super::{
    date::format_date,
    enums::{PRIORITIES, SEVERITIES, priority_name, severity_name},
    errors::{CitrixError, FieldErrorKind},
    extra::Extra,
    field_errors::{Field, FieldErrors},
    scalar::Scalar,
    wire::CreateRequest,
};

/// A validated create request.
pub struct ValidatedCreate {
    /// `*`, or the id of one administrator.
    pub destination_admin: String,
    /// The message; its `extra` is still empty.
    pub message: Message,
    /// Further values that responses must repeat.
    pub extra: Extra,
}

/// Validates a body; `source` is its sender.
///
/// When there are several errors, the response has the type of the first and lists all fields with that
/// type. A blank value counts as absent where a value is required, but a description may be empty (decided here).
pub fn validate(body: CreateRequest<'_>, source: Source) -> Result<ValidatedCreate, CitrixError> {
    let mut faults = FieldErrors::default();
    if let Some(name) = body.twice {
        faults.push(FieldErrorKind::InvalidJson, Field::Top(name), "appears twice");
    }
    let destination_admin = faults.required(Field::Top("destinationAdmin"), body.destination_admin, MAX_NAME_LENGTH);
    let component = faults.required(Field::Top("component"), body.component, MAX_NAME_LENGTH);
    let created_date = faults.required(Field::Top("createdDate"), body.created_date, usize::MAX);
    let created_at = faults.date(&created_date);
    let event_id = faults.optional(Field::Top("eventId"), body.event_id, MAX_NAME_LENGTH);
    let severity = faults.enum_value(Field::Top("severity"), &body.severity, &SEVERITIES, severity_name);
    let priority = faults.enum_value(Field::Top("priority"), &body.priority, &PRIORITIES, priority_name);
    let (content, language_tags) = faults.content(body.content);
    let categories = faults.categories(body.categories);
    let data = faults.data(body.data);
    let external_id = faults.optional(Field::Top("externalId"), body.external_id, MAX_NAME_LENGTH);
    let suppress_email = match body.suppress_email {
        Scalar::Absent => false,
        Scalar::Flag(flag) => flag,
        _ => {
            faults.push(FieldErrorKind::InvalidJson, Field::Top("suppressEmail"), "neither true nor false");
            false
        }
    };
    faults.into_result()?;
    let extra = Extra {
        destination_admin: None,
        created_date: (format_date(created_at) != created_date).then(|| created_date.into_owned()),
        language_tags,
        empty_categories: categories.as_ref().is_some_and(Vec::is_empty),
        data,
        suppress_email,
    };
    let source = Source { event_id: event_id.map(Cow::into_owned), external_id: external_id.map(Cow::into_owned), ..source };
    let message = Message {
        source,
        severity,
        priority,
        component: Some(component.into_owned()),
        categories: categories.unwrap_or_default(),
        content,
        buttons: Vec::new(),
        attachments: Vec::new(),
        quiet_for: Vec::new(),
        channel: Channel::Portal,
        created_at,
        expires_at: None,
        extra: serde_json::Value::Null,
    };
    Ok(ValidatedCreate { destination_admin: destination_admin.into_owned(), message, extra })
}
