//! The rules for a send request, for browser and server. Every error names its field.

use chrono::{DateTime, Utc};

use super::SendRequest;
use crate::{
    Button, Channel, Content, Language, Link, Recipients,
    limits::{MAX_BUTTONS, MAX_CATEGORIES, MAX_DESCRIPTION_LENGTH, MAX_LANGUAGES, MAX_NAME_LENGTH, MAX_RECIPIENTS, MAX_TITLE_LENGTH},
    problem::{FieldError, FieldErrorCode},
    text,
};

/// The parts of a send request that validation converts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ValidatedContent {
    /// The text in every language.
    pub content: Vec<Content>,
    /// The buttons.
    pub buttons: Vec<Button>,
}

impl SendRequest {
    /// Validates the request. Returns every error found, each with its field.
    ///
    /// `expires_at` must be later than `now` and than `not_before`.
    pub fn validate(&self, now: DateTime<Utc>) -> Result<ValidatedContent, Vec<FieldError>> {
        let mut faults = Vec::new();
        match (self.channel, &self.http) {
            (Channel::Http, Some(post)) => post.check("/http", &mut faults),
            (Channel::Http, None) => faults.push(FieldError::new("/http/url", FieldErrorCode::Missing)),
            (_, Some(_)) => faults.push(FieldError::new("/http", FieldErrorCode::Forbidden)),
            (_, None) => {}
        }
        if self.channel != Channel::Http || !self.to.is_empty() {
            self.check_audience(&mut faults);
        }
        let content = self.check_content(&mut faults);
        let buttons = self.check_buttons(&mut faults);
        let names = self.component.iter().map(|name| ("/component".to_owned(), name));
        let names = names.chain(self.categories.iter().enumerate().map(|(at, name)| (format!("/categories/{at}"), name)));
        for (pointer, name) in names {
            check_text(&mut faults, pointer, name, MAX_NAME_LENGTH);
        }
        if self.categories.len() > MAX_CATEGORIES {
            faults.push(FieldError::with_limit("/categories", FieldErrorCode::TooMany, MAX_CATEGORIES));
        }
        if self.expires_at.is_some_and(|at| at <= now.max(self.not_before.unwrap_or(now))) {
            faults.push(FieldError::new("/expires_at", FieldErrorCode::Past));
        }
        if faults.is_empty() { Ok(ValidatedContent { content, buttons }) } else { Err(faults) }
    }

    fn check_buttons(&self, faults: &mut Vec<FieldError>) -> Vec<Button> {
        if self.buttons.len() > MAX_BUTTONS {
            faults.push(FieldError::with_limit("/buttons", FieldErrorCode::TooMany, MAX_BUTTONS));
        }
        let checked = self.buttons.iter().enumerate().map(|(at, button)| {
            let pointer = |field: &str| format!("/buttons/{at}/{field}");
            if text::one_line(&button.label).is_empty() {
                faults.push(FieldError::new(pointer("label"), FieldErrorCode::Missing));
            }
            check_text(faults, pointer("label"), &button.label, MAX_NAME_LENGTH);
            let link = check_link(faults, pointer("link"), button.link.as_deref());
            Button { label: button.label.clone(), primary: button.primary, link, data: None }
        });
        checked.collect()
    }

    fn check_audience(&self, faults: &mut Vec<FieldError>) {
        match self.to.len() {
            0 => faults.push(FieldError::new("/to", FieldErrorCode::Missing)),
            1..=MAX_RECIPIENTS => {}
            _ => faults.push(FieldError::with_limit("/to", FieldErrorCode::TooMany, MAX_RECIPIENTS)),
        }
        for (at, recipients) in self.to.iter().enumerate() {
            let empty = match recipients {
                Recipients::Everyone | Recipients::Administrators => None,
                Recipients::Person { person } => person.trim().is_empty().then_some("person"),
                Recipients::Role { object, .. } if object.trim().is_empty() => Some("object"),
                Recipients::Role { relation, .. } => relation.trim().is_empty().then_some("relation"),
            };
            if let Some(field) = empty {
                faults.push(FieldError::new(format!("/to/{at}/{field}"), FieldErrorCode::Missing));
            }
        }
    }

