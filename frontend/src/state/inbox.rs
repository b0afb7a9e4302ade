//! Loading the lists of items, and marking items as seen.

use campanile_shared::{Filter, Item, MatchCount};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{LoadedList, Phase, State};
use crate::{api::Result, lazy::lazy};

/// The number of items in the bell.
const BELL_PAGE_SIZE: u32 = 20;
/// The number of items on the first page of the inbox.
const FIRST_PAGE_SIZE: u32 = 50;
/// The number of items on each further page. It is larger, because a reader who scrolls that far usually goes
/// on.
const NEXT_PAGE_SIZE: u32 = 200;

lazy! {
    /// Loads the next older page of the inbox.
    after_first_paint::load_older_page: fn(State) = State::fetch_older
}

lazy! {
    /// Marks items up to a sequence as seen, on the server.
    after_first_paint::load_send_seen: fn(State, u64) = State::send_seen
}

impl State {
    /// Loads the shown lists again. The old items stay until the answer arrives.
    pub fn refresh(self) {
        self.fetch_newest();
        if self.inbox.with_untracked(|list| list.phase != Phase::Loading) {
            let loaded = self.inbox.with_untracked(|list| list.items.len());
            self.fetch(self.inbox, u32::try_from(loaded).map_or(FIRST_PAGE_SIZE, |loaded| loaded.clamp(FIRST_PAGE_SIZE, 200)));
        }
    }

    /// Whether loading one of the lists failed last time.
    pub(super) fn has_failed_list(self) -> bool {
        let failed = |list: &LoadedList| matches!(list.phase, Phase::Failed(_) | Phase::MoreFailed(_));
        [self.newest, self.inbox].into_iter().any(|list| list.with_untracked(failed))
    }

    /// Loads the lists again because the store has another generation. A list that was never shown is skipped.
    /// A list that is being loaded is requested again when its answer arrives.
    pub(super) fn reload_lists(self) {
        for (list, limit) in [(self.newest, BELL_PAGE_SIZE), (self.inbox, FIRST_PAGE_SIZE)] {
            if list.with_untracked(|list| list.phase != Phase::Loading) {
                list.update(LoadedList::reset);
                self.fetch(list, limit);
            }
        }
    }

    /// Shows the inbox under a filter.
    pub fn show_filter(self, filter: Filter) {
        self.inbox.update(|list| list.reset_to(filter));
        self.fetch(self.inbox, FIRST_PAGE_SIZE);
    }

    /// Loads the newest items for the bell.
    pub fn fetch_newest(self) {
        self.fetch(self.newest, BELL_PAGE_SIZE);
    }

    fn fetch(self, list: RwSignal<LoadedList>, limit: u32) {
        spawn_local(self.fetch_list(list, limit));
    }

    async fn fetch_list(self, list: RwSignal<LoadedList>, limit: u32) {
        let filter = list.with_untracked(|list| list.filter.clone());
        let revision = move || self.counts.with_untracked(|tally| tally.confirmed_snapshot().revision);
        let (asked_at, asked) = (revision(), self.generation());
        let answer = self.handle_session_error(self.api().items(&filter, None, limit).await);
        if let Ok(page) = &answer {
            self.apply_answer_snapshot(asked, page.snapshot);
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
            if let Ok(fetch) = load_older_page().await {
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
            let answer = self.handle_session_error(self.api().items(&filter, Some(&cursor), NEXT_PAGE_SIZE).await);
            // The cursor belongs to a list that has been replaced.
            if answer.as_ref().is_ok_and(|page| !self.apply_answer_snapshot(asked, page.snapshot)) {
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
        self.handle_session_error(self.api().item(id).await)
    }

    /// Clicks a button of the item that is shown in full. `button` counts from 0.
    pub async fn click_button(self, id: Uuid, button: usize) {
        match self.handle_session_error(self.api().click_button(id, button).await) {
            Ok(item) => self.update_open_item(item),
            Err(error) => self.show_error(&error),
        }
    }

    /// The number of items that match a filter.
    pub async fn count_matching(self, filter: Filter) -> Result<MatchCount> {
        self.handle_session_error(self.api().count_matching(&filter).await)
    }

    /// The URL of the matching items as a file, and whether it needs a ticket.
    pub fn export_url(self, filter: &Filter, format: &str) -> (String, bool) {
        let api = self.api();
        (api.export_url(filter, format), api.token().is_some())
    }

    /// The URL of an attachment's thumbnail, if it can be shown. `attachment` counts from 0.
    pub fn thumbnail_url(self, id: Uuid, attachment: usize) -> Option<String> {
        self.api().thumbnail_url(id, attachment)
    }

    /// Opens such a URL with a ticket.
    pub fn follow_with_ticket(self, link: String) {
        spawn_local(async move {
            match self.handle_session_error(self.api().ticket().await) {
                // Setting the location fails only if the page cannot be left.
                Ok(ticket) => drop(window().location().set_href(&format!("{link}&ticket={}", ticket.ticket))),
                Err(error) => self.show_error(&error),
            }
        });
    }

    /// The components to filter by.
    pub async fn components(self) -> Result<Vec<String>> {
        self.handle_session_error(self.api().components().await)
    }

    /// The person looks at the newest items. They are marked as seen on the server. The line between new and
    /// known items stays in place until [`State::end_viewing`].
    pub fn begin_viewing(self) {
        let (unseen, up_to) = self.counts.with_untracked(|tally| (tally.counts().unseen, tally.confirmed_snapshot().sequence));
        self.viewed_up_to.set_value(up_to);
        if unseen == 0 {
            return;
        }
        spawn_local(async move {
            // A failure is ignored: the next look reports a higher sequence.
            if let Ok(tell) = load_send_seen().await {
                tell(self, up_to);
            }
        });
    }

    fn send_seen(self, up_to: u64) {
        let asked = self.generation();
        spawn_local(async move {
            if let Ok(snapshot) = self.handle_session_error(self.api().mark_seen(up_to).await) {
                self.apply_answer_snapshot(asked, snapshot);
            }
        });
    }

    /// The person stops looking: the items they saw are no longer new.
    pub fn end_viewing(self) {
        let up_to = self.viewed_up_to.get_value();
        for list in [self.newest, self.inbox] {
            // The lists are gone after sign-out.
            let _ = list.try_update(|list| list.seen_up_to = list.seen_up_to.max(up_to));
        }
    }
}
