//! The state that the form's parts share: its content, its errors, and the open language.

use campanile_shared::{Draft, FieldError};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{
    fault::{Fault, Field},
    letter::Letter,
};
use crate::{components::focus, i18n::format, reactive::memo};

/// The form's state. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// The content as typed.
    pub letter: RwSignal<Letter>,
    /// The content as a send request.
    pub draft: Memo<Draft>,
    /// The errors; empty until the first attempt to send.
    pub faults: Memo<Vec<Fault>>,
    /// The language whose tab is open.
    pub language: RwSignal<String>,
    /// Notified when the content is replaced.
    pub begun: Trigger,
    /// Whether errors are shown.
    checked: RwSignal<bool>,
    /// The errors that the server reported, and the send request that they are for.
    refused: RwSignal<Option<(Draft, Vec<FieldError>)>>,
}

impl Sheet {
    /// A form with this content.
    pub fn new(letter: Letter) -> Self {
        let language = letter.texts.first().map(|text| text.language.clone()).unwrap_or_default();
        let letter = RwSignal::new(letter);
        let checked = RwSignal::new(false);
        let refused = RwSignal::new(None::<(Draft, Vec<FieldError>)>);
        let draft = memo(move || letter.with(|letter| letter.draft(format::local)));
        let faults = memo(move || {
            if !checked.get() {
                return Vec::new();
            }
            draft.with(|draft| {
                let here = draft.validate(now()).err().unwrap_or_default();
                // The server's errors apply until the content changes.
                let there = refused.get().filter(|(of, _)| of == draft).map(|(_, errors)| errors);
                Fault::all(&here, draft).into_iter().chain(Fault::all(&there.unwrap_or_default(), draft)).collect()
            })
        });
        Self { letter, draft, faults, language: RwSignal::new(language), begun: Trigger::new(), checked, refused }
    }

    /// Replaces the content and clears the errors.
    pub fn reset(self, letter: Letter) {
        self.checked.set(false);
        self.refused.set(None);
        self.language.set(letter.texts.first().map(|text| text.language.clone()).unwrap_or_default());
        self.letter.set(letter);
        self.begun.notify();
    }

    /// A value of the content, as a memo.
    pub fn get<T: PartialEq + Send + Sync + 'static>(self, read: impl Fn(&Letter) -> T + Send + Sync + 'static) -> Memo<T> {
        self.follow(Box::new(read))
    }

    /// The same with a boxed function. A memo is a lot of code; this compiles one for each type of value
    /// instead of one for each caller.
    fn follow<T: PartialEq + Send + Sync + 'static>(self, read: Box<dyn Fn(&Letter) -> T + Send + Sync>) -> Memo<T> {
        memo(move || self.letter.with(|letter| read(letter)))
    }

    /// A callback that writes typed text to the content.
    pub fn typed(self, write: fn(&mut Letter, String)) -> Callback<String> {
        Callback::new(move |typed| self.letter.update(|letter| write(letter, typed)))
    }

    /// The error of a field.
    pub fn fault(self, field: Field) -> Signal<Option<String>> {
        let fault = move || {
            self.faults.with(|faults| faults.iter().find(|fault| fault.field.as_ref() == Some(&field)).map(|fault| fault.text.clone()))
        };
        memo(fault).into()
    }

    /// Whether a field of a language's tab has an error.
    pub fn is_faulty(self, language: &str) -> bool {
        self.faults.with(|faults| faults.iter().any(|fault| fault.field.as_ref().and_then(Field::language) == Some(language)))
    }

    /// The send request if it is valid. Otherwise shows the errors and focuses the first one.
    pub fn check(self) -> Option<Draft> {
        self.checked.set(true);
        if self.faults.with_untracked(Vec::is_empty) {
            return Some(self.draft.get_untracked());
        }
        self.focus_first_fault();
        None
    }

    /// Shows errors that the server reported for a send request.
    pub fn refuse(self, draft: Draft, errors: Vec<FieldError>) {
        self.refused.set(Some((draft, errors)));
        self.focus_first_fault();
    }

    /// Shows these errors and all that the console finds, as after an attempt to send.
    pub fn refuse_all(self, draft: Draft, errors: Vec<FieldError>) {
        self.checked.set(true);
        self.refuse(draft, errors);
    }

    fn focus_first_fault(self) {
        let Some(field) = self.faults.with_untracked(|faults| faults.iter().find_map(|fault| fault.field.clone())) else { return };
        if let Some(language) = field.language() {
            self.language.set(language.to_owned());
        }
        focus::to(field.id());
    }
}

/// The browser's time.
pub fn now() -> DateTime<Utc> {
    format::wire(format::now()).unwrap_or(DateTime::UNIX_EPOCH)
}
