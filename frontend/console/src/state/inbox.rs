//! Loads the lists of items.

use campanile_shared::{Filter, MatchCount, Page};
use leptos::{prelude::*, task::spawn_local};

use super::{LoadedList, Phase, State};
use crate::{api::Result, lazy::lazy};

/// The number of items in the bell.
const BELL_PAGE_SIZE: usize = 20;
/// The number of items on the first page of the inbox.
const FIRST_PAGE_SIZE: u32 = 50;
/// The number of items on each further page. It is larger, because a reader who scrolls that far usually goes
/// on.
const NEXT_PAGE_SIZE: u32 = 200;

lazy! {
    /// Loads the next older page of the inbox.
    after_first_paint::load_older_page: fn(State) = State::fetch_older
}

/// The first items of a first page.
fn first_items(mut page: Page, count: usize) -> Page {
    if page.items.len() > count {
        page.items.truncate(count);
        page.next.get_or_insert_default();
    }
    page
}

impl State {
    /// Loads the shown lists again. The old items stay until the answer arrives.
    pub fn refresh(self) {
        let inbox = self.inbox.with_untracked(|list| (list.phase != Phase::Loading).then_some(list.items.len()));
        if let Some(loaded) = inbox {
            self.fetch(self.inbox, u32::try_from(loaded).map_or(FIRST_PAGE_SIZE, |loaded| loaded.clamp(FIRST_PAGE_SIZE, 200)));
        }
        if inbox.is_none() || !self.inbox_fills_newest() {
            self.fetch_newest();
        }
    }

    /// Whether the page shows all of the inbox. The bell's newest items are then the first ones of the page's list.
    fn inbox_fills_newest(self) -> bool {
        self.inbox.with_untracked(|inbox| self.newest.with_untracked(|newest| inbox.filter == newest.filter))
    }

    /// Whether loading one of the lists failed last time.
    pub(super) fn has_failed_list(self) -> bool {
        let failed = |list: &LoadedList| matches!(list.phase, Phase::Failed(_) | Phase::MoreFailed(_));
        [self.newest, self.inbox].into_iter().any(|list| list.with_untracked(failed))
    }

    /// Loads the lists again because the store has another generation. A list that was never shown is skipped.
    /// A list that is being loaded is requested again when its answer arrives.
    pub(super) fn reload_lists(self) {
        for (list, limit) in [(self.newest, BELL_PAGE_SIZE as u32), (self.inbox, FIRST_PAGE_SIZE)] {
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
        if !self.inbox_fills_newest() {
            self.fetch_newest_if_missing();
        }
    }

    /// Loads the newest items for the bell.
    pub fn fetch_newest(self) {
        self.fetch(self.newest, BELL_PAGE_SIZE as u32);
    }

    /// Loads the newest items for the bell, unless they are loaded.
    pub fn fetch_newest_if_missing(self) {
        if self.newest.with_untracked(|list| list.phase == Phase::Loading) {
            self.fetch_newest();
        }
    }

    fn fetch(self, list: RwSignal<LoadedList>, limit: u32) {
        spawn_local(self.fetch_list(list, limit));
    }

    async fn fetch_list(self, list: RwSignal<LoadedList>, limit: u32) {
        let filter = list.with_untracked(|list| list.filter.clone());
        let revision = move || self.counts.with_untracked(|counts| counts.confirmed_snapshot().revision);
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
        if list == self.inbox && self.newest.with_untracked(|newest| newest.filter == filter) {
            self.newest.update(|newest| newest.receive(answer.clone().map(|page| first_items(page, BELL_PAGE_SIZE))));
        }
        // The filter may have changed meanwhile.
        list.maybe_update(|list| {
            let same = list.filter == filter;
            if same {
                list.receive(answer);
            }
            same
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

    /// The number of items that match a filter.
    pub async fn count_matching(self, filter: Filter) -> Result<MatchCount> {
        self.handle_session_error(self.api().count_matching(&filter).await)
    }

    /// The components to filter by.
    pub async fn components(self) -> Result<Vec<String>> {
        self.handle_session_error(self.api().components().await)
    }
}
