//! Validates a create request and turns it into a message.

use std::{borrow::Cow, fmt};

use campanile_domain::{Source, notification::Message};
use campanile_shared::{
    Channel, Content, Language, Link, Priority, Severity, link,
    send_request::{MAX_CATEGORIES, MAX_DESCRIPTION_LENGTH, MAX_LANGUAGES, MAX_NAME_LENGTH, MAX_TITLE_LENGTH, SenderDate},
    text,
};
use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

use super::{
    error::{CitrixError, FieldErrorKind},
    wire::{ContentEntry, CreateRequest, ListValue, Scalar},
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

/// Values that responses must repeat and the core does not store. Empty for most requests.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct Extra {
    /// The destination as sent, when the audience names it differently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_admin: Option<String>,
    /// The date as sent, when [`format_date`] formats it differently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<String>,
    /// The language tags as sent, when one is not in the conventional case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub language_tags: Vec<String>,
    /// Whether the categories were an empty list instead of absent.
    #[serde(skip_serializing_if = "is_false")]
    pub empty_categories: bool,
    /// `data` as JSON text. Any value is passed through unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Whether no email is sent.
    #[serde(skip_serializing_if = "is_false")]
    pub suppress_email: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Extra {
    /// The stored JSON; null when all values are defaults.
    pub fn value(&self) -> serde_json::Value {
        if *self == Self::default() { serde_json::Value::Null } else { serde_json::to_value(self).unwrap_or_default() }
    }
}

/// Formats a date that was not sent as text. It has at most microseconds, because the vendor's clients
/// read no more than seven fractional digits.
pub fn format_date(date: SenderDate) -> String {
    let whole_millis = date.timestamp_subsec_nanos().is_multiple_of(1_000_000);
    date.to_rfc3339_opts(if whole_millis { SecondsFormat::AutoSi } else { SecondsFormat::Micros }, true)
}

/// The name of a severity (documented by the vendor, with the codes 0 to 3).
pub const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "Information",
        Severity::Success => "Success",
        Severity::Warning => "Warning",
        Severity::Error => "Error",
    }
}

/// The code of a severity (documented by the vendor).
pub fn severity_code(severity: Severity) -> usize {
    SEVERITIES.iter().position(|known| *known == severity).unwrap_or_default()
}

/// The code of a priority (documented by the vendor).
pub fn priority_code(priority: Priority) -> usize {
    PRIORITIES.iter().position(|known| *known == priority).unwrap_or_default()
}

/// The severities in the order of their codes.
const SEVERITIES: [Severity; 4] = [Severity::Information, Severity::Success, Severity::Warning, Severity::Error];

/// The name of a priority (documented by the vendor, with the codes 0 to 3).
pub const fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::Normal => "Normal",
        Priority::Low => "Low",
        Priority::High => "High",
        Priority::Urgent => "Urgent",
    }
}

/// The priorities in the order of their codes; `Normal` is 0.
const PRIORITIES: [Priority; 4] = [Priority::Normal, Priority::Low, Priority::High, Priority::Urgent];

/// The maximum length of a date, in bytes: RFC 3339 does not limit the fraction.
const MAX_DATE_BYTES: usize = 64;

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

/// Whether a text has no visible character.
fn is_blank(text: &str) -> bool {
    // Fast path: most texts have an ASCII letter near the beginning.
    !text.bytes().any(|byte| byte.is_ascii_graphic()) && text::one_line(text).is_empty()
}

/// The path of a field in the body.
#[derive(Clone, Copy)]
enum Field {
    Top(&'static str),
    Category(usize),
    Entry(usize),
    Content(usize, &'static str),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top(name) => f.write_str(name),
            Self::Category(at) => write!(f, "categories[{at}]"),
            Self::Entry(at) => write!(f, "content[{at}]"),
            Self::Content(at, name) => write!(f, "content[{at}].{name}"),
        }
    }
}

/// The maximum length of a rejected value in the response, in characters.
const MAX_VALUE_EXCERPT: usize = 100;

/// The errors of a body, in the order of its fields.
#[derive(Default)]
struct FieldErrors(Vec<(FieldErrorKind, String, String)>);

