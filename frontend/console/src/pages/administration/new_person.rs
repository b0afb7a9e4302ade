//! The form that adds a person.

use campanile_shared::{
    administration::{Member, MemberChange, NewMember},
    directory::PersonRecord,
    display_name,
};
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation};

use super::person_fields::{PersonInput, person_fields};
use crate::{
    components::{submission::Submission, text_field::TextField},
    i18n::t,
    state::State,
};

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
        let (change, mut errors) = written.to_change();
        errors.extend(display_name::check("/login", &written.login));
        if form.begin(errors) {
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
        <form class="card admin-form" novalidate aria-label=t::admin_person_new() data-takes-focus on:submit=submit>
            <TextField
                id="person-login"
                label=t::sign_in_login()
                required=true
                value=Signal::derive(move || words.with(|words| words.login.clone()))
                on_input=Callback::new(move |login| words.update(|words| words.login = login))
                error=form.field_error("/login")
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
