//! The roles of a person: adds and removes relations of the directory.

use campanile_shared::{directory::Relation, display_name, text};
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{
    components::{icon::Icon, submission::Submission, text_field::TextField},
    i18n::t,
    state::State,
};

/// The object and the relation of administrators.
const ADMINISTRATOR_ROLE: (&str, &str) = ("tenant", "administrator");

fn is_administrator_role(relation: &Relation) -> bool {
    (relation.object.as_str(), relation.relation.as_str()) == ADMINISTRATOR_ROLE
}

/// The roles, with a form to add one.
#[component]
pub fn Roles(
    /// The person's login.
    login: String,
    /// Whether the person is an administrator.
    administrator: bool,
    /// Whether it is the signed-in person.
    is_me: bool,
) -> impl IntoView {
    let state = State::expect();
    let current_roles = RwSignal::new(None::<Vec<Relation>>);
    let login = StoredValue::new(login);
    let subject = move || login.with_value(|login| format!("person:{login}"));
    let fetch = move || {
        spawn_local_scoped_with_cancellation(async move {
            match state.roles_of(&login.get_value()).await {
                Ok(roles) => current_roles.set(Some(roles)),
                Err(error) => state.show_error(&error),
            }
        });
    };
    fetch();
    let set_role = move |relation: Relation, holds: bool| {
        spawn_local_scoped_with_cancellation(async move {
            match state.set_relation(relation, holds).await {
                Ok(()) => state.show_message(t::settings_saved()),
                Err(error) => state.show_error(&error),
            }
            fetch();
        });
    };
    let line = move |relation: Relation| {
        let name = t::audience_role(&text::one_line(&relation.object), &text::one_line(&relation.relation));
        let label = t::picker_remove(&name);
        view! {
            <li class="word">
                <bdi>{name}</bdi>
                <button type="button" class="icon-button" title=label.clone() aria-label=label on:click=move |_| set_role(relation.clone(), false)>
                    {Icon::Cross.view()}
                </button>
            </li>
        }
    };
    let other_roles = move || current_roles.get().unwrap_or_default().into_iter().filter(|relation| !is_administrator_role(relation));
    let is_administrator =
        move || current_roles.with(|held| held.as_ref().map_or(administrator, |held| held.iter().any(is_administrator_role)));
    let set_administrator = move |on: bool| {
        let (object, relation) = ADMINISTRATOR_ROLE;
        set_role(Relation { object: object.to_owned(), relation: relation.to_owned(), subject: subject() }, on);
    };
    let hint_id = login.with_value(|login| format!("in-charge-{login}"));
    view! {
        <section class="admin-roles" aria-label=t::admin_roles()>
            <h3>{t::admin_roles()}</h3>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=is_administrator
                    disabled=is_me
                    aria-describedby=is_me.then(|| hint_id.clone())
                    on:change:target=move |event| set_administrator(event.target().checked())
                />
                {t::admin_administers()}
            </label>
            {is_me.then(|| view! { <small id=hint_id>{t::admin_not_yourself()}</small> })}
            <ul class="admin-role-list" role="list">{move || other_roles().map(line).collect_view()}</ul>
            <Show when=move || current_roles.with(Option::is_some) && other_roles().next().is_none()>
                <p class="settings-hint">{t::admin_roles_none()}</p>
            </Show>
            <AddRoleForm subject=subject() on_added=Callback::new(move |()| fetch())/>
        </section>
    }
}

/// The form to add a role.
#[component]
fn AddRoleForm(
    /// The subject of the relation, such as `person:ada`.
    subject: String,
    /// Called when the role was added.
    on_added: Callback<()>,
) -> impl IntoView {
    let state = State::expect();
    let form = Submission::new();
    let object = RwSignal::new(String::new());
    let relation = RwSignal::new(String::new());
    let offered = RwSignal::new(Vec::<Relation>::new());
    // Suggests roles that others have, because most roles have several holders.
    spawn_local_scoped_with_cancellation(async move {
        if let Ok(groups) = state.groups("").await {
            let roles = groups.into_iter().filter_map(|group| {
                let relation = group.relation?;
                Some(Relation { object: group.object, relation, subject: String::new() })
            });
            offered.set(roles.collect());
        }
    });
    let words = move |read: fn(&Relation) -> &String| {
        let mut words: Vec<String> = offered.with(|offered| offered.iter().map(read).cloned().collect());
        words.sort_unstable();
        words.dedup();
        words
    };
    let id = subject.replace(char::is_whitespace, "-");
    let (object_id, relation_id) = (format!("{id}-object"), format!("{id}-relation"));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = Relation {
            object: object.get_untracked().trim().to_owned(),
            relation: relation.get_untracked().trim().to_owned(),
            subject: subject.clone(),
        };
        let errors = [display_name::check("/relation/object", &wanted.object), display_name::check("/relation/relation", &wanted.relation)];
        if form.begin(errors.into_iter().flatten().collect()) {
            spawn_local_scoped_with_cancellation(async move {
                let answer = state.set_relation(wanted, true).await;
                if form.end(answer, t::admin_person_taken).is_some() {
                    object.set(String::new());
                    relation.set(String::new());
                    on_added.run(());
                }
            });
        }
    };
    view! {
        <form class="admin-add" novalidate aria-label=t::admin_role_add() on:submit=submit>
            <TextField
                id=object_id
                label=t::admin_role_object()
                hint=t::admin_role_object_hint()
                value=object
                on_input=Callback::new(move |text| object.set(text))
                error=form.field_error("/relation/object")
                suggestions=Signal::derive(move || words(|role| &role.object))
            />
            <TextField
                id=relation_id
                label=t::admin_role()
                hint=t::admin_roles_hint()
                value=relation
                on_input=Callback::new(move |text| relation.set(text))
                error=form.field_error("/relation/relation")
                suggestions=Signal::derive(move || words(|role| &role.relation))
            />
            <button class="quiet" aria-disabled=move || form.busy.get().to_string()>
                {Icon::Plus.view()}
                {t::admin_role_add()}
            </button>
            <p class="field-error" role="alert">
                {form.error}
            </p>
        </form>
    }
}
