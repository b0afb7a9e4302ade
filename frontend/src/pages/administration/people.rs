//! People: search by the start of the name, page by page, with a form to edit each person.

use campanile_shared::{administration::Member, text};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation, task::spawn_local};

use super::person::{EditPersonForm, NewPersonForm};
use crate::{
    api::Error,
    components::{
        confirm_dialog::{ConfirmDialog, Confirmation},
        icon::Icon,
        load_error::LoadErrorView,
        secret_card::{Secret, SecretCard},
    },
    error_text,
    i18n::{format, t},
    reactive::{effect, memo},
    state::State,
};

/// The pages of the list fetched so far.
#[derive(Clone, Default)]
struct MemberList {
    items: Vec<Member>,
    next: Option<String>,
    /// Whether there was an answer yet.
    loaded: bool,
    error: Option<Error>,
}

impl MemberList {
    fn replace(&mut self, member: Member) {
        if let Some(known) = self.items.iter_mut().find(|known| known.person.login == member.person.login) {
            *known = member;
        }
    }
}

/// What the rows share, and the actions on a person. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct PeopleContext {
    state: State,
    list: RwSignal<MemberList>,
    /// The login of the person whose row is open.
    open_login: RwSignal<Option<String>>,
    secret: RwSignal<Option<Secret>>,
    question: RwSignal<Option<Confirmation<String>>>,
}

/// A person's name, or their login, as one line of safe text.
pub fn member_name(member: &Member) -> String {
    text::one_line(member.person.name.as_deref().unwrap_or(&member.person.login))
}

impl PeopleContext {
    /// Replaces a person in the list.
    pub fn update_member(self, member: Member) {
        self.list.update(|list| list.replace(member));
    }

    /// Creates a sign-in link and shows it.
    pub fn create_sign_in_link(self, member: &Member) {
        let (login, name) = (member.person.login.clone(), member_name(member));
        spawn_local(async move {
            match self.state.create_sign_in_link(&login).await {
                Ok(made) => {
                    let until = format::date_time(format::epoch_millis(&made.expires_at));
                    self.secret.try_set(Some(Secret {
                        title: t::admin_link_made(&name),
                        hint: t::admin_link_hint(&until),
                        text: made.link,
                    }));
                }
                Err(error) => self.state.show_error(&error),
            }
        });
    }

    /// Asks before a person is disabled; enables them again without asking.
    pub fn toggle_disabled(self, member: &Member) {
        let login = member.person.login.clone();
        if member.disabled_at.is_some() {
            return self.set_disabled(login, false);
        }
        let title = t::admin_disable_ask(&member_name(member));
        self.question.set(Some(Confirmation { subject: login, title, text: t::admin_disable_text(), confirm_label: t::admin_disable() }));
    }

    fn set_disabled(self, login: String, disabled: bool) {
        let Self { state, list, .. } = self;
        // The change continues even if the page is left meanwhile.
        spawn_local(async move {
            match state.set_disabled(&login, disabled).await {
                Ok(member) => {
                    let name = member_name(&member);
                    state.show_message(if disabled { t::admin_disabled_done(&name) } else { t::admin_enabled_done(&name) });
                    list.try_update(|list| list.replace(member));
                }
                Err(error) => state.show_error(&error),
            }
        });
    }
}

/// The tab.
#[component]
pub fn People() -> impl IntoView {
    let state = State::expect();
    let list = RwSignal::new(MemberList::default());
    let context =
        PeopleContext { state, list, open_login: RwSignal::new(None), secret: RwSignal::new(None), question: RwSignal::new(None) };
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
        <ConfirmDialog id="disable" question=context.question on_yes=Callback::new(move |login| context.set_disabled(login, true))/>
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
