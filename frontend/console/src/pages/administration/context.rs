//! The context of the tab with people: what its rows share, and the actions on a person.

use campanile_shared::{administration::Member, text};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::Error,
    components::{confirm_dialog::Confirmation, secret_card::Secret},
    i18n::{format, t},
    state::State,
};

/// The pages of the list fetched so far.
#[derive(Clone, Default)]
pub struct MemberList {
    /// The people.
    pub items: Vec<Member>,
    /// The cursor of the next page; `None` after the last one.
    pub next: Option<String>,
    /// Whether there was an answer yet.
    pub loaded: bool,
    /// Why the first page could not be fetched.
    pub error: Option<Error>,
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
    /// The console's state.
    pub state: State,
    /// The list.
    pub list: RwSignal<MemberList>,
    /// The login of the person whose row is open.
    pub open_login: RwSignal<Option<String>>,
    /// The sign-in link that is shown.
    pub secret: RwSignal<Option<Secret>>,
    /// What is asked before a person is disabled.
    pub confirmation: RwSignal<Option<Confirmation<String>>>,
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
        self.confirmation.set(Some(Confirmation {
            subject: login,
            title,
            text: t::admin_disable_text(),
            confirm_label: t::admin_disable(),
        }));
    }

    /// Disables a person, or enables them again.
    pub fn set_disabled(self, login: String, disabled: bool) {
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
