//! The console's data: the session, the lists, the counts. It is the only caller of [`crate::api`]. Components
//! read its signals and call its methods. Effects outside the state are in [`crate::reactions`].

pub mod administration;
pub mod confirmed;
pub mod counts;
pub mod drafts;
pub mod inbox;
pub mod item_list;
pub mod live_events;
pub mod mutations;
pub mod send;
pub mod session;
pub mod toast;

use campanile_shared::{
    Item, Me, Preferences, SignIn, Snapshot,
    person::{PasswordChange, SignInLinkPerson},
    saved_draft::SavedDraft,
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

pub use self::{
    confirmed::ConfirmedStates,
    counts::{OptimisticCounts, SnapshotAge},
    item_list::{LoadedList, Phase},
    session::{PendingLinkSignIn, Session},
    toast::{Toast, Undo},
};
use crate::{
    api::{self, Api, Error, Result},
    i18n::{format, t},
    lazy::{LoadError, lazy},
    live,
};

/// The console's state, as a handle that can be copied.
#[derive(Clone, Copy)]
pub struct State {
    api: StoredValue<Api, LocalStorage>,
    /// Who is signed in.
    pub session: RwSignal<Session>,
    /// Why a sign-in link failed, as a function that returns the text.
    pub link_error: RwSignal<Option<fn() -> String>>,
    /// The counts.
    pub counts: RwSignal<OptimisticCounts>,
    /// The newest items, for the bell.
    pub newest: RwSignal<LoadedList>,
    /// The items of the inbox page.
    pub inbox: RwSignal<LoadedList>,
    /// The item that is shown in full, with all its languages.
    pub open_item: RwSignal<Option<Arc<Item>>>,
    /// The person's saved drafts, the last saved first. Empty until they are loaded.
    pub drafts: RwSignal<Vec<SavedDraft>>,
    /// The message at the bottom of the page.
    pub toast: RwSignal<Option<Toast>>,
    /// The state of the live connection.
    pub live: RwSignal<live::Status>,
    /// Whether the chunk `after_first_paint` runs. Work that may wait for the first page starts then.
    pub background_ready: RwSignal<bool>,
    /// The item that arrived last, and whether this tab is the one that raises desktop notifications.
    pub last_arrival: RwSignal<Option<(Arc<Item>, bool)>>,
    connection: StoredValue<Option<live::LiveConnection>, LocalStorage>,
    viewed_up_to: StoredValue<u64>,
    confirmed_states: StoredValue<ConfirmedStates>,
    /// When the server last confirmed who is signed in.
    session_checked_at: StoredValue<format::EpochMillis>,
}

lazy! {
    /// Ends the session.
    after_first_paint::load_sign_out: fn(State) = State::sign_out_on_server
}

impl State {
    /// An empty state.
    pub fn new(api: Api) -> Self {
        Self {
            api: StoredValue::new_local(api),
            session: RwSignal::default(),
            link_error: RwSignal::default(),
            counts: RwSignal::default(),
            newest: RwSignal::default(),
            inbox: RwSignal::default(),
            open_item: RwSignal::default(),
            drafts: RwSignal::default(),
            toast: RwSignal::default(),
            live: RwSignal::default(),
            background_ready: RwSignal::default(),
            last_arrival: RwSignal::default(),
            connection: StoredValue::new_local(None),
            viewed_up_to: StoredValue::new(0),
            confirmed_states: StoredValue::default(),
            session_checked_at: StoredValue::default(),
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
    fn apply_snapshot(self, snapshot: Snapshot) -> SnapshotAge {
        let confirmed = self.counts.try_update(|tally| tally.apply_snapshot(snapshot)).unwrap_or(SnapshotAge::NotNewer);
        if confirmed == SnapshotAge::OtherGeneration {
            self.confirmed_states.set_value(ConfirmedStates::default());
            self.viewed_up_to.set_value(0);
            self.toast.maybe_update(|toast| toast.as_mut().is_some_and(|toast| toast.undo.take().is_some()));
            self.reload_lists();
            self.refetch_open_item();
        }
        confirmed
    }

    /// The generation of the current snapshot.
    fn generation(self) -> u64 {
        self.counts.with_untracked(OptimisticCounts::generation)
    }

    /// Applies the snapshot of an answer. `request_generation` is the generation at the time of the request. Returns whether
    /// the rest of the answer is of the current generation.
    fn apply_answer_snapshot(self, request_generation: u64, snapshot: Snapshot) -> bool {
        self.counts.with_untracked(|tally| tally.accepts_answer(request_generation, snapshot))
            && self.apply_snapshot(snapshot) != SnapshotAge::OtherGeneration
    }

    /// Returns an answer unchanged. If it says that the session has ended or belongs to another person, the
    /// state follows.
    fn handle_session_error<Answer>(self, answer: Result<Answer>) -> Result<Answer> {
        match &answer {
            Err(error) if error.status() == Some(401) => self.session_ended(true),
            Err(error) if error.is_other_person() => self.reload_person(),
            _ => {}
        }
        answer
    }

    /// Reloads the console for the person to whom the cookie's session now belongs.
    fn reload_person(self) {
        spawn_local(async move {
            self.recheck_session().await;
        });
    }

    /// Loads the signed-in person.
    pub async fn start(self) {
        match self.api().me().await {
            Ok(me) => self.signed_in(me),
            Err(error) if error.status() == Some(401) => self.session_ended(self.api().token().is_some()),
            Err(error) => self.session.set(Session::Unavailable(error)),
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
            Err(error) if error.status() == Some(401) => Err(Error::SessionNotStored),
            Err(error) => Err(error),
        }
    }

    /// Signs in by a link. If another person is signed in, the console asks first.
    pub async fn sign_in_by_link(self, link: String) -> Result<()> {
        let api = self.api();
        match api.me().await {
            Ok(me) => match api.link_person(&link).await {
                Ok(other) if (&other.tenant, &other.login) == (&me.tenant, &me.person.login) => {}
                Ok(SignInLinkPerson { name: other, .. }) => {
                    self.session.set(Session::ConfirmingLink(Box::new(PendingLinkSignIn { name: me.person.name, other, link })));
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
    pub fn show_link_error(self, error: Error) {
        let reason: fn() -> String = match error {
            Error::SessionNotStored => t::sign_in_not_kept,
            _ if error.status() == Some(401) => t::sign_in_link_used,
            _ => return self.session.set(Session::Unavailable(error)),
        };
        self.session.set(Session::SignedOut { expired: false });
        self.link_error.set(Some(reason));
    }

    /// Signs out.
    pub fn sign_out(self) {
        spawn_local(async move {
            match load_sign_out().await {
                Ok(leave) => leave(self),
                Err(LoadError) => self.show_offline(),
            }
        });
    }

    fn sign_out_on_server(self) {
        spawn_local(async move {
            match self.api().sign_out().await {
                Err(error) if error.is_other_person() => self.reload_person(),
                Err(error) if error.status() != Some(401) => self.show_error(&error),
                _ => {
                    self.session_ended(false);
                    session::notify_other_tabs(None);
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
        let answer = self.handle_session_error(self.api().set_preferences(&preferences).await);
        if let (Err(_), Some(before)) = (&answer, before) {
            show(before);
        }
        answer.map(|_| ())
    }

    /// Changes the person's password.
    pub async fn change_password(self, change: &PasswordChange) -> Result<()> {
        self.handle_session_error(self.api().change_password(change).await)
    }

    /// The signed-in person. Reactive: the caller runs again when the person changes.
    pub fn me(self) -> Option<Me> {
        self.session.with(|session| session.me().cloned())
    }

    /// Shows a message.
    pub fn show_message(self, text: String) {
        self.toast.set(Some(Toast { text, undo: None, failed: false }));
    }

    /// Shows an error.
    pub fn show_error(self, error: &Error) {
        self.toast.set(Some(Toast { text: crate::error_text::explain(error), undo: None, failed: true }));
    }

    /// Shows that the server cannot be reached, in the place of the live connection's state.
    pub fn show_offline(self) {
        self.live.set(live::Status::Offline);
    }

    fn signed_in(self, me: Me) {
        self.clear();
        self.link_error.set(None);
        self.apply_snapshot(me.snapshot);
        self.session_checked_at.set_value(format::now());
        self.api().set_expected_person(Some((&me.tenant, &me.person.login)));
        if self.api().token().is_none() {
            session::notify_other_tabs(Some(&session::person_key(&me)));
        }
        self.session.set(Session::SignedIn(Box::new(me)));
        self.refresh();
    }

    fn session_ended(self, expired: bool) {
        self.clear();
        if !self.session.with_untracked(|session| matches!(session, Session::SignedOut { .. })) {
            self.session.set(Session::SignedOut { expired });
        }
    }

    /// Removes all data of the previous person and abandons their requests.
    fn clear(self) {
        api::abandon_requests();
        self.api().set_expected_person(None);
        // The old connection is closed first: two connections with the same share would wait for each other.
        self.connection.set_value(None);
        self.confirmed_states.set_value(ConfirmedStates::default());
        self.viewed_up_to.set_value(0);
        self.newest.set(LoadedList::default());
        self.inbox.set(LoadedList::default());
        self.drafts.set(Vec::new());
        self.open_item.set(None);
        self.last_arrival.set(None);
        self.counts.set(OptimisticCounts::default());
        self.toast.set(None);
    }
}