impl FieldErrors {
    fn push(&mut self, fault: FieldErrorKind, field: Field, value: impl fmt::Display) {
        let field = field.to_string();
        // Two checks of one text may report the same error.
        if self.0.last().is_none_or(|(last, at, _)| (*last, at) != (fault, &field)) {
            self.0.push((fault, field, text::excerpt(&value.to_string(), MAX_VALUE_EXCERPT)));
        }
    }

    fn into_result(self) -> Result<(), CitrixError> {
        let mut faults = self.0.into_iter();
        let Some((first, field, value)) = faults.next() else { return Ok(()) };
        let alike = faults.filter(|(fault, ..)| *fault == first);
        Err(alike.fold(CitrixError::invalid_field(first, field, value), |refusal, (_, field, value)| refusal.with_parameter(field, value)))
    }

    fn required<'a>(&mut self, field: Field, value: Scalar<'a>, limit: usize) -> Cow<'a, str> {
        if value == Scalar::Absent {
            return self.missing(field);
        }
        match value {
            Scalar::Text(text) if is_blank(&text) => self.missing(field),
            value => self.optional(field, value, limit).unwrap_or_default(),
        }
    }

    fn missing<'a>(&mut self, field: Field) -> Cow<'a, str> {
        self.push(FieldErrorKind::Missing, field, "");
        Cow::Borrowed("")
    }

    fn optional<'a>(&mut self, field: Field, value: Scalar<'a>, limit: usize) -> Option<Cow<'a, str>> {
        match value {
            Scalar::Absent => None,
            Scalar::Text(text) => {
                // Compare bytes first: characters must be counted only for texts that may be too long.
                if text.len() > limit && text.chars().count() > limit {
                    self.push(FieldErrorKind::TooLong, field, limit);
                } else if text::has_controls(&text) {
                    self.push(FieldErrorKind::InvalidString, field, "a control character");
                }
                Some(text)
            }
            _ => {
                self.push(FieldErrorKind::InvalidString, field, "not a string");
                None
            }
        }
    }

    /// Parses an RFC 3339 date with any offset and fraction. It may be in the past or the future (both
    /// documented by the vendor).
    fn date(&mut self, text: &str) -> SenderDate {
        let date = DateTime::parse_from_rfc3339(text).ok().filter(|_| text.len() <= MAX_DATE_BYTES && text.is_ascii());
        if date.is_none() && !text.is_empty() {
            self.push(FieldErrorKind::InvalidString, Field::Top("createdDate"), text);
        }
        date.unwrap_or_default()
    }

    /// A name of an enumeration in any case, or its numeric code. Decided here: the vendor documents codes only
    /// for callbacks, but its platform usually reads both.
    fn enum_value<T: Copy + Default>(&mut self, field: Field, value: &Scalar<'_>, all: &[T; 4], name: fn(T) -> &'static str) -> T {
        let found = match value {
            Scalar::Absent => {
                self.missing(field);
                return T::default();
            }
            Scalar::Text(text) => all.iter().find(|choice| name(**choice).eq_ignore_ascii_case(text)),
            Scalar::Integer(code) => usize::try_from(*code).ok().and_then(|code| all.get(code)),
            _ => None,
        };
        if found.is_none() {
            match value {
                Scalar::Text(text) => self.push(FieldErrorKind::InvalidEnum, field, text),
                Scalar::Integer(code) => self.push(FieldErrorKind::InvalidEnum, field, code),
                _ => self.push(FieldErrorKind::InvalidEnum, field, "not a name"),
            }
        }
        found.copied().unwrap_or_default()
    }

    /// The texts by language, and the tags as sent when one differs from its conventional form.
    fn content(&mut self, content: ListValue<ContentEntry<'_>>) -> (Vec<Content>, Vec<String>) {
        let field = Field::Top("content");
        let entries = match content {
            ListValue::List(entries, more) if more || entries.len() > MAX_LANGUAGES => {
                self.push(FieldErrorKind::OutOfRange, field, MAX_LANGUAGES);
                return (Vec::new(), Vec::new());
            }
            ListValue::List(entries, _) if !entries.is_empty() => entries,
            ListValue::List(..) | ListValue::Absent => {
                self.missing(field);
                return (Vec::new(), Vec::new());
            }
            ListValue::Other => {
                self.push(FieldErrorKind::InvalidJson, field, "not a list");
                return (Vec::new(), Vec::new());
            }
        };
        let mut checked: Vec<Content> = Vec::with_capacity(entries.len());
        let mut tags = Vec::with_capacity(entries.len());
        for (at, entry) in entries.into_iter().enumerate() {
            let (tag, content) = self.entry(at, entry);
            if checked.iter().any(|other| other.language == content.language) {
                self.push(FieldErrorKind::InvalidString, Field::Content(at, "languageTag"), &tag);
            }
            tags.push(tag);
            checked.push(content);
        }
        let differs = tags.iter().zip(&checked).any(|(tag, content)| tag != content.language.as_str());
        let tags = if differs { tags.into_iter().map(Cow::into_owned).collect() } else { Vec::new() };
        (checked, tags)
    }

    fn entry<'a>(&mut self, at: usize, entry: ContentEntry<'a>) -> (Cow<'a, str>, Content) {
        let field = |name| Field::Content(at, name);
        let placeholder = |at: usize| format!("x-{at}").parse().unwrap_or_else(|_| Language::english());
        if entry.not_an_object {
            self.push(FieldErrorKind::InvalidJson, Field::Entry(at), "not an object");
            let nothing = Content { language: placeholder(at), title: String::new(), description: String::new(), link: None };
            return (Cow::Borrowed(""), nothing);
        }
        if let Some(name) = entry.twice {
            self.push(FieldErrorKind::InvalidJson, field(name), "appears twice");
        }
        let tag = self.required(field("languageTag"), entry.language_tag, usize::MAX);
        let language = tag.parse::<Language>().unwrap_or_else(|_| {
            if !tag.is_empty() {
                self.push(FieldErrorKind::InvalidString, field("languageTag"), &tag);
            }
            // A unique placeholder for the invalid tag, so that it is not reported as a duplicate.
            placeholder(at)
        });
        let title = self.required(field("title"), entry.title, MAX_TITLE_LENGTH);
        let description = match entry.description {
            Scalar::Absent => self.missing(field("description")),
            value => self.optional(field("description"), value, MAX_DESCRIPTION_LENGTH).unwrap_or_default(),
        };
        let link = self.link(field("detailUri"), entry.detail_uri);
        (tag, Content { language, title: title.into_owned(), description: description.into_owned(), link })
    }

    /// An http or https link. A blank value means no link (decided here).
    fn link(&mut self, field: Field, value: Scalar<'_>) -> Option<Link> {
        let text = self.optional(field, value, link::LONGEST)?;
        if text.trim().is_empty() {
            return None;
        }
        let link = text.parse::<Link>().ok().filter(Link::is_http);
        if link.is_none() && text.chars().count() <= link::LONGEST {
            self.push(FieldErrorKind::InvalidString, field, &text);
        }
        link
    }

    fn categories(&mut self, categories: ListValue<Scalar<'_>>) -> Option<Vec<String>> {
        let field = Field::Top("categories");
        match categories {
            ListValue::Absent => None,
            ListValue::Other => {
                self.push(FieldErrorKind::InvalidJson, field, "not a list");
                None
            }
            ListValue::List(entries, more) if more || entries.len() > MAX_CATEGORIES => {
                self.push(FieldErrorKind::OutOfRange, field, MAX_CATEGORIES);
                None
            }
            ListValue::List(entries, _) => {
                let mut names = Vec::with_capacity(entries.len());
                for (at, entry) in entries.into_iter().enumerate() {
                    let field = Field::Category(at);
                    match entry {
                        Scalar::Absent => self.push(FieldErrorKind::InvalidString, field, "not a string"),
                        value => names.extend(self.optional(field, value, MAX_NAME_LENGTH).map(Cow::into_owned)),
                    }
                }
                Some(names)
            }
        }
    }

    /// Any JSON value, passed through as written. It must be readable by other parsers: not nested too deeply,
    /// and with valid characters in its strings.
    fn data(&mut self, data: Option<&serde_json::value::RawValue>) -> Option<String> {
        let text = data.map(serde_json::value::RawValue::get).filter(|text| *text != "null")?;
        if serde_json::from_str::<serde_json::Value>(text).is_err() {
            self.push(FieldErrorKind::InvalidJson, Field::Top("data"), "nested too deeply, or a string with invalid characters");
        }
        Some(text.to_owned())
    }
}
