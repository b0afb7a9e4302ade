//! Random operations against a model that is simple enough to be obviously right: a list of items, and a map of
//! states for each person. After every step the store must agree with the model.

mod expected;

use std::collections::{BTreeMap, BTreeSet};

use campanile_domain::AudienceKey;
use campanile_shared::{
    Filter, InboxChange, ItemState, Severity, View,
    inbox::{Action, Selection},
};
use chrono::TimeDelta;
use uuid::Uuid;

use self::expected::{Item, Model, Reader};
use crate::harness::{Harness, now, role};

const STEPS: u64 = 1_500;
const ROLES: [&str; 3] = ["ADMIN", "USER", "OWNER"];
const WORDS: [&str; 3] = ["disk", "network", "licence"];

/// A small random generator with a seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())].clone()
    }
}

fn random_filter(dice: &mut Dice) -> Filter {
    let mut filter = Filter { view: dice.pick(&View::ALL), ..Filter::default() };
    // Items are one second apart.
    let mut second = || Some(now() + TimeDelta::milliseconds(dice.roll(1_200) as i64 * 500));
    let (after, before) = (second(), second());
    match dice.roll(12) {
        0 => filter.severity = vec![dice.pick(&Severity::ALL)],
        1 => filter.component = Some(dice.pick(&["Disk", "Net", "None"]).to_owned()),
        2 => filter.text = Some(dice.pick(&WORDS)[..3].to_owned()),
        3 => filter.severity = vec![Severity::Error, Severity::Warning],
        4 => filter.after = after,
        5 => (filter.after, filter.before) = (after, before),
        6 => (filter.before, filter.text) = (before, Some("net".to_owned())),
        7 => filter.category = Some(dice.pick(&["Alpha", "beta", "none"]).to_owned()),
        8 => filter.sender = Some(dice.pick(&["Tests", "Nobody"]).to_owned()),
        _ => {}
    }
    filter
}

pub async fn agrees_with_the_model(harness: Harness) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut model = Model { items: Vec::new(), head: 0, readers: Vec::new() };
    for login in ["ada", "bo", "cy"] {
        let id = harness.person(login).await;
        let snapshot = harness.snapshot(id).await;
        let client = (snapshot, BTreeMap::new());
        model.readers.push(Reader {
            id,
            roles: Vec::new(),
            states: BTreeMap::new(),
            returned: BTreeSet::new(),
            seen_up_to: 0,
            undos: Vec::new(),
            snapshot,
            client,
        });
    }
    for step in 0..STEPS {
        let at = dice.roll(model.readers.len());
        let what = operate(&harness, &mut dice, &mut model, at).await;
        let checked: Vec<usize> = if step % 16 == 0 { (0..model.readers.len()).collect() } else { vec![at] };
        for at in checked {
            let filter = random_filter(&mut dice);
            check(&harness, &mut model, at, &filter, &format!("step {step}, {what}, {filter:?}")).await;
        }
    }
    assert!(model.items.len() > 100, "there was something to compare");
}

