//! The forms to add and to edit a person.

use campanile_shared::{
    FieldError, Language,
    administration::{Member, MemberChange, NewMember},
    directory::PersonRecord,
    display_name,
    problem::FieldErrorCode,
};
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation};

use super::{people::PeopleContext, roles::Roles};
use crate::{
    components::{form_error::FormError, submission::Submission, text_field::TextField},
    i18n::t,
    state::State,
};

/// The input of the form, as typed.
#[derive(Clone, Default, PartialEq)]
struct PersonInput {
    login: String,
    name: String,
    email: String,
    languages: String,
}

impl PersonInput {
    fn of(member: &Member) -> Self {
        let person = &member.person;
        Self {
            login: person.login.clone(),
            name: person.name.clone().unwrap_or_default(),
            email: person.email.clone().unwrap_or_default(),
            languages: person.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        }
    }

    /// The change, and the errors that the console finds.
    fn to_change(&self) -> (MemberChange, Vec<FieldError>) {
        let non_empty = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut faults = Vec::from_iter(display_name::check("/name", &self.name));
        let tags = self.languages.split([',', ' ', '、', '،']).filter(|tag| !tag.is_empty());
        let languages = tags.filter_map(|tag| match tag.parse::<Language>() {
            Ok(language) => Some(language),
            Err(_) => {
                faults.push(FieldError::new("/languages", FieldErrorCode::Malformed));
                None
            }
        });
        let languages = languages.collect();
        (MemberChange { name: self.name.trim().to_owned(), email: non_empty(&self.email), languages }, faults)
    }
}

/// The fields that both forms have.
fn person_fields(words: RwSignal<PersonInput>, form: Submission, prefix: &str) -> impl IntoView + use<> {
    let field = |read: fn(&PersonInput) -> String| Signal::derive(move || words.with(read));
    let write = |write: fn(&mut PersonInput, String)| Callback::new(move |text| words.update(|words| write(words, text)));
    view! {
        <TextField
            id=format!("{prefix}-name")
            label=t::admin_name()
            required=true
            value=field(|words| words.name.clone())
            on_input=write(|words, text| words.name = text)
            fault=form.field_error("/name")
        />
        <TextField
            id=format!("{prefix}-email")
            label=t::channel_email()
            kind="email"
            value=field(|words| words.email.clone())
            on_input=write(|words, text| words.email = text)
            fault=form.field_error("/email")
        />
        <TextField
            id=format!("{prefix}-languages")
            label=t::compose_languages()
            hint=t::admin_languages_hint()
            value=field(|words| words.languages.clone())
            on_input=write(|words, text| words.languages = text)
            fault=form.field_error("/languages")
        />
        <FormError error=form.error/>
    }
}

/// The form for a new person.
#[component]
pub fn NewPersonForm(
    /// Called with the added person.
    on_added: Callback<Member>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let state = State::expect();
    let form = Submission::new();
    let words = RwSignal::new(PersonInput::default());
    let administrator = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let written = words.get_untracked();
        let (change, mut faults) = written.to_change();
        faults.extend(display_name::check("/login", &written.login));
        if form.begin(faults) {
            let MemberChange { name, email, languages } = change;
            let person =
                PersonRecord { login: written.login.trim().to_owned(), name: Some(name), email, languages, external_ids: Vec::new() };
            let new = NewMember { person, administrator: administrator.get_untracked() };
            spawn_local_scoped_with_cancellation(async move {
                let answer = state.add_member(&new).await;
                if let Some(member) = form.end(answer, t::admin_person_taken) {
                    on_added.run(member);
                }
            });
        }
    };
    view! {
        <form class="card admin-form" novalidate aria-label=t::admin_person_new() on:submit=submit>
            <TextField
                id="person-login"
                label=t::sign_in_login()
                required=true
                value=Signal::derive(move || words.with(|words| words.login.clone()))
                on_input=Callback::new(move |login| words.update(|words| words.login = login))
                fault=form.field_error("/login")
            />
            {person_fields(words, form, "person")}
            <label class="check">
                <input type="checkbox" prop:checked=administrator on:change:target=move |event| administrator.set(event.target().checked())/>
                {t::admin_administers()}
            </label>
            <div class="admin-answers">
                <button class="primary" aria-disabled=move || form.busy.get().to_string()>
                    {t::admin_create()}
                </button>
                <button type="button" class="quiet" on:click=move |_| on_cancel.run(())>
                    {t::cancel()}
                </button>
            </div>
        </form>
    }
}

/// The form to edit a person, with their roles and further actions.
#[component]
pub fn EditPersonForm(
    /// The person.
    member: Member,
    /// The context of the tab.
    context: PeopleContext,
) -> impl IntoView {
    let state = State::expect();
    let form = Submission::new();
    let words = RwSignal::new(PersonInput::of(&member));
    let login = StoredValue::new(member.person.login.clone());
    let is_me = untrack(|| state.me()).is_some_and(|me| me.person.login == member.person.login);
    let (disabled, administrator) = (member.disabled_at.is_some(), member.administrator);
    let prefix = format!("edit-{}", member.person.login.replace(char::is_whitespace, "-"));
    let title = t::admin_person_edit_item(&super::people::member_name(&member));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (change, faults) = words.with_untracked(PersonInput::to_change);
        if form.begin(faults) {
            spawn_local_scoped_with_cancellation(async move {
                let answer = state.change_member(&login.get_value(), &change).await;
                if let Some(member) = form.end(answer, t::admin_person_taken) {
                    state.show_message(t::settings_saved());
                    context.update_member(member);
                }
            });
        }
    };
    let member = StoredValue::new(member);
    view! {
        <div class="card admin-edit">
            <form novalidate aria-label=title on:submit=submit>
                {person_fields(words, form, &prefix)}
                <div class="admin-answers">
                    <button class="primary" aria-disabled=move || form.busy.get().to_string()>
                        {t::admin_save()}
                    </button>
                    {(!disabled)
                        .then(|| {
                            view! {
                                <button type="button" class="quiet" on:click=move |_| member.with_value(|member| context.create_sign_in_link(member))>
                                    {t::admin_link()}
                                </button>
                            }
                        })}
                    {(!is_me)
                        .then(|| {
                            view! {
                                <button type="button" class="quiet" on:click=move |_| member.with_value(|member| context.toggle_disabled(member))>
                                    {if disabled { t::admin_enable() } else { t::admin_disable() }}
                                </button>
                            }
                        })}
                </div>
            </form>
            <Roles login=login.get_value() administrator is_me/>
        </div>
    }
}
