//! The console's data: the session, the lists, the counts. It is the only caller of [`crate::api`]. Components
//! read its signals and call its methods. Effects outside the state are in [`crate::effects`].

pub mod administration;
pub mod confirmed;
pub mod counts;
pub mod downloads;
pub mod drafts;
pub mod filter;
pub mod inbox;
pub mod item_list;
pub mod live_events;
pub mod mutations;
pub mod open_item;
pub mod preferences;
pub mod seen;
pub mod send;
pub mod session;
pub mod toast;

use campanile_shared::{Item, Snapshot, saved_draft::SavedDraft};
use leptos::prelude::*;
use std::sync::Arc;

pub use self::{
    confirmed::ConfirmedStates,
    counts::{OptimisticCounts, SnapshotAge},
    item_list::{LoadedList, Phase},
    session::{PendingLinkSignIn, Session},
    toast::{Toast, Undo},
};
use crate::{
    api::{self, Api, Error},
    i18n::format,
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
    /// The person's saved drafts, the last saved first; `None` until they are loaded.
    pub drafts: RwSignal<Option<Vec<SavedDraft>>>,
    /// The message at the bottom of the page.
    pub toast: RwSignal<Option<Toast>>,
    /// The state of the live connection.
    pub live: RwSignal<live::Status>,
    /// The item that arrived last, and whether this tab is the one that raises desktop notifications.
    pub last_arrival: RwSignal<Option<(Arc<Item>, bool)>>,
    connection: StoredValue<Option<live::LiveConnection>, LocalStorage>,
    viewed_up_to: StoredValue<u64>,
    confirmed_states: StoredValue<ConfirmedStates>,
    /// When the server last confirmed who is signed in.
    session_checked_at: StoredValue<format::EpochMillis>,
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
        let confirmed = self.counts.try_update(|counts| counts.apply_snapshot(snapshot)).unwrap_or(SnapshotAge::NotNewer);
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
        self.counts.with_untracked(|counts| counts.accepts_answer(request_generation, snapshot))
            && self.apply_snapshot(snapshot) != SnapshotAge::OtherGeneration
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
        self.drafts.set(None);
        self.open_item.set(None);
        self.last_arrival.set(None);
        self.counts.set(OptimisticCounts::default());
        self.toast.set(None);
    }
}
