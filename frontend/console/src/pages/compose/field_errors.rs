//! Errors of a send request as texts, and the form's field that each belongs to.

use campanile_shared::{FieldError, SendRequest, problem::FieldErrorCode};

use crate::i18n::{format, t};

/// A field of the form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FormField {
    /// The recipients.
    To,
    /// The tabs of the languages.
    Language,
    /// A title; with its language.
    Title(String),
    /// A description; with its language.
    Description(String),
    /// A link; with its language.
    Link(String),
    /// The component.
    Component,
    /// The categories.
    Categories,
    /// The expiry.
    Expires,
    /// The URL of an HTTP POST.
    Url,
    /// The headers of an HTTP POST as a whole.
    Headers,
    /// The name of a header, by its index.
    HeaderName(usize),
    /// The value of a header, by its index.
    HeaderValue(usize),
    /// The body of an HTTP POST.
    Body,
    /// The signing secret of an HTTP POST.
    Secret,
    /// The buttons as a whole.
    Buttons,
    /// The label of a button, by its index.
    ButtonLabel(usize),
    /// The link of a button, by its index.
    ButtonLink(usize),
}

impl FormField {
    /// The field for a JSON pointer into a send request; `None` if the form has no such field.
    pub fn at_pointer(pointer: &str, draft: &SendRequest) -> Option<Self> {
        let index = |step: Option<&str>| step.and_then(|step| step.parse::<usize>().ok());
        let mut steps = pointer.split('/').skip(1);
        match (steps.next()?, steps.next(), steps.next()) {
            ("to", ..) => Some(Self::To),
            ("content", Some(at), part) => {
                let language = at.parse::<usize>().ok().and_then(|at| draft.content.get(at)).map(|content| content.language.clone());
                match (part, language) {
                    (Some("title"), Some(language)) => Some(Self::Title(language)),
                    (Some("description"), Some(language)) => Some(Self::Description(language)),
                    (Some("link"), Some(language)) => Some(Self::Link(language)),
                    _ => Some(Self::Language),
                }
            }
            ("content", ..) => Some(Self::Language),
            ("component", ..) => Some(Self::Component),
            ("categories", ..) => Some(Self::Categories),
            ("expires_at", ..) => Some(Self::Expires),
            ("http", Some("url"), _) => Some(Self::Url),
            ("http", Some("body"), _) => Some(Self::Body),
            ("http", Some("secret"), _) => Some(Self::Secret),
            ("http", Some("headers"), at) => Some(match (index(at), steps.next()) {
                (Some(at), Some("name")) => Self::HeaderName(at),
                (Some(at), Some("value")) => Self::HeaderValue(at),
                _ => Self::Headers,
            }),
            ("buttons", at, part) => Some(match (index(at), part) {
                (Some(at), Some("label")) => Self::ButtonLabel(at),
                (Some(at), Some("link")) => Self::ButtonLink(at),
                _ => Self::Buttons,
            }),
            _ => None,
        }
    }

    /// The language whose tab has the field.
    pub fn language(&self) -> Option<&str> {
        match self {
            Self::Title(language) | Self::Description(language) | Self::Link(language) => Some(language),
            _ => None,
        }
    }

    /// The ID of the element to focus.
    pub fn element_id(&self) -> String {
        match self {
            Self::To => "compose-to".to_owned(),
            Self::Language => "compose-languages".to_owned(),
            Self::Title(language) => format!("title-{language}"),
            Self::Description(language) => format!("description-{language}"),
            Self::Link(language) => format!("link-{language}"),
            Self::Component => "component".to_owned(),
            Self::Categories => "categories".to_owned(),
            Self::Expires => "expires".to_owned(),
            Self::Url => "url".to_owned(),
            Self::Headers => "header-add".to_owned(),
            Self::HeaderName(at) => format!("header-name-{at}"),
            Self::HeaderValue(at) => format!("header-value-{at}"),
            Self::Body => "body".to_owned(),
            Self::Secret => "secret".to_owned(),
            Self::Buttons => "button-add".to_owned(),
            Self::ButtonLabel(at) => format!("button-label-{at}"),
            Self::ButtonLink(at) => format!("button-link-{at}"),
        }
    }
}

/// An error of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct FormError {
    /// The field; `None` if the form has no field for it.
    pub field: Option<FormField>,
    /// The text that is shown.
    pub text: String,
}

