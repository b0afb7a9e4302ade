//! The form that edits a person, with their roles and further actions.

use campanile_shared::administration::Member;
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation};

use super::{
    context::{PeopleContext, member_name},
    person_fields::{PersonInput, person_fields},
    roles::Roles,
};
use crate::{components::submission::Submission, i18n::t, state::State};

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
    let title = t::admin_person_edit_item(&member_name(&member));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (change, errors) = words.with_untracked(PersonInput::to_change);
        if form.begin(errors) {
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
            <form novalidate aria-label=title data-takes-focus on:submit=submit>
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
