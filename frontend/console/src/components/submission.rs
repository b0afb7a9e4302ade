//! The submission of a simple form: one request at a time, and errors at their fields.

use campanile_shared::{FieldError, problem::FieldErrorCode};
use leptos::prelude::*;

use super::focus;
use crate::{
    api::Error,
    error_text,
    i18n::{format, t},
    reactive::memo,
};

/// The state of a submission, as a handle that can be copied.
#[derive(Clone, Copy, Default)]
pub struct Submission {
    /// Whether a request is in progress.
    pub busy: RwSignal<bool>,
    /// Why the submission failed, unless the error belongs to a field.
    pub error: RwSignal<Option<String>>,
    field_errors: RwSignal<Vec<FieldError>>,
}

impl Submission {
    /// A form that was not submitted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a submission and shows the errors found so far. Returns `false` if there are any, or if a request
    /// is in progress.
    pub fn begin(self, errors: Vec<FieldError>) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.error.set(None);
        let fine = errors.is_empty();
        self.show(errors);
        self.busy.set(fine);
        fine
    }

    /// Ends a submission. `taken` is the text for a name that is already in use (409).
    pub fn end<Answer>(self, answer: Result<Answer, Error>, taken: impl FnOnce() -> String) -> Option<Answer> {
        self.busy.set(false);
        match answer {
            Ok(answer) => return Some(answer),
            Err(Error::Refused(problem)) if !problem.errors.is_empty() => self.show(problem.errors),
            Err(error @ Error::Refused(_)) if error.status() == Some(409) && !error.is_other_person() => self.error.set(Some(taken())),
            Err(error) => self.error.set(Some(error_text::explain(&error))),
        }
        None
    }

    fn show(self, errors: Vec<FieldError>) {
        if !errors.is_empty() {
            focus::to_first_error();
        }
        self.field_errors.set(errors);
    }

    /// The error of the field at a JSON pointer, or of a part of that field.
    pub fn field_error(self, pointer: impl Into<String>) -> Signal<Option<String>> {
        self.field_error_with(pointer, field_error_text)
    }

    /// The same with a function that returns the text.
    pub fn field_error_with(self, pointer: impl Into<String>, words: fn(&FieldError) -> String) -> Signal<Option<String>> {
        let pointer = pointer.into();
        let is_here =
            move |error: &FieldError| error.pointer.strip_prefix(&*pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        memo(move || self.field_errors.with(|errors| errors.iter().find(|error| is_here(error)).map(words))).into()
    }
}

/// The limit of an error, formatted.
pub fn limit_text(error: &FieldError) -> String {
    format::number(f64::from(format::saturating_u32(error.limit.unwrap_or_default())))
}

fn field_error_text(error: &FieldError) -> String {
    match error.code {
        FieldErrorCode::Missing => t::compose_error_missing(),
        FieldErrorCode::TooLong => t::compose_error_too_long(&limit_text(error)),
        FieldErrorCode::TooMany => t::compose_error_too_many(&limit_text(error)),
        FieldErrorCode::Duplicate => t::compose_error_duplicate(),
        FieldErrorCode::ControlCharacter => t::compose_error_control(),
        FieldErrorCode::UnsafeLink => t::compose_error_link(),
        _ => t::compose_error_malformed(),
    }
}
