//! Loading the lists of items, and marking items as seen.

use campanile_shared::{Filter, Item, Matching};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{List, Phase, State};
use crate::{api::Result, fetched::fetched};

/// The number of items in the bell.
const NEWEST: u32 = 20;
/// The number of items on the first page of the inbox.
const PAGE: u32 = 50;
/// The number of items on each further page. It is larger, because a reader who scrolls that far usually goes
/// on.
const NEXT_PAGE: u32 = 200;

fetched! {
    /// Loads the next older page of the inbox.
    after_first_paint::older: fn(State) = State::fetch_older
}

fetched! {
    /// Marks items up to a sequence as seen, on the server.
    after_first_paint::seer: fn(State, u64) = State::tell_seen
}

impl State {
    /// Loads the shown lists again. The old items stay until the answer arrives.
    pub fn refresh(self) {
        self.fetch_newest();
        if self.inbox.with_untracked(|list| list.phase != Phase::Loading) {
            let loaded = self.inbox.with_untracked(|list| list.items.len());
            self.fetch(self.inbox, u32::try_from(loaded).map_or(PAGE, |loaded| loaded.clamp(PAGE, 200)));
        }
    }

    /// Whether loading one of the lists failed last time.
    pub(super) fn lacks_a_list(self) -> bool {
        let failed = |list: &List| matches!(list.phase, Phase::Failed(_) | Phase::MoreFailed(_));
        [self.newest, self.inbox].into_iter().any(|list| list.with_untracked(failed))
    }

    /// Loads the lists again because the store has another generation. A list that was never shown is skipped.
    /// A list that is being loaded is requested again when its answer arrives.
    pub(super) fn replace_lists(self) {
        for (list, limit) in [(self.newest, NEWEST), (self.inbox, PAGE)] {
            if list.with_untracked(|list| list.phase != Phase::Loading) {
                list.update(List::begin_anew);
                self.fetch(list, limit);
            }
        }
    }

    /// Shows the inbox under a filter.
    pub fn show(self, filter: Filter) {
        self.inbox.update(|list| list.turn_to(filter));
        self.fetch(self.inbox, PAGE);
    }

    /// Loads the newest items for the bell.
    pub fn fetch_newest(self) {
        self.fetch(self.newest, NEWEST);
    }

    fn fetch(self, list: RwSignal<List>, limit: u32) {
        spawn_local(self.fetched(list, limit));
    }

    async fn fetched(self, list: RwSignal<List>, limit: u32) {
        let filter = list.with_untracked(|list| list.filter.clone());
        let revision = move || self.tally.with_untracked(|tally| tally.confirmed().revision);
        let (asked_at, asked) = (revision(), self.generation());
        let answer = self.settle(self.api().items(&filter, None, limit).await);
        if let Ok(page) = &answer {
            self.confirm_answer(asked, page.snapshot);
            let shown = self.generation();
            let gone = page.snapshot.generation != shown;
            // The answer may miss changes that were made while it was on its way.
            let behind = asked == shown && page.snapshot.revision < revision() && asked_at < revision();
            if gone || behind {
                return self.fetch(list, limit);
            }
        }
        list.update(|list| match answer {
            // The filter has changed meanwhile.
            _ if list.filter != filter => {}
            Ok(page) => list.fill(page),
            Err(error) if list.items.is_empty() => list.phase = Phase::Failed(error),
            Err(error) => list.phase = Phase::MoreFailed(error),
        });
    }

    /// Loads the next older page of the inbox, unless one is being loaded or there is none.
    pub fn fetch_more(self) {
        spawn_local(async move {
            // If it fails, scrolling further tries again.
            if let Ok(fetch) = older().await {
                fetch(self);
            }
        });
    }

    fn fetch_older(self) {
        let (filter, next) = self.inbox.with_untracked(|list| (list.filter.clone(), list.next.clone()));
        let idle = self.inbox.with_untracked(|list| matches!(list.phase, Phase::Ready | Phase::MoreFailed(_)));
        let Some(cursor) = next.filter(|_| idle) else { return };
        self.inbox.update(|list| list.phase = Phase::LoadingMore);
        let asked = self.generation();
        spawn_local(async move {
            let answer = self.settle(self.api().items(&filter, Some(&cursor), NEXT_PAGE).await);
            // The cursor belongs to a list that has been replaced.
            if answer.as_ref().is_ok_and(|page| !self.confirm_answer(asked, page.snapshot)) {
                return;
            }
            self.inbox.update(|list| match answer {
                _ if list.filter != filter || list.next.as_ref() != Some(&cursor) => {}
                Ok(page) => list.extend(page),
                Err(error) => list.phase = Phase::MoreFailed(error),
            });
        });
    }

    /// An item with its content in every language.
    pub async fn item(self, id: Uuid) -> Result<Item> {
        self.settle(self.api().item(id).await)
    }

    /// Clicks a button of the item that is shown in full. `button` counts from 0.
    pub async fn press(self, id: Uuid, button: usize) {
        match self.settle(self.api().press(id, button).await) {
            Ok(item) => self.reopen(item),
            Err(error) => self.fail(&error),
        }
    }

    /// The number of items that match a filter.
    pub async fn matching(self, filter: Filter) -> Result<Matching> {
        self.settle(self.api().matching(&filter).await)
    }

    /// The URL of the matching items as a file, and whether it needs a ticket.
    pub fn export(self, filter: &Filter, format: &str) -> (String, bool) {
        let api = self.api();
        (api.export(filter, format), api.token().is_some())
    }

    /// The URL of an attachment's thumbnail, if it can be shown. `attachment` counts from 0.
    pub fn thumbnail(self, id: Uuid, attachment: usize) -> Option<String> {
        self.api().thumbnail(id, attachment)
    }

    /// Opens such a URL with a ticket.
    pub fn follow_with_ticket(self, link: String) {
        spawn_local(async move {
            match self.settle(self.api().ticket().await) {
                // Setting the location fails only if the page cannot be left.
                Ok(ticket) => drop(window().location().set_href(&format!("{link}&ticket={}", ticket.ticket))),
                Err(error) => self.fail(&error),
            }
        });
    }

    /// The components to filter by.
    pub async fn components(self) -> Result<Vec<String>> {
        self.settle(self.api().components().await)
    }

    /// The person looks at the newest items. They are marked as seen on the server. The line between new and
    /// known items stays in place until [`State::looked_away`].
    pub fn look(self) {
        let (unseen, up_to) = self.tally.with_untracked(|tally| (tally.counts().unseen, tally.confirmed().sequence));
        self.looked_up_to.set_value(up_to);
        if unseen == 0 {
            return;
        }
        spawn_local(async move {
            // A failure is ignored: the next look reports a higher sequence.
            if let Ok(tell) = seer().await {
                tell(self, up_to);
            }
        });
    }

    fn tell_seen(self, up_to: u64) {
        let asked = self.generation();
        spawn_local(async move {
            if let Ok(snapshot) = self.settle(self.api().seen(up_to).await) {
                self.confirm_answer(asked, snapshot);
            }
        });
    }

    /// The person stops looking: the items they saw are no longer new.
    pub fn looked_away(self) {
        let up_to = self.looked_up_to.get_value();
        for list in [self.newest, self.inbox] {
            // The lists are gone after sign-out.
            let _ = list.try_update(|list| list.seen_up_to = list.seen_up_to.max(up_to));
        }
    }
}