/// One random operation in the store and in the model.
async fn operate(harness: &Harness, dice: &mut Dice, model: &mut Model, at: usize) -> String {
    let usual = [Action::Read, Action::Dismiss, Action::Snooze, Action::Pin];
    let action = if dice.roll(3) > 0 { dice.pick(&Action::ALL) } else { dice.pick(&usual) };
    let until = (action == Action::Snooze).then(|| now() + TimeDelta::hours(1 + dice.roll(12) as i64));
    match dice.roll(100) {
        0..35 => send(harness, dice, model).await,
        35..60 => {
            let newest: Vec<(Uuid, u64)> = model.items.iter().rev().take(60).map(|item| (item.id, item.sequence)).collect();
            if newest.is_empty() {
                return "nothing".into();
            }
            let chosen: Vec<(Uuid, u64)> = (0..=dice.roll(12)).map(|_| dice.pick(&newest)).collect();
            let ids: Vec<Uuid> = chosen.iter().map(|(id, _)| *id).collect();
            let reader = &model.readers[at];
            let own = |sequence: &u64| model.items.iter().any(|item| item.sequence == *sequence && reader.holds(item));
            let sequences: Vec<u64> = chosen.iter().map(|(_, sequence)| *sequence).filter(own).collect();
            let changed = model.readers[at].mark(action, until, sequences);
            let change = InboxChange { action, until, items: Selection::Ids(ids.clone()) };
            let answer = harness.change(model.readers[at].id, change).await;
            assert_eq!(answer.undo.is_some(), !changed.is_empty());
            model.readers[at].undos.extend(answer.undo.map(|undo| (undo, action, changed)));
            format!("{action:?} {} items", ids.len())
        }
        60..72 => {
            let filter = random_filter(dice);
            let up_to = model.head.saturating_sub(dice.roll(30) as u64);
            let sequences: Vec<u64> =
                model.matching(&model.readers[at], &filter).map(|item| item.sequence).filter(|sequence| *sequence <= up_to).collect();
            let changed = model.readers[at].mark(action, until, sequences);
            let change = InboxChange { action, until, items: Selection::Matching { filter: filter.clone(), up_to } };
            let answer = harness.change(model.readers[at].id, change).await;
            assert_eq!(answer.undo.is_some(), !changed.is_empty(), "{action:?} {filter:?} up to {up_to}");
            model.readers[at].undos.extend(answer.undo.map(|undo| (undo, action, changed)));
            format!("{action:?} all of {filter:?} up to {up_to}")
        }
        72..84 => {
            let reader = &mut model.readers[at];
            if reader.undos.is_empty() {
                return "nothing".into();
            }
            let place = reader.undos.len() - 1 - dice.roll(reader.undos.len().min(3));
            let (undo, action, changed) = reader.undos.remove(place);
            reader.take_back(action, &changed);
            harness.undo(reader.id, undo).await.unwrap();
            assert!(harness.undo(reader.id, undo).await.is_err());
            format!("undo of {action:?}")
        }
        84..87 => {
            let at = now() + TimeDelta::hours(dice.roll(10) as i64);
            model.readers.iter_mut().for_each(|reader| reader.wake(at));
            while harness.store.resurface_snoozed(at, 7).await.unwrap() > 0 {}
            format!("wake at {at}")
        }
        87..90 => {
            let up_to = model.head.saturating_sub(dice.roll(10) as u64);
            let reader = &mut model.readers[at];
            reader.seen_up_to = reader.seen_up_to.max(up_to);
            harness.store.mark_seen(harness.tenant, reader.id, up_to).await.unwrap();
            format!("seen up to {up_to}")
        }
        90..95 => {
            let name = dice.pick(&ROLES);
            let head = model.head;
            let reader = &mut model.readers[at];
            let open = reader.roles.iter_mut().find(|(role, _, until)| *role == name && until.is_none());
            let holds = open.is_none();
            match open {
                Some((_, _, until)) => *until = Some(head),
                None => reader.roles.push((name, head, None)),
            }
            harness.relate(reader.id, name, holds).await;
            format!("{name} {holds}")
        }
        95..98 => {
            model.items.retain(|item| !item.brief);
            harness.store.expire(now() + TimeDelta::days(1), 1_000).await.unwrap();
            "expire".into()
        }
        _ => {
            // The undos are minutes old and the purge is days later, so it deletes them too.
            let oldest = model.head.saturating_sub(150 + dice.roll(200) as u64);
            model.items.retain(|item| item.sequence >= oldest);
            model.readers.iter_mut().for_each(|reader| reader.undos.clear());
            let at = now() + TimeDelta::days(90) + TimeDelta::seconds(oldest as i64);
            while harness.store.purge(at, 20).await.unwrap() > 0 {}
            format!("purge below {oldest}")
        }
    }
}