    fn check_content(&self, faults: &mut Vec<FieldError>) -> Vec<Content> {
        if self.content.is_empty() {
            faults.push(FieldError::new("/content", FieldErrorCode::Missing));
        }
        if self.content.len() > MAX_LANGUAGES {
            faults.push(FieldError::with_limit("/content", FieldErrorCode::TooMany, MAX_LANGUAGES));
        }
        let mut checked: Vec<Content> = Vec::with_capacity(self.content.len());
        for (at, entry) in self.content.iter().enumerate() {
            let pointer = |field: &str| format!("/content/{at}/{field}");
            let language = entry.language.parse::<Language>();
            match &language {
                Err(_) if entry.language.is_empty() => faults.push(FieldError::new(pointer("language"), FieldErrorCode::Missing)),
                Err(_) => faults.push(FieldError::new(pointer("language"), FieldErrorCode::Malformed)),
                Ok(language) if checked.iter().any(|other| other.language == *language) => {
                    faults.push(FieldError::new(pointer("language"), FieldErrorCode::Duplicate));
                }
                Ok(_) => {}
            }
            if text::one_line(&entry.title).is_empty() {
                faults.push(FieldError::new(pointer("title"), FieldErrorCode::Missing));
            }
            check_text(faults, pointer("title"), &entry.title, MAX_TITLE_LENGTH);
            // The title of an e-mail becomes a header field. Joining its lines would change the sender's text.
            if self.channel == Channel::Email && text::breaks_lines(&entry.title) {
                faults.push(FieldError::new(pointer("title"), FieldErrorCode::ControlCharacter));
            }
            check_text(faults, pointer("description"), &entry.description, MAX_DESCRIPTION_LENGTH);
            let link = check_link(faults, pointer("link"), entry.link.as_deref());
            if let Ok(language) = language {
                checked.push(Content { language, title: entry.title.clone(), description: entry.description.clone(), link });
            }
        }
        checked
    }
}

/// Parses an optional link. A blank text counts as no link.
fn check_link(faults: &mut Vec<FieldError>, pointer: String, text: Option<&str>) -> Option<Link> {
    let text = text.map(str::trim).filter(|link| !link.is_empty())?;
    let link = text.parse::<Link>().ok();
    if link.is_none() {
        faults.push(FieldError::new(pointer, FieldErrorCode::UnsafeLink));
    }
    link
}

