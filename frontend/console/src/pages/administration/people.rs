//! People: search by the start of the name, page by page, with a form to edit each person.

use campanile_shared::{administration::Member, text};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};

use super::{
    context::{MemberList, PeopleContext, member_name},
    edit_person::EditPersonForm,
    new_person::NewPersonForm,
};
use crate::{
    components::{confirm_dialog::ConfirmDialog, icon::Icon, load_error::LoadErrorView, secret_card::SecretCard},
    error_text,
    i18n::t,
    reactive::{effect, memo},
    state::State,
};

/// The tab.
#[component]
pub fn People() -> impl IntoView {
    let state = State::expect();
    let list = RwSignal::new(MemberList::default());
    let context =
        PeopleContext { state, list, open_login: RwSignal::new(None), secret: RwSignal::new(None), confirmation: RwSignal::new(None) };
    let search = RwSignal::new(String::new());
    let reload = RwSignal::new(0_u32);
    let form_open = RwSignal::new(false);
    // A new search aborts the previous request.
    effect(move || {
        reload.track();
        let start = search.get();
        spawn_local_scoped_with_cancellation(async move {
            let answer = state.members(&start, None).await;
            list.set(match answer {
                Ok(page) => MemberList { items: page.items, next: page.next, loaded: true, error: None },
                Err(error) => MemberList { loaded: true, error: Some(error), ..MemberList::default() },
            });
        });
    });
    let more = move |_| {
        let (start, next) = (search.get_untracked(), list.with_untracked(|list| list.next.clone()));
        spawn_local_scoped_with_cancellation(async move {
            match state.members(&start, next.as_deref()).await {
                Ok(page) => list.update(|list| {
                    list.items.extend(page.items);
                    list.next = page.next;
                }),
                Err(error) => state.show_error(&error),
            }
        });
    };
    let added = move |member: Member| {
        form_open.set(false);
        state.show_message(t::admin_person_added(&member_name(&member)));
        context.open_login.set(Some(member.person.login));
        reload.update(|asked| *asked += 1);
    };
    let body = move || {
        let (none, begun, failed) = list.with(|list| (list.items.is_empty(), list.loaded, list.error.clone()));
        match failed {
            Some(error) => view! {
                <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(move |()| reload.update(|asked| *asked += 1))/>
            }
            .into_any(),
            None if none && begun => view! { <p class="settings-hint" role="status">{t::admin_people_none()}</p> }.into_any(),
            None if none => view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any(),
            None => ().into_any(),
        }
    };
    view! {
        <section aria-labelledby="admin-people">
            <div class="admin-head">
                <h2 id="admin-people">{t::admin_people()}</h2>
                <button type="button" class="quiet" aria-expanded=move || form_open.get().to_string() on:click=move |_| form_open.update(|on| *on = !*on)>
                    {Icon::Plus.view()}
                    {t::admin_person_new()}
                </button>
            </div>
            <p class="settings-hint">{t::admin_people_hint()}</p>
            <SecretCard secret=context.secret/>
            <Show when=move || form_open.get()>
                <NewPersonForm on_added=Callback::new(added) on_cancel=Callback::new(move |()| form_open.set(false))/>
            </Show>
            <div class="field admin-search">
                <input
                    type="search"
                    dir="auto"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=t::admin_people_search()
                    placeholder=t::admin_people_search()
                    prop:value=move || search.get()
                    on:input:target=move |event| search.set(event.target().value())
                />
            </div>
            {body}
            <ul class="admin-rows" role="list">
                <For each=move || list.with(|list| list.items.clone()) key=|member| (member.person.login.clone(), member.person.name.clone(), member.person.email.clone(), member.administrator, member.disabled_at) let:member>
                    <PersonRow member context/>
                </For>
            </ul>
            <Show when=move || list.with(|list| list.next.is_some())>
                <button type="button" class="quiet admin-more" on:click=more>
                    {t::sent_show_more()}
                </button>
            </Show>
        </section>
        <ConfirmDialog id="disable" confirmation=context.confirmation on_confirm=Callback::new(move |login| context.set_disabled(login, true))/>
    }
}

/// A person in the list, with the form to edit them while the row is open.
#[component]
fn PersonRow(member: Member, context: PeopleContext) -> impl IntoView {
    let login = StoredValue::new(member.person.login.clone());
    let name = member_name(&member);
    let open = memo(move || context.open_login.with(|open| login.with_value(|login| open.as_ref() == Some(login))));
    let label = t::admin_person_edit_item(&name);
    let languages = member.person.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let about = [Some(text::one_line(&member.person.login)), member.person.email.as_deref().map(text::one_line), Some(languages)];
    let about = about.into_iter().flatten().filter(|about| !about.is_empty()).map(|about| view! { <bdi>{about}</bdi> }).collect_view();
    let marks = [member.administrator.then(t::admin_administrator), member.disabled_at.is_some().then(t::admin_disabled)];
    let marks = marks.into_iter().flatten().map(|mark| view! { <span class="word">{mark}</span> }).collect_view();
    let disabled = member.disabled_at.is_some();
    let member = StoredValue::new(member);
    let toggle = move |_| context.open_login.set(if open.get_untracked() { None } else { Some(login.get_value()) });
    view! {
        <li class="admin-row" class:admin-disabled=disabled>
            <div class="admin-text">
                <bdi class="admin-name">{name}</bdi>
                <p class="admin-details">{about} {marks}</p>
            </div>
            <button type="button" class="quiet" aria-label=label aria-expanded=move || open.get().to_string() on:click=toggle>
                {t::admin_person_edit()}
            </button>
            <Show when=move || open.get()>
                <EditPersonForm member=member.get_value() context/>
            </Show>
        </li>
    }
}
