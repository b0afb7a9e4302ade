//! Applies live events to the state. The live connection opens after the first list is loaded; the lists are
//! then loaded once more if the snapshot has changed meanwhile.

use std::{cell::Cell, rc::Rc, sync::Arc};

use campanile_shared::{Item, ItemState, Snapshot, live::Event};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;
use wasm_bindgen_futures::future_to_promise;

use super::{LoadedList, SnapshotAge, State, session};
use crate::{
    json,
    live::{LiveConnection, Options, Status},
};

impl State {
    /// Opens the live connection of the signed-in person, unless it is open.
    pub fn connect_live(self) {
        let Some(share) = untrack(|| self.session.with(|session| session.me().map(session::person_key))) else { return };
        if self.connection.with_value(Option::is_some) {
            return;
        }
        let api = self.api();
        let first = Cell::new(true);
        let options = Options {
            server: api.server().to_owned(),
            share,
            token: Rc::new(move || future_to_promise(self.stream_token())),
            on_event: Rc::new(move |event, leader| {
                let Some(event) = json::from_value(event) else { return };
                match event {
                    Event::Hello { snapshot } if first.replace(false) => self.begin_events(snapshot),
                    event => self.apply_event(event, leader),
                }
            }),
            on_status: Rc::new(move |status| {
                self.connection_changed(status);
                // Lists that could not be loaded while the server was unavailable are loaded now.
                if status == Status::Open && self.has_failed_list() {
                    self.refresh();
                }
            }),
        };
        self.connection.set_value(Some(LiveConnection::open(options)));
    }

    /// The connection has opened for the first time. Items that arrived between the first list and the connection
    /// are in no event.
    fn begin_events(self, snapshot: Snapshot) {
        let behind = [self.newest, self.inbox].into_iter().any(|list| list.with_untracked(|list| list.is_behind(&snapshot)));
        if self.apply_snapshot(snapshot) != SnapshotAge::OtherGeneration && behind {
            self.refresh();
        }
    }

    fn connection_changed(self, status: Status) {
        self.live.set(status);
        if status == Status::Unauthorized {
            // Outside the callback, because ending the session closes the connection that called it.
            spawn_local(async move { self.session_ended(true) });
        }
    }

    /// Applies a live event.
    pub fn apply_event(self, event: Event, leader: bool) {
        let confirmed = self.apply_snapshot(event.snapshot());
        match event {
            Event::Hello { .. } if confirmed == SnapshotAge::Newer => self.refresh(),
            Event::Hello { .. } => {}
            Event::Arrived { item, .. } => {
                let state = self.confirmed_states.with_value(|states| states.state(item.id));
                let item = Arc::new(Item { state: state.unwrap_or(item.state), ..*item });
                self.show_item(&item);
                self.last_arrival.set(Some((item, leader)));
            }
            Event::Changed { changes, snapshot } => {
                let ids: Vec<Uuid> = changes.iter().map(|change| change.id).collect();
                self.counts.update(|counts| counts.clear_expected(&ids));
                self.refetch_open_item_if_changed(&ids);
                let changes =
                    self.confirmed_states.try_update_value(|states| states.apply_event(snapshot.revision, changes)).unwrap_or_default();
                let mut known = true;
                for change in &changes {
                    known &= self.set_state(change.id, change.state);
                }
                // An item that was never loaded may belong to a list now, for example after an undo in another
                // tab.
                if !known && confirmed == SnapshotAge::Newer {
                    self.refresh();
                }
            }
            // All lists are being loaded again already.
            Event::Reset { .. } if confirmed == SnapshotAge::OtherGeneration => {}
            Event::Reset { .. } => {
                self.counts.update(super::OptimisticCounts::clear_all_expected);
                self.confirmed_states.update_value(super::ConfirmedStates::clear);
                self.refresh();
                self.refetch_open_item();
            }
        }
    }

    /// Shows the new version of an item in every list and in full.
    pub(super) fn show_item(self, item: &Arc<Item>) {
        self.newest.update(|list| list.put(item));
        self.inbox.update(|list| list.put(item));
        self.set_open_item_state(item.id, item.state);
    }

    /// Sets the state of an item in every list and in full. Returns `false` if a list may be wrong afterwards.
    fn set_state(self, id: Uuid, state: ItemState) -> bool {
        self.set_open_item_state(id, state);
        let set = |list: RwSignal<LoadedList>| list.try_update(|list| list.set_state(id, state)).unwrap_or(true);
        let (newest, inbox) = (set(self.newest), set(self.inbox));
        newest && inbox
    }
}