async fn send(harness: &Harness, dice: &mut Dice, model: &mut Model) -> String {
    for _ in 0..=dice.roll(4) {
        let mut keys = BTreeSet::new();
        for _ in 0..=dice.roll(2) {
            keys.insert(match dice.roll(4) {
                0 => AudienceKey::Everyone,
                1 => AudienceKey::Person(dice.pick(&model.readers.iter().map(|reader| reader.id).collect::<Vec<_>>())),
                _ => role(dice.pick(&ROLES)),
            });
        }
        let keys: Vec<AudienceKey> = keys.into_iter().collect();
        let title = dice.pick(&WORDS);
        let brief = dice.roll(10) == 0;
        let mut new = harness.notification(&keys, title);
        new.accepted_at = now() + TimeDelta::seconds(model.head as i64 + 1);
        new.message.severity = dice.pick(&Severity::ALL);
        new.message.component = dice.pick(&[None, Some("Disk"), Some("Net")]).map(str::to_owned);
        new.message.categories = dice.pick(&[vec![], vec!["alpha".to_owned()], vec!["alpha".to_owned(), "beta".to_owned()]]);
        new.message.expires_at = brief.then(|| now() + TimeDelta::hours(1));
        let (severity, component) = (new.message.severity, new.message.component.clone());
        let (categories, at) = (new.message.categories.clone(), new.accepted_at);
        let accepted = harness.accept(new).await;
        model.head += 1;
        assert_eq!(accepted.sequence, model.head);
        model.items.push(Item { id: accepted.id, sequence: accepted.sequence, keys, severity, component, title, categories, at, brief });
    }
    "send".into()
}

/// Compares one person's inbox in the store and in the model.
async fn check(harness: &Harness, model: &mut Model, at: usize, filter: &Filter, context: &str) {
    let reader = &model.readers[at];
    let snapshot = harness.snapshot(reader.id).await;
    assert_eq!(snapshot.sequence, model.head, "{context}");
    assert_eq!(snapshot.counts, model.counts(reader), "{context}");
    assert!(snapshot == reader.snapshot || snapshot.is_newer_than(&reader.snapshot), "{context}: {snapshot:?} after {:?}", reader.snapshot);
    let expected: Vec<u64> = model.matching(reader, filter).map(|item| item.sequence).collect();
    assert_eq!(harness.sequences(reader.id, filter).await, expected, "{context}");
    let counted = harness.store.count_matching(harness.tenant, reader.id, filter, 1_000).await.unwrap();
    assert_eq!((counted.count as usize, counted.more), (expected.len(), false), "{context}");
    let top: Vec<u64> = model.top(reader, filter).map(|item| item.sequence).take(100).collect();
    let page = harness.store.inbox_page(harness.tenant, reader.id, filter, None, 7).await.unwrap();
    assert_eq!(page.top.iter().map(|item| item.notification.sequence).collect::<Vec<_>>(), top, "{context}");
    for item in &page.items {
        assert_eq!(item.state, reader.state(item.notification.sequence), "{context}");
    }
    let mut known: BTreeMap<Uuid, ItemState> =
        model.items.iter().filter(|item| reader.holds(item)).map(|item| (item.id, reader.state(item.sequence))).collect();
    let (since, client) = reader.client.clone();
    let missed = harness.missed(reader.id, since, 30).await;
    if let Some(missed) = missed {
        let mut client = client;
        client.extend(missed.arrived.into_iter().map(|item| (item.notification.id, item.state)));
        client.extend(missed.changed.into_iter().map(|change| (change.id, change.state)));
        client.retain(|id, state| known.get(id) != Some(state) || !known.contains_key(id));
        assert!(client.is_empty(), "{context}: after what was missed since {since:?}, a client believes {client:?}");
        assert_eq!(missed.snapshot, snapshot, "{context}");
    }
    let reader = &mut model.readers[at];
    reader.snapshot = snapshot;
    if snapshot.revision % 3 == 0 {
        reader.client = (snapshot, std::mem::take(&mut known));
    }
}
