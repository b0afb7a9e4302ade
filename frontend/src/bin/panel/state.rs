//! What the panel knows, and the only caller of `api`. Knows nothing of how it is shown.

use campanile_frontend::i18n::format;
use campanile_shared::{Change, Filter, Item, ItemState, Snapshot, View, inbox::Action, inbox::Selection, live::Event, live::ItemChange};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use crate::{
    api::{self, Failed},
    host::Host,
    list::{List, Next},
};

/// How far the list is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// On its way for the first time.
    Loading,
    /// Here.
    Ready,
    /// It did not come.
    Failed,
}

/// How the live connection fares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Connection {
    /// On its way.
    Connecting,
    /// Events arrive.
    Open,
    /// The server cannot be reached.
    Offline,
    /// The token is not taken.
    Unauthorized,
}

/// The state of one panel, as a handle.
#[derive(Clone, Copy)]
pub struct State {
    host: StoredValue<Host, LocalStorage>,
    /// The list; changed as a whole.
    pub list: RwSignal<List>,
    /// How far it is.
    pub phase: RwSignal<Phase>,
    /// How the live connection fares.
    pub connection: RwSignal<Connection>,
    /// Whether the last change failed and was taken back.
    pub failed: RwSignal<bool>,
    /// The moment that ages are told from.
    pub now: RwSignal<f64>,
    open: StoredValue<bool>,
    /// Numbers the fetches: only the newest counts.
    fetches: StoredValue<u32>,
}

impl State {
    /// The state before anything is known.
    pub fn new(host: &Host) -> Self {
        Self {
            host: StoredValue::new_local(host.clone()),
            list: RwSignal::default(),
            phase: RwSignal::new(Phase::Loading),
            connection: RwSignal::new(Connection::Connecting),
            failed: RwSignal::new(false),
            now: RwSignal::new(format::now()),
            open: StoredValue::new(false),
            fetches: StoredValue::new(0),
        }
    }

    /// The element.
    pub fn host(self) -> Host {
        self.host.get_value()
    }

    /// The panel is about to be shown, or was hidden.
    pub fn toggle(self, open: bool) {
        self.open.set_value(open);
        self.now.set(format::now());
        if !open {
            // What was looked at is no longer new at the next opening.
            self.list.update(|list| list.seen_up_to = list.snapshot.sequence);
        } else if self.phase.get_untracked() == Phase::Ready {
            self.look();
        } else {
            self.fetch();
        }
    }

    /// Takes the name of the connection's state.
    pub fn connection(self, name: &str) {
        self.connection.set(match name {
            "open" => Connection::Open,
            "offline" => Connection::Offline,
            "unauthorized" => Connection::Unauthorized,
            _ => Connection::Connecting,
        });
    }

    /// Takes a live event; before the first opening there is no list that could follow it.
    pub fn receive(self, data: &str) {
        if self.phase.get_untracked() != Phase::Ready {
            return;
        }
        match serde_json::from_str::<Event>(data) {
            Ok(event) => {
                self.now.set(format::now());
                let arrived = matches!(event, Event::Arrived { .. });
                match self.list.try_update(|list| list.follow(event)) {
                    Some(Next::Fetch) => self.fetch(),
                    _ if arrived && self.open.get_value() => self.look(),
                    _ => {}
                }
            }
            Err(_) => self.fetch(),
        }
    }

    /// Fetches the list.
    pub fn fetch(self) {
        if self.phase.get_untracked() == Phase::Failed {
            self.phase.set(Phase::Loading);
        }
        let Some(turn) = self.fetches.try_update_value(|fetches| {
            *fetches += 1;
            *fetches
        }) else {
            return;
        };
        spawn_local(async move {
            let answer = api::newest(&self.host()).await;
            if self.fetches.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(page) => {
                    let shown = self.open.get_value() && self.phase.get_untracked() == Phase::Ready;
                    let before = self.list.with_untracked(|list| list.seen_up_to);
                    // The line stays where it is while somebody looks.
                    let seen_up_to = if shown { before } else { before.max(page.seen_up_to) };
                    self.count(&page.snapshot);
                    self.list.set(List { seen_up_to, ..page.into() });
                    self.phase.set(Phase::Ready);
                    if self.open.get_value() {
                        self.look();
                    }
                }
                Err(Failed) if self.phase.get_untracked() == Phase::Loading => self.phase.set(Phase::Failed),
                // An old list is better than none; the next event or opening tries again.
                Err(Failed) => {}
            }
        });
    }

    /// Says that everything shown was looked at.
    fn look(self) {
        let (unseen, up_to) = self.list.with_untracked(|list| (list.snapshot.counts.unseen, list.snapshot.sequence));
        if unseen > 0 {
            self.settle(async move { api::seen(&self.host(), up_to).await }, None);
        }
    }

    /// Marks an item read.
    pub fn read(self, item: &Item) {
        if !item.state.read {
            self.change(Action::Read, item.id, ItemState { read: true, ..item.state });
        }
    }

    /// Puts an item away.
    pub fn dismiss(self, item: &Item) {
        self.change(Action::Dismiss, item.id, ItemState { dismissed: true, ..item.state });
    }

    fn change(self, action: Action, id: Uuid, state: ItemState) {
        let before = self.list.get_untracked();
        self.list.update(|list| {
            list.change(&[ItemChange { id, state }]);
        });
        self.send(Change { action, items: Selection::Ids(vec![id]) }, before);
    }

    /// Marks everything read that could be seen.
    pub fn read_all(self) {
        let before = self.list.get_untracked();
        self.list.update(|list| list.items.iter_mut().for_each(|item| item.state.read = true));
        let filter = Filter { view: View::Unread, ..Filter::default() };
        let up_to = before.snapshot.sequence;
        self.send(Change { action: Action::Read, items: Selection::Matching { filter, up_to } }, before);
    }

    fn send(self, change: Change, before: List) {
        self.settle(async move { api::change(&self.host(), &change).await.map(|changed| changed.snapshot) }, Some(before));
    }

    /// Waits for the answer to a change; without one, what was shown before is shown again.
    fn settle(self, answer: impl Future<Output = Result<Snapshot, Failed>> + 'static, before: Option<List>) {
        self.failed.set(false);
        spawn_local(async move {
            match answer.await {
                Ok(snapshot) => {
                    self.count(&snapshot);
                    self.list.try_update(|list| {
                        if snapshot.is_newer_than(&list.snapshot) {
                            list.snapshot = snapshot;
                        }
                    });
                }
                Err(Failed) => {
                    if let Some(before) = before {
                        self.list.try_set(before);
                        self.failed.try_set(true);
                        // Meanwhile more may have happened than the list of before knows.
                        self.fetch();
                    }
                }
            }
        });
    }

    fn count(self, snapshot: &Snapshot) {
        if let (Some(host), Ok(json)) = (self.host.try_get_value(), serde_json::to_string(snapshot)) {
            host.count(&json);
        }
    }
}
