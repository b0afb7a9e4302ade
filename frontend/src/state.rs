//! The console's data: the session, the lists, the counts. It is the only caller of [`crate::api`]. Components
//! read its signals and call its methods. Effects outside the state are in [`crate::reactions`].

pub mod administration;
pub mod changes;
pub mod drafts;
pub mod inbox;
pub mod list;
pub mod listening;
pub mod send;
pub mod session;
pub mod tally;
pub mod toast;
pub mod told;

use campanile_shared::{
    Item, Me, Preferences, SignIn, Snapshot,
    kept::KeptDraft,
    person::{LinkPerson, PasswordChange},
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

pub use self::{
    list::{List, Phase},
    session::{Replacing, Session},
    tally::{Confirmed, Tally},
    toast::{Toast, Undo},
    told::Told,
};
use crate::{
    api::{self, Api, Error, Result},
    fetched::{NotFetched, fetched},
    i18n::{format, t},
    live,
};

/// The console's state, as a handle that can be copied.
#[derive(Clone, Copy)]
pub struct State {
    api: StoredValue<Api, LocalStorage>,
    /// Who is signed in.
    pub session: RwSignal<Session>,
    /// Why a sign-in link failed, as a function that returns the text.
    pub link_failed: RwSignal<Option<fn() -> String>>,
    /// The counts.
    pub tally: RwSignal<Tally>,
    /// The newest items, for the bell.
    pub newest: RwSignal<List>,
    /// The items of the inbox page.
    pub inbox: RwSignal<List>,
    /// The item that is shown in full, with all its languages.
    pub opened: RwSignal<Option<Arc<Item>>>,
    /// The person's saved drafts, the last saved first. Empty until they are loaded.
    pub drafts: RwSignal<Vec<KeptDraft>>,
    /// The message at the bottom of the page.
    pub toast: RwSignal<Option<Toast>>,
    /// The state of the live connection.
    pub live: RwSignal<live::Status>,
    /// Whether the chunk `after_first_paint` runs. Work that may wait for the first page starts then.
    pub followed: RwSignal<bool>,
    /// The item that arrived last, and whether this tab is the one that raises desktop notifications.
    pub arrived: RwSignal<Option<(Arc<Item>, bool)>>,
    connection: StoredValue<Option<live::Live>, LocalStorage>,
    looked_up_to: StoredValue<u64>,
    told: StoredValue<Told>,
    /// When the server last confirmed who is signed in.
    known_at: StoredValue<format::Instant>,
}

fetched! {
    /// Ends the session.
    after_first_paint::leaver: fn(State) = State::leave
}

impl State {
    /// An empty state.
    pub fn new(api: Api) -> Self {
        Self {
            api: StoredValue::new_local(api),
            session: RwSignal::default(),
            link_failed: RwSignal::default(),
            tally: RwSignal::default(),
            newest: RwSignal::default(),
            inbox: RwSignal::default(),
            opened: RwSignal::default(),
            drafts: RwSignal::default(),
            toast: RwSignal::default(),
            live: RwSignal::default(),
            followed: RwSignal::default(),
            arrived: RwSignal::default(),
            connection: StoredValue::new_local(None),
            looked_up_to: StoredValue::new(0),
            told: StoredValue::default(),
            known_at: StoredValue::default(),
        }
    }

    /// The state from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The API client.
    fn api(self) -> Api {
        self.api.get_value()
    }

    /// Applies a snapshot of the counts unless the current one is newer, and returns how the two compare. If
    /// the snapshot is of another generation, all lists are loaded again.
    fn confirm(self, snapshot: Snapshot) -> Confirmed {
        let confirmed = self.tally.try_update(|tally| tally.confirm(snapshot)).unwrap_or(Confirmed::Old);
        if confirmed == Confirmed::Replaced {
            self.told.set_value(Told::default());
            self.looked_up_to.set_value(0);
            self.toast.maybe_update(|toast| toast.as_mut().is_some_and(|toast| toast.undo.take().is_some()));
            self.replace_lists();
            self.look_again();
        }
        confirmed
    }

    /// The generation of the current snapshot.
    fn generation(self) -> u64 {
        self.tally.with_untracked(Tally::generation)
    }

    /// Applies the snapshot of an answer. `asked` is the generation at the time of the request. Returns whether
    /// the rest of the answer is of the current generation.
    fn confirm_answer(self, asked: u64, snapshot: Snapshot) -> bool {
        self.tally.with_untracked(|tally| tally.admits(asked, snapshot)) && self.confirm(snapshot) != Confirmed::Replaced
    }

    /// Returns an answer unchanged. If it says that the session has ended or belongs to another person, the
    /// state follows.
    fn settle<Answer>(self, answer: Result<Answer>) -> Result<Answer> {
        match &answer {
            Err(error) if error.status() == Some(401) => self.session_ended(true),
            Err(error) if error.is_other_person() => self.become_who_is_signed_in(),
            _ => {}
        }
        answer
    }

    /// Reloads the console for the person to whom the cookie's session now belongs.
    fn become_who_is_signed_in(self) {
        spawn_local(async move {
            self.is_still_signed_in().await;
        });
    }

    /// Loads the signed-in person.
    pub async fn start(self) {
        match self.api().me().await {
            Ok(me) => self.signed_in(me),
            Err(error) if error.status() == Some(401) => self.session_ended(self.api().token().is_some()),
            Err(error) => self.session.set(Session::Unknown(error)),
        }
    }

    /// Signs in.
    pub async fn sign_in(self, credentials: SignIn) -> Result<()> {
        let api = self.api();
        api.sign_in(&credentials).await?;
        match api.me().await {
            Ok(me) => {
                self.signed_in(me);
                Ok(())
            }
            // The sign-in before succeeded, so the browser did not store the session.
            Err(error) if error.status() == Some(401) => Err(Error::NotKept),
            Err(error) => Err(error),
        }
    }

    /// Signs in by a link. If another person is signed in, the console asks first.
    pub async fn sign_in_by_link(self, link: String) -> Result<()> {
        let api = self.api();
        match api.me().await {
            Ok(me) => match api.link_person(&link).await {
                Ok(other) if (&other.tenant, &other.login) == (&me.tenant, &me.person.login) => {}
                Ok(LinkPerson { name: other, .. }) => {
                    self.session.set(Session::Asked(Box::new(Replacing { name: me.person.name, other, link })));
                    return Ok(());
                }
                // An invalid link ends no session.
                Err(error) if error.status() == Some(401) => {
                    self.signed_in(me);
                    self.toast.set(Some(Toast { text: t::sign_in_link_used(), undo: None, failed: true }));
                    return Ok(());
                }
                Err(error) => return Err(error),
            },
            Err(error) if error.status() == Some(401) => {}
            Err(error) => return Err(error),
        }
        self.sign_in(SignIn::Link { link }).await
    }

    /// Shows why a sign-in link failed.
    pub fn link_failed(self, error: Error) {
        let reason: fn() -> String = match error {
            Error::NotKept => t::sign_in_not_kept,
            _ if error.status() == Some(401) => t::sign_in_link_used,
            _ => return self.session.set(Session::Unknown(error)),
        };
        self.session.set(Session::SignedOut { expired: false });
        self.link_failed.set(Some(reason));
    }

    /// Signs out.
    pub fn sign_out(self) {
        spawn_local(async move {
            match leaver().await {
                Ok(leave) => leave(self),
                Err(NotFetched) => self.cannot_reach(),
            }
        });
    }

    fn leave(self) {
        spawn_local(async move {
            match self.api().sign_out().await {
                Err(error) if error.is_other_person() => self.become_who_is_signed_in(),
                Err(error) if error.status() != Some(401) => self.fail(&error),
                _ => {
                    self.session_ended(false);
                    session::announce(None);
                }
            }
        });
    }

    /// Replaces the person's preferences. They are shown at once, and restored if the server refuses them.
    pub async fn set_preferences(self, preferences: Preferences) -> Result<()> {
        let before = untrack(|| self.me()).map(|me| me.preferences);
        let show = |preferences: Preferences| {
            self.session.update(|session| {
                if let Session::SignedIn(me) = session {
                    me.preferences = preferences;
                }
            });
        };
        show(preferences.clone());
        let answer = self.settle(self.api().set_preferences(&preferences).await);
        if let (Err(_), Some(before)) = (&answer, before) {
            show(before);
        }
        answer.map(|_| ())
    }

    /// Changes the person's password.
    pub async fn change_password(self, change: &PasswordChange) -> Result<()> {
        self.settle(self.api().change_password(change).await)
    }

    /// The signed-in person. Reactive: the caller runs again when the person changes.
    pub fn me(self) -> Option<Me> {
        self.session.with(|session| session.me().cloned())
    }

    /// Shows a message.
    pub fn say(self, text: String) {
        self.toast.set(Some(Toast { text, undo: None, failed: false }));
    }

    /// Shows an error.
    pub fn fail(self, error: &Error) {
        self.toast.set(Some(Toast { text: crate::failure::explain(error), undo: None, failed: true }));
    }

    /// Shows that the server cannot be reached, in the place of the live connection's state.
    pub fn cannot_reach(self) {
        self.live.set(live::Status::Offline);
    }

    fn signed_in(self, me: Me) {
        self.forget();
        self.link_failed.set(None);
        self.confirm(me.snapshot);
        self.known_at.set_value(format::now());
        self.api().is_for(Some((&me.tenant, &me.person.login)));
        if self.api().token().is_none() {
            session::announce(Some(&session::name(&me)));
        }
        self.session.set(Session::SignedIn(Box::new(me)));
        self.refresh();
    }

    fn session_ended(self, expired: bool) {
        self.forget();
        if !self.session.with_untracked(|session| matches!(session, Session::SignedOut { .. })) {
            self.session.set(Session::SignedOut { expired });
        }
    }

    /// Removes all data of the previous person and abandons their requests.
    fn forget(self) {
        api::leave_unanswered();
        self.api().is_for(None);
        // The old connection is closed first: two connections with the same share would wait for each other.
        self.connection.set_value(None);
        self.told.set_value(Told::default());
        self.looked_up_to.set_value(0);
        self.newest.set(List::default());
        self.inbox.set(List::default());
        self.drafts.set(Vec::new());
        self.opened.set(None);
        self.arrived.set(None);
        self.tally.set(Tally::default());
        self.toast.set(None);
    }
}