impl FormError {
    /// The form errors for the errors of a send request, in the same order.
    pub fn all(errors: &[FieldError], draft: &SendRequest) -> Vec<Self> {
        errors.iter().map(|error| Self::of(error, draft)).collect()
    }

    fn of(error: &FieldError, draft: &SendRequest) -> Self {
        let field = FormField::at_pointer(&error.pointer, draft);
        let limit = || format::number(f64::from(format::saturating_u32(error.limit.unwrap_or_default())));
        let text = match (error.code, &field) {
            (FieldErrorCode::Missing, Some(FormField::To)) => t::compose_error_to(),
            (FieldErrorCode::Missing, Some(FormField::Title(_))) => t::compose_error_title(),
            (FieldErrorCode::Missing, _) => t::compose_error_missing(),
            (FieldErrorCode::TooLong, _) => t::compose_error_too_long(&limit()),
            (FieldErrorCode::TooMany, _) => t::compose_error_too_many(&limit()),
            (FieldErrorCode::Duplicate, _) => t::compose_error_duplicate(),
            (FieldErrorCode::Malformed, Some(FormField::Secret)) => t::compose_error_secret(),
            (FieldErrorCode::UnsafeLink, Some(FormField::Url)) => t::compose_error_url(),
            (FieldErrorCode::UnsafeLink, _) => t::compose_error_link(),
            (FieldErrorCode::ControlCharacter, _) => t::compose_error_control(),
            (FieldErrorCode::Reserved, _) => t::compose_error_reserved(),
            (FieldErrorCode::Unknown, _) => t::compose_error_unknown(),
            (FieldErrorCode::Past, _) => t::compose_error_past(),
            (FieldErrorCode::Malformed | FieldErrorCode::Forbidden, _) => t::compose_error_malformed(),
            // These are errors of passwords; a notification has none.
            (FieldErrorCode::TooShort | FieldErrorCode::TooCommon | FieldErrorCode::Unchanged | FieldErrorCode::Wrong, _) => {
                t::compose_error_malformed()
            }
        };
        // An error without a field is shown at the end of the form, with its pointer.
        let text = if field.is_some() { text } else { format!("{}: {text}", error.pointer) };
        Self { field, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Priority, Severity, send_request::ContentInput};

    #[test]
    fn each_pointer_maps_to_its_field() {
        let draft = SendRequest {
            to: Vec::new(),
            content: ["en", "de"].map(|language| ContentInput { language: language.into(), ..ContentInput::default() }).into(),
            severity: Severity::Error,
            priority: Priority::Normal,
            component: None,
            categories: Vec::new(),
            expires_at: None,
            ..SendRequest::default()
        };
        let id = |pointer: &str| FormField::at_pointer(pointer, &draft).map(|field| field.element_id());
        assert_eq!(id("/to/3/person").as_deref(), Some("compose-to"));
        assert_eq!(id("/content/1/title").as_deref(), Some("title-de"));
        assert_eq!(id("/content/7/title").as_deref(), Some("compose-languages"));
        assert_eq!(id("/content/0/language").as_deref(), Some("compose-languages"));
        assert_eq!(id("/categories/2").as_deref(), Some("categories"));
        assert_eq!(id("/expires_at").as_deref(), Some("expires"));
        assert_eq!(id("/http/url").as_deref(), Some("url"));
        assert_eq!(id("/http/headers").as_deref(), Some("header-add"));
        assert_eq!(id("/http/headers/2/value").as_deref(), Some("header-value-2"));
        assert_eq!(id("/buttons/1/label").as_deref(), Some("button-label-1"));
        assert_eq!(id("/surprise"), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn errors_without_a_field_show_the_pointer() {
        let draft = SendRequest {
            to: Vec::new(),
            content: Vec::new(),
            severity: Severity::Error,
            priority: Priority::Normal,
            component: None,
            categories: Vec::new(),
            expires_at: None,
            ..SendRequest::default()
        };
        let errors = FormError::all(
            &[FieldError::new("/surprise", FieldErrorCode::Missing), FieldError::new("/to", FieldErrorCode::Missing)],
            &draft,
        );
        assert!(errors[0].text.starts_with("/surprise: "));
        assert_eq!(errors[1].text, t::compose_error_to());
    }
}
