//! The state that the form's parts share: its content, its errors, and the open language.

use campanile_shared::{FieldError, SendRequest};
use leptos::prelude::*;

use super::{
    field_errors::{FormError, FormField},
    form_data::FormData,
};
use crate::{components::focus, i18n::format, reactive::memo};

/// The form's state. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct FormState {
    /// The content as typed.
    pub data: RwSignal<FormData>,
    /// The content as a send request.
    pub request: Memo<SendRequest>,
    /// The errors; empty until the first attempt to send.
    pub errors: Memo<Vec<FormError>>,
    /// The language whose tab is open.
    pub open_language: RwSignal<String>,
    /// Notified when the content is replaced.
    pub replaced: Trigger,
    /// Whether errors are shown.
    show_errors: RwSignal<bool>,
    /// The errors that the server reported, and the send request that they are for.
    server_errors: RwSignal<Option<(SendRequest, Vec<FieldError>)>>,
}

impl FormState {
    /// A form with this content.
    pub fn new(letter: FormData) -> Self {
        let language = letter.texts.first().map(|text| text.language.clone()).unwrap_or_default();
        let data = RwSignal::new(letter);
        let show_errors = RwSignal::new(false);
        let server_errors = RwSignal::new(None::<(SendRequest, Vec<FieldError>)>);
        let request = memo(move || data.with(|letter| letter.to_request(format::parse_local_input)));
        let errors = memo(move || {
            if !show_errors.get() {
                return Vec::new();
            }
            request.with(|draft| {
                let found_here = draft.validate(format::now_utc()).err().unwrap_or_default();
                // The server's errors apply until the content changes.
                let found_by_server = server_errors.get().filter(|(of, _)| of == draft).map(|(_, errors)| errors);
                FormError::all(&found_here, draft).into_iter().chain(FormError::all(&found_by_server.unwrap_or_default(), draft)).collect()
            })
        });
        Self { data, request, errors, open_language: RwSignal::new(language), replaced: Trigger::new(), show_errors, server_errors }
    }

    /// Replaces the content and clears the errors.
    pub fn reset(self, letter: FormData) {
        self.show_errors.set(false);
        self.server_errors.set(None);
        self.open_language.set(letter.texts.first().map(|text| text.language.clone()).unwrap_or_default());
        self.data.set(letter);
        self.replaced.notify();
    }

    /// A value of the content, as a memo.
    pub fn select<T: PartialEq + Send + Sync + 'static>(self, read: impl Fn(&FormData) -> T + Send + Sync + 'static) -> Memo<T> {
        self.memo_of(Box::new(read))
    }

    /// The same with a boxed function. A memo is a lot of code; this compiles one for each type of value
    /// instead of one for each caller.
    fn memo_of<T: PartialEq + Send + Sync + 'static>(self, read: Box<dyn Fn(&FormData) -> T + Send + Sync>) -> Memo<T> {
        memo(move || self.data.with(|letter| read(letter)))
    }

    /// A callback that writes typed text to the content.
    pub fn on_input(self, write: fn(&mut FormData, String)) -> Callback<String> {
        Callback::new(move |typed| self.data.update(|letter| write(letter, typed)))
    }

    /// The error of a field.
    pub fn error_for(self, field: FormField) -> Signal<Option<String>> {
        let error = move || {
            self.errors.with(|errors| errors.iter().find(|error| error.field.as_ref() == Some(&field)).map(|error| error.text.clone()))
        };
        memo(error).into()
    }

    /// Whether a field of a language's tab has an error.
    pub fn has_error_in(self, language: &str) -> bool {
        self.errors.with(|errors| errors.iter().any(|error| error.field.as_ref().and_then(FormField::language) == Some(language)))
    }

    /// The send request if it is valid. Otherwise shows the errors and focuses the first one.
    pub fn validate(self) -> Option<SendRequest> {
        self.show_errors.set(true);
        if self.errors.with_untracked(Vec::is_empty) {
            return Some(self.request.get_untracked());
        }
        self.focus_first_error();
        None
    }

    /// Shows errors that the server reported for a send request.
    pub fn show_server_errors(self, draft: SendRequest, errors: Vec<FieldError>) {
        self.server_errors.set(Some((draft, errors)));
        self.focus_first_error();
    }

    /// Shows these errors and all that the console finds, as after an attempt to send.
    pub fn show_all_errors(self, draft: SendRequest, errors: Vec<FieldError>) {
        self.show_errors.set(true);
        self.show_server_errors(draft, errors);
    }

    fn focus_first_error(self) {
        let Some(field) = self.errors.with_untracked(|errors| errors.iter().find_map(|error| error.field.clone())) else { return };
        if let Some(language) = field.language() {
            self.open_language.set(language.to_owned());
        }
        focus::to(field.element_id());
    }
}
