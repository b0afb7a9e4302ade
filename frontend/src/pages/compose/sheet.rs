//! The form as its parts share it: what was written, what is wrong with it, and which language is
//! open.

use campanile_shared::{Draft, FieldError};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{
    fault::{Fault, Field},
    letter::Letter,
};
use crate::{components::focus, i18n::format, reactive::memo};

/// The form; a handle that is copied freely.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// What was written.
    pub letter: RwSignal<Letter>,
    /// The same as it would be sent.
    pub draft: Memo<Draft>,
    /// What is wrong with it; empty until the first attempt to send.
    pub faults: Memo<Vec<Fault>>,
    /// The language whose text is open.
    pub language: RwSignal<String>,
    /// Told when another letter is begun with.
    pub begun: Trigger,
    /// Whether faults are shown.
    checked: RwSignal<bool>,
    /// What the server found wrong, and with which draft.
    refused: RwSignal<Option<(Draft, Vec<FieldError>)>>,
}

impl Sheet {
    /// The form around a letter.
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
                // What the server said holds until something is changed.
                let there = refused.get().filter(|(of, _)| of == draft).map(|(_, errors)| errors);
                Fault::all(&here, draft).into_iter().chain(Fault::all(&there.unwrap_or_default(), draft)).collect()
            })
        });
        Self { letter, draft, faults, language: RwSignal::new(language), begun: Trigger::new(), checked, refused }
    }

    /// Begins anew with a letter.
    pub fn reset(self, letter: Letter) {
        self.checked.set(false);
        self.refused.set(None);
        self.language.set(letter.texts.first().map(|text| text.language.clone()).unwrap_or_default());
        self.letter.set(letter);
        self.begun.notify();
    }

    /// One value of the letter, followed where it is read.
    pub fn get<T: PartialEq + Send + Sync + 'static>(self, read: impl Fn(&Letter) -> T + Send + Sync + 'static) -> Memo<T> {
        self.follow(Box::new(read))
    }

    /// The same for a function whose type is erased: a memo is much code, and this makes one for
    /// each type of value instead of one for each place that reads it.
    fn follow<T: PartialEq + Send + Sync + 'static>(self, read: Box<dyn Fn(&Letter) -> T + Send + Sync>) -> Memo<T> {
        memo(move || self.letter.with(|letter| read(letter)))
    }

    /// Writes a value of the letter as it is typed.
    pub fn typed(self, write: fn(&mut Letter, String)) -> Callback<String> {
        Callback::new(move |typed| self.letter.update(|letter| write(letter, typed)))
    }

    /// What is wrong with a field.
    pub fn fault(self, field: Field) -> Signal<Option<String>> {
        let fault = move || {
            self.faults.with(|faults| faults.iter().find(|fault| fault.field.as_ref() == Some(&field)).map(|fault| fault.text.clone()))
        };
        memo(fault).into()
    }

    /// Whether anything on the page of a language is wrong.
    pub fn is_faulty(self, language: &str) -> bool {
        self.faults.with(|faults| faults.iter().any(|fault| fault.field.as_ref().and_then(Field::language) == Some(language)))
    }

    /// The draft when it can be sent; else the faults are shown and the first one takes the focus.
    pub fn check(self) -> Option<Draft> {
        self.checked.set(true);
        if self.faults.with_untracked(Vec::is_empty) {
            return Some(self.draft.get_untracked());
        }
        self.focus_first_fault();
        None
    }

    /// Shows what the server found wrong with a draft.
    pub fn refuse(self, draft: Draft, errors: Vec<FieldError>) {
        self.refused.set(Some((draft, errors)));
        self.focus_first_fault();
    }

    /// Shows everything that is wrong with a draft, as after an attempt to send it.
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

/// The browser's clock as the vocabulary counts time.
pub fn now() -> DateTime<Utc> {
    format::wire(format::now()).unwrap_or(DateTime::UNIX_EPOCH)
}
