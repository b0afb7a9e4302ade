//! The fields that the forms for a new and for a known person share.

use campanile_shared::{
    FieldError, Language,
    administration::{Member, MemberChange},
    display_name,
    problem::FieldErrorCode,
};
use leptos::prelude::*;

use crate::{
    components::{form_error::FormError, submission::Submission, text_field::TextField},
    i18n::t,
};

/// The input of the form, as typed.
#[derive(Clone, Default, PartialEq)]
pub struct PersonInput {
    /// The login; empty until it is typed.
    pub login: String,
    name: String,
    email: String,
    languages: String,
}

impl PersonInput {
    /// The data of a person.
    pub fn of(member: &Member) -> Self {
        let person = &member.person;
        Self {
            login: person.login.clone(),
            name: person.name.clone().unwrap_or_default(),
            email: person.email.clone().unwrap_or_default(),
            languages: person.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        }
    }

    /// The change, and the errors that the console finds.
    pub fn to_change(&self) -> (MemberChange, Vec<FieldError>) {
        let non_empty = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut errors = Vec::from_iter(display_name::check("/name", &self.name));
        let tags = self.languages.split([',', ' ', '、', '،']).filter(|tag| !tag.is_empty());
        let languages = tags.filter_map(|tag| match tag.parse::<Language>() {
            Ok(language) => Some(language),
            Err(_) => {
                errors.push(FieldError::new("/languages", FieldErrorCode::Malformed));
                None
            }
        });
        let languages = languages.collect();
        (MemberChange { name: self.name.trim().to_owned(), email: non_empty(&self.email), languages }, errors)
    }
}

/// The fields that both forms have.
pub fn person_fields(words: RwSignal<PersonInput>, form: Submission, prefix: &str) -> impl IntoView + use<> {
    let field = |read: fn(&PersonInput) -> String| Signal::derive(move || words.with(read));
    let write = |write: fn(&mut PersonInput, String)| Callback::new(move |text| words.update(|words| write(words, text)));
    view! {
        <TextField
            id=format!("{prefix}-name")
            label=t::admin_name()
            required=true
            value=field(|words| words.name.clone())
            on_input=write(|words, text| words.name = text)
            error=form.field_error("/name")
        />
        <TextField
            id=format!("{prefix}-email")
            label=t::channel_email()
            kind="email"
            value=field(|words| words.email.clone())
            on_input=write(|words, text| words.email = text)
            error=form.field_error("/email")
        />
        <TextField
            id=format!("{prefix}-languages")
            label=t::compose_languages()
            hint=t::admin_languages_hint()
            value=field(|words| words.languages.clone())
            on_input=write(|words, text| words.languages = text)
            error=form.field_error("/languages")
        />
        <FormError error=form.error/>
    }
}
