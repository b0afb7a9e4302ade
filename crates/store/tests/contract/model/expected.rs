//! What an inbox should contain: a list of items, and a map of states for each person.

use std::collections::{BTreeMap, BTreeSet};

use campanile_domain::{AudienceKey, PersonId};
use campanile_shared::{Counts, Filter, ItemState, Severity, Snapshot, View, inbox::Action, limits::MAX_COUNT};
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub struct Item {
    pub id: Uuid,
    pub sequence: u64,
    pub keys: Vec<AudienceKey>,
    pub severity: Severity,
    pub component: Option<String>,
    pub title: &'static str,
    pub categories: Vec<String>,
    pub at: DateTime<Utc>,
    pub brief: bool,
}

pub struct Reader {
    pub id: PersonId,
    /// A role, the sequence after which it was held, and the sequence up to which.
    pub roles: Vec<(&'static str, u64, Option<u64>)>,
    pub states: BTreeMap<u64, ItemState>,
    /// An item that came back from a snooze.
    pub returned: BTreeSet<u64>,
    pub seen_up_to: u64,
    pub undos: Vec<(Uuid, Action, Marked)>,
    pub snapshot: Snapshot,
    /// The state of every item, as a client knows it that fetched at a snapshot.
    pub client: (Snapshot, BTreeMap<Uuid, ItemState>),
}

pub struct Model {
    pub items: Vec<Item>,
    pub head: u64,
    pub readers: Vec<Reader>,
}

/// The items of a change, with the former ends of their snoozes.
pub type Marked = BTreeMap<u64, Option<DateTime<Utc>>>;

fn after(action: Action, until: Option<DateTime<Utc>>, state: ItemState) -> ItemState {
    match action {
        Action::Read => ItemState { read: true, ..state },
        Action::Unread => ItemState { read: false, ..state },
        Action::Dismiss => ItemState { dismissed: true, snoozed_until: None, ..state },
        Action::Restore => ItemState { dismissed: false, ..state },
        Action::Snooze if state.dismissed => state,
        Action::Snooze => ItemState { snoozed_until: until, ..state },
        Action::Unsnooze => ItemState { snoozed_until: None, ..state },
        Action::Pin => ItemState { pinned: true, ..state },
        Action::Unpin => ItemState { pinned: false, ..state },
    }
}

fn inverse(action: Action) -> Action {
    match action {
        Action::Read => Action::Unread,
        Action::Unread => Action::Read,
        Action::Dismiss => Action::Restore,
        Action::Restore => Action::Dismiss,
        Action::Snooze => Action::Unsnooze,
        Action::Unsnooze => Action::Snooze,
        Action::Pin => Action::Unpin,
        Action::Unpin => Action::Pin,
    }
}

impl Reader {
    pub fn holds(&self, item: &Item) -> bool {
        item.keys.iter().any(|key| match key {
            AudienceKey::Everyone => true,
            AudienceKey::Person(person) => *person == self.id,
            AudienceKey::Role { relation, .. } => self
                .roles
                .iter()
                .any(|(name, since, until)| name == relation && *since < item.sequence && until.is_none_or(|until| item.sequence <= until)),
        })
    }

    pub fn state(&self, sequence: u64) -> ItemState {
        self.states.get(&sequence).copied().unwrap_or_default()
    }

    /// Changes a mark of these items; returns which of them changed.
    pub fn mark(&mut self, action: Action, until: Option<DateTime<Utc>>, sequences: impl IntoIterator<Item = u64>) -> Marked {
        let mut changed = Marked::new();
        for sequence in sequences.into_iter().collect::<BTreeSet<_>>() {
            let state = self.states.entry(sequence).or_default();
            let before = std::mem::replace(state, after(action, until, *state));
            if *state != before || action == Action::Snooze && before.snoozed_until.is_some() {
                let ended = matches!(action, Action::Dismiss | Action::Snooze | Action::Unsnooze);
                changed.insert(sequence, before.snoozed_until.filter(|_| ended));
            }
        }
        changed
    }

    /// Undoes a change of a mark, where no later change affected it.
    pub fn take_back(&mut self, action: Action, changed: &Marked) {
        for (sequence, snoozed) in changed {
            let state = self.states.entry(*sequence).or_default();
            let untouched = match action {
                Action::Snooze => state.snoozed_until.is_some(),
                Action::Unsnooze => state.snoozed_until.is_none() && !state.dismissed,
                _ => state.dismissed,
            };
            match snoozed {
                None => *state = after(inverse(action), None, *state),
                Some(until) if untouched => *state = ItemState { dismissed: false, snoozed_until: Some(*until), ..*state },
                Some(_) => {}
            }
        }
    }

    /// Brings back items whose snooze has ended.
    pub fn wake(&mut self, now: DateTime<Utc>) {
        for (sequence, state) in &mut self.states {
            if state.snoozed_until.is_some_and(|until| until <= now) {
                *state = ItemState { snoozed_until: None, read: false, ..*state };
                self.returned.insert(*sequence);
            }
        }
    }
}

impl Model {
    /// The matching items of an inbox, the newest first.
    pub fn matching<'a>(&'a self, reader: &'a Reader, filter: &'a Filter) -> impl Iterator<Item = &'a Item> {
        self.items.iter().rev().filter(move |item| {
            let state = reader.state(item.sequence);
            reader.holds(item)
                && filter.view.shows(state)
                && (filter.severity.is_empty() || filter.severity.contains(&item.severity))
                && (filter.component.is_none() || filter.component == item.component)
                && filter.category.as_ref().is_none_or(|wanted| item.categories.contains(&wanted.to_lowercase()))
                && filter.sender.as_ref().is_none_or(|wanted| wanted == "Tests")
                && filter.after.is_none_or(|at| item.at >= at)
                && filter.before.is_none_or(|at| item.at < at)
                && filter.text.as_ref().is_none_or(|text| {
                    let component = item.component.iter().map(|name| name.to_lowercase());
                    component.chain([item.title.to_owned()]).any(|word| word.starts_with(text.as_str()))
                })
        })
    }

    /// The items above the first page.
    pub fn top<'a>(&'a self, reader: &'a Reader, filter: &'a Filter) -> impl Iterator<Item = &'a Item> {
        let some = matches!(filter.view, View::Inbox | View::Unread) && filter.text.is_none();
        self.matching(reader, filter).filter(move |item| {
            let state = reader.state(item.sequence);
            some && (state.pinned || !state.read && reader.returned.contains(&item.sequence))
        })
    }

    pub fn counts(&self, reader: &Reader) -> Counts {
        let mut counts = Counts::default();
        for item in self.matching(reader, &Filter::default()) {
            counts.total = MAX_COUNT.min(counts.total + 1);
            if !reader.state(item.sequence).read {
                counts.unread += 1;
                counts.unseen += u32::from(item.sequence > reader.seen_up_to);
                *counts.by_severity.count_mut(item.severity) += 1;
            }
        }
        counts
    }
}