/// Checks the length of a text and refuses control characters.
fn check_text(faults: &mut Vec<FieldError>, pointer: String, text: &str, limit: usize) {
    // The byte length is checked first, because it is faster and rarely exceeds the limit.
    if text.len() > limit && text.chars().count() > limit {
        faults.push(FieldError::with_limit(pointer, FieldErrorCode::TooLong, limit));
    } else if text::has_controls(text) {
        faults.push(FieldError::new(pointer, FieldErrorCode::ControlCharacter));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        HttpPost,
        send_request::{ButtonInput, ContentInput},
    };

    fn draft() -> SendRequest {
        SendRequest {
            to: vec![Recipients::Everyone],
            content: vec![ContentInput { language: "en".into(), title: "Hello".into(), ..Default::default() }],
            ..SendRequest::default()
        }
    }

    fn faults(change: impl FnOnce(&mut SendRequest)) -> Vec<(String, FieldErrorCode)> {
        let mut draft = draft();
        change(&mut draft);
        let found = draft.validate(DateTime::UNIX_EPOCH).err().unwrap_or_default();
        found.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    fn one(pointer: &str, code: FieldErrorCode) -> Vec<(String, FieldErrorCode)> {
        vec![(pointer.to_owned(), code)]
    }

    #[test]
    fn every_fault_stands_at_its_field() {
        assert_eq!(faults(|_| {}), []);
        assert_eq!(faults(|d| d.to.clear()), one("/to", FieldErrorCode::Missing));
        assert_eq!(faults(|d| d.to = vec![Recipients::Person { person: " ".into() }]), one("/to/0/person", FieldErrorCode::Missing));
        assert_eq!(faults(|d| d.content.clear()), one("/content", FieldErrorCode::Missing));
        assert_eq!(faults(|d| d.content[0].title = " \u{202E}".into()), one("/content/0/title", FieldErrorCode::Missing));
        assert_eq!(faults(|d| d.content[0].title = "x".repeat(1_000_000)), one("/content/0/title", FieldErrorCode::TooLong));
        assert_eq!(faults(|d| d.content[0].language = "en_US".into()), one("/content/0/language", FieldErrorCode::Malformed));
        assert_eq!(faults(|d| d.content.push(d.content[0].clone())), one("/content/1/language", FieldErrorCode::Duplicate));
        assert_eq!(faults(|d| d.content[0].link = Some("javascript:alert(1)".into())), one("/content/0/link", FieldErrorCode::UnsafeLink));
        assert_eq!(faults(|d| d.content[0].link = Some("  ".into())), []);
        assert_eq!(faults(|d| d.component = Some("é".repeat(257))), one("/component", FieldErrorCode::TooLong));
        assert_eq!(faults(|d| d.component = Some("é".repeat(256))), []);
        assert_eq!(faults(|d| d.expires_at = Some(DateTime::UNIX_EPOCH)), one("/expires_at", FieldErrorCode::Past));
        for text in ["a\0b", "\u{1B}[2J", "a\u{7F}"] {
            assert_eq!(faults(|d| d.content[0].title = text.into()), one("/content/0/title", FieldErrorCode::ControlCharacter));
            assert_eq!(faults(|d| d.content[0].description = text.into()), one("/content/0/description", FieldErrorCode::ControlCharacter));
            assert_eq!(faults(|d| d.component = Some(text.into())), one("/component", FieldErrorCode::ControlCharacter));
            assert_eq!(faults(|d| d.categories = vec![text.into()]), one("/categories/0", FieldErrorCode::ControlCharacter));
        }
        assert_eq!(faults(|d| d.content[0].description = "a\r\n\tb\u{202E}".into()), []);
        let mail = |title: &str| {
            faults(|d| {
                d.channel = Channel::Email;
                d.content[0].title = title.into();
            })
        };
        assert_eq!(mail("One line"), []);
        for title in ["a\r\nBcc: b@example.com", "a\nb", "a\rb", "a\0b"] {
            assert_eq!(mail(title), one("/content/0/title", FieldErrorCode::ControlCharacter), "{title:?}");
        }
        assert_eq!(faults(|d| d.channel = Channel::Http), one("/http/url", FieldErrorCode::Missing));
        assert_eq!(faults(|d| d.http = Some(HttpPost::default())), one("/http", FieldErrorCode::Forbidden));
        let button = ButtonInput { label: "\u{200B}".into(), link: Some("javascript:x".into()), ..Default::default() };
        let both = [one("/buttons/0/label", FieldErrorCode::Missing), one("/buttons/0/link", FieldErrorCode::UnsafeLink)].concat();
        assert_eq!(faults(|d| d.buttons.push(button.clone())), both);
    }

    /// The errors with their limits.
    fn bounds(change: impl FnOnce(&mut SendRequest)) -> Vec<FieldError> {
        let mut draft = draft();
        change(&mut draft);
        draft.validate(DateTime::UNIX_EPOCH).err().unwrap_or_default()
    }

    #[test]
    fn limits_hold_up_to_their_edge() {
        type Fill = fn(&mut SendRequest, usize);
        let limits: [(&str, FieldErrorCode, usize, Fill); 9] = [
            ("/content/0/title", FieldErrorCode::TooLong, MAX_TITLE_LENGTH, |d, count| d.content[0].title = "é".repeat(count)),
            ("/content/0/description", FieldErrorCode::TooLong, MAX_DESCRIPTION_LENGTH, |d, count| {
                d.content[0].description = "é".repeat(count)
            }),
            ("/component", FieldErrorCode::TooLong, MAX_NAME_LENGTH, |d, count| d.component = Some("x".repeat(count))),
            ("/categories/0", FieldErrorCode::TooLong, MAX_NAME_LENGTH, |d, count| d.categories = vec!["é".repeat(count)]),
            ("/categories", FieldErrorCode::TooMany, MAX_CATEGORIES, |d, count| d.categories = vec!["x".to_owned(); count]),
            ("/buttons", FieldErrorCode::TooMany, MAX_BUTTONS, |d, count| d.buttons = vec![button("x"); count]),
            ("/buttons/0/label", FieldErrorCode::TooLong, MAX_NAME_LENGTH, |d, count| d.buttons = vec![button(&"é".repeat(count))]),
            ("/to", FieldErrorCode::TooMany, MAX_RECIPIENTS, |d, count| d.to = vec![Recipients::Everyone; count]),
            ("/content", FieldErrorCode::TooMany, MAX_LANGUAGES, |d, count| d.content = (0..count).map(in_some_language).collect()),
        ];
        for (pointer, code, limit, fill) in limits {
            assert_eq!(bounds(|d| fill(d, limit)), [], "{pointer} with {limit}");
            assert_eq!(bounds(|d| fill(d, limit + 1)), [FieldError::with_limit(pointer, code, limit)]);
        }
    }

    fn button(label: &str) -> ButtonInput {
        ButtonInput { label: label.to_owned(), ..ButtonInput::default() }
    }

    /// A text whose language is different for each number.
    fn in_some_language(number: usize) -> ContentInput {
        ContentInput { language: format!("x-{number}n"), title: "Hello".to_owned(), ..ContentInput::default() }
    }

    #[test]
    fn selectors_name_whom_they_mean() {
        let role = |object: &str, relation: &str| Recipients::Role { object: object.into(), relation: relation.into() };
        assert_eq!(
            faults(|d| d.to = vec![Recipients::Administrators, role("a:b", "ADMIN"), Recipients::Person { person: "ada".into() }]),
            []
        );
        assert_eq!(faults(|d| d.to = vec![role("a:b", "ADMIN"), role(" ", "ADMIN")]), one("/to/1/object", FieldErrorCode::Missing));
        assert_eq!(faults(|d| d.to = vec![role("a:b", "\t")]), one("/to/0/relation", FieldErrorCode::Missing));
        assert_eq!(faults(|d| d.content[0].language = String::new()), one("/content/0/language", FieldErrorCode::Missing));
    }

    #[test]
    fn a_url_needs_no_audience_and_an_audience_beside_it_is_checked() {
        let post = |to: Vec<Recipients>| {
            faults(|d| {
                (d.to, d.channel) = (to, Channel::Http);
                d.http = Some(HttpPost { url: "https://a.example".into(), ..HttpPost::default() });
            })
        };
        assert_eq!(post(Vec::new()), []);
        assert_eq!(post(vec![Recipients::Everyone]), []);
        assert_eq!(post(vec![Recipients::Person { person: String::new() }]), one("/to/0/person", FieldErrorCode::Missing));
    }

    #[test]
    fn a_notification_expires_after_it_is_sent() {
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 0);
        let expiring =
            |not_before: Option<i64>, expires: i64| faults(|d| (d.not_before, d.expires_at) = (not_before.and_then(at), at(expires)));
        // The current time is 0.
        for (not_before, expires, passes) in [
            (None, 1, true),
            (None, 0, false),
            (None, -1, false),
            (Some(5), 6, true),
            (Some(5), 5, false),
            (Some(5), 1, false),
            (Some(-5), 1, true),
            (Some(-5), 0, false),
        ] {
            let expected = if passes { Vec::new() } else { one("/expires_at", FieldErrorCode::Past) };
            assert_eq!(expiring(not_before, expires), expected, "{not_before:?} {expires}");
        }
    }

    #[test]
    fn what_was_checked_says_what_was_written() {
        let mut draft = draft();
        draft.content[0].description = "More".into();
        draft.content[0].link = Some(" https://a.example ".into());
        draft.buttons = vec![ButtonInput { primary: true, link: Some("mailto:ada@acme.example".into()), ..button("Write") }, button("OK")];
        let ValidatedContent { content, buttons } = draft.validate(DateTime::UNIX_EPOCH).unwrap();
        let link = |text: &str| Some(text.parse::<Link>().unwrap());
        let (title, description) = ("Hello".to_owned(), "More".to_owned());
        assert_eq!(content, [Content { language: "en".parse().unwrap(), title, description, link: link("https://a.example") }]);
        let plain = |label: &str| Button { label: label.to_owned(), primary: false, link: None, data: None };
        assert_eq!(buttons, [Button { primary: true, link: link("mailto:ada@acme.example"), ..plain("Write") }, plain("OK")]);
    }
}
