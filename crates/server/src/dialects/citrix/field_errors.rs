//! Reads the fields of a create request and collects their errors.

use std::{borrow::Cow, fmt};

use campanile_shared::{
    Content, Language, Link,
    limits::{MAX_CATEGORIES, MAX_DESCRIPTION_LENGTH, MAX_LANGUAGES, MAX_LINK_LENGTH, MAX_NAME_LENGTH, MAX_TITLE_LENGTH},
    send_request::SenderDate,
    text,
};

use super::{
    date::parse_date,
    errors::{CitrixError, FieldErrorKind},
    scalar::{ListValue, Scalar},
    wire::ContentEntry,
};

/// The path of a field in the body.
#[derive(Clone, Copy)]
pub enum Field {
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
pub struct FieldErrors(Vec<(FieldErrorKind, String, String)>);

impl FieldErrors {
    /// Adds an error of a field, with the rejected value.
    pub fn push(&mut self, fault: FieldErrorKind, field: Field, value: impl fmt::Display) {
        let field = field.to_string();
        // Two checks of one text may report the same error.
        if self.0.last().is_none_or(|(last, at, _)| (*last, at) != (fault, &field)) {
            self.0.push((fault, field, text::excerpt(&value.to_string(), MAX_VALUE_EXCERPT)));
        }
    }

    /// The response to the errors: it has the type of the first and lists all fields with that type.
    pub fn into_result(self) -> Result<(), CitrixError> {
        let mut faults = self.0.into_iter();
        let Some((first, field, value)) = faults.next() else { return Ok(()) };
        let alike = faults.filter(|(fault, ..)| *fault == first);
        Err(alike.fold(CitrixError::invalid_field(first, field, value), |refusal, (_, field, value)| refusal.with_parameter(field, value)))
    }

    /// A text that must be present and visible.
    pub fn required<'a>(&mut self, field: Field, value: Scalar<'a>, limit: usize) -> Cow<'a, str> {
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

    /// A text that may be absent.
    pub fn optional<'a>(&mut self, field: Field, value: Scalar<'a>, limit: usize) -> Option<Cow<'a, str>> {
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

    /// A date as [`parse_date`] reads it.
    pub fn date(&mut self, text: &str) -> SenderDate {
        let date = parse_date(text);
        if date.is_none() && !text.is_empty() {
            self.push(FieldErrorKind::InvalidString, Field::Top("createdDate"), text);
        }
        date.unwrap_or_default()
    }

    /// A name of an enumeration in any case, or its numeric code. Decided here: the vendor documents codes only
    /// for callbacks, but its platform usually reads both.
    pub fn enum_value<T: Copy + Default>(&mut self, field: Field, value: &Scalar<'_>, all: &[T; 4], name: fn(T) -> &'static str) -> T {
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
    pub fn content(&mut self, content: ListValue<ContentEntry<'_>>) -> (Vec<Content>, Vec<String>) {
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
        let text = self.optional(field, value, MAX_LINK_LENGTH)?;
        if text.trim().is_empty() {
            return None;
        }
        let link = text.parse::<Link>().ok().filter(Link::is_http);
        if link.is_none() && text.chars().count() <= MAX_LINK_LENGTH {
            self.push(FieldErrorKind::InvalidString, field, &text);
        }
        link
    }

    /// The categories. `None` if they are absent.
    pub fn categories(&mut self, categories: ListValue<Scalar<'_>>) -> Option<Vec<String>> {
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
    pub fn data(&mut self, data: Option<&serde_json::value::RawValue>) -> Option<String> {
        let text = data.map(serde_json::value::RawValue::get).filter(|text| *text != "null")?;
        if serde_json::from_str::<serde_json::Value>(text).is_err() {
            self.push(FieldErrorKind::InvalidJson, Field::Top("data"), "nested too deeply, or a string with invalid characters");
        }
        Some(text.to_owned())
    }
}

/// Whether a text has no visible character.
fn is_blank(text: &str) -> bool {
    // Fast path: most texts have an ASCII letter near the beginning.
    !text.bytes().any(|byte| byte.is_ascii_graphic()) && text::one_line(text).is_empty()
}
