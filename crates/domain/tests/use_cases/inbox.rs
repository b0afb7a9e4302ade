//! A person's own inbox: lists, searches, changes, and the start of a stream.

use campanile_domain::{Error, inbox::LAST_SEQUENCE};
use campanile_shared::{
    Change, Filter, Preferences, Severity, Snapshot, View,
    draft::DraftContent,
    inbox::{Action, Selection},
    live::Event,
    person::{Density, QuietHours, SavedView},
    problem::FieldFault,
};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    assert_refused,
    world::{World, draft, fault, faults, post, start},
};

fn of(view: View) -> Filter {
    Filter::of(view)
}

#[tokio::test]
async fn an_inbox_is_read_page_by_page_and_counted() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    for title in ["one", "two", "three"] {
        world.campanile.send(&world.admin, draft(title), None).await.unwrap();
    }
    let page = world.campanile.inbox(&ada, &of(View::Inbox), None, 2).await.unwrap();
    assert_eq!((page.items.len(), page.next.as_deref(), page.snapshot.counts.total), (2, Some("2"), 3));
    let rest = world.campanile.inbox(&ada, &of(View::Inbox), Some(2), 0).await.unwrap();
    assert_eq!((rest.items.len(), rest.items[0].title.as_str()), (1, "one"));
    let (all, next) = world.campanile.inbox_in_full(&ada, &of(View::Inbox), None).await.unwrap();
    assert_eq!((all.len(), all[0].content.len(), next), (3, 1, None));
    let two = Filter { text: Some("two".to_owned()), ..Filter::default() };
    assert_eq!(world.campanile.count_matching(&ada, &two).await.unwrap().count, 1);
    let found = world.campanile.inbox(&ada, &two, None, 10).await.unwrap();
    assert_eq!(found.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["two"]);
    let item = world.campanile.inbox_item(&ada, found.items[0].id).await.unwrap();
    assert_eq!((item.title.as_str(), item.why.is_some()), ("two", true));
    assert_refused!(world.campanile.inbox_item(&ada, Uuid::nil()).await, Error::NotFound);
    assert_eq!(world.campanile.counts(&ada).await.unwrap().counts.unread, 3);
}

#[tokio::test]
async fn changes_are_made_taken_back_and_seen() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    for title in ["one", "two"] {
        world.campanile.send(&world.admin, draft(title), None).await.unwrap();
    }
    let all = Selection::Matching { filter: of(View::Inbox), up_to: 2 };
    let changed = world.campanile.change(&ada, Change::new(Action::Dismiss, all)).await.unwrap();
    assert_eq!(changed.snapshot.counts.total, 0);
    assert!(world.titles(&ada).await.is_empty());
    let back = world.campanile.undo(&ada, changed.undo.unwrap()).await.unwrap();
    assert_eq!(back.snapshot.counts.total, 2);
    assert_eq!(world.campanile.counts(&ada).await.unwrap().counts.unseen, 2);
    assert_eq!(world.campanile.see(&ada, 2).await.unwrap().counts.unseen, 0);
    assert_eq!(faults(world.campanile.see(&ada, LAST_SEQUENCE + 1).await), fault("/up_to", FieldFault::Malformed));
}

#[tokio::test]
async fn a_change_names_a_thousand_at_most() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let change = async |count: usize| {
        let ids = (0..count as u128).map(Uuid::from_u128).collect();
        world.campanile.change(&ada, Change::new(Action::Read, Selection::Ids(ids))).await
    };
    assert_eq!(faults(change(1_000).await), []);
    assert_eq!(faults(change(1_001).await), fault("/ids", FieldFault::TooMany));
}

#[tokio::test]
async fn a_change_of_all_that_match_says_what_it_means() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let change = async |filter, up_to| world.campanile.change(&ada, Change::new(Action::Read, Selection::Matching { filter, up_to })).await;
    assert_eq!(faults(change(of(View::Inbox), LAST_SEQUENCE).await), []);
    assert_eq!(faults(change(of(View::Inbox), LAST_SEQUENCE + 1).await), fault("/matching/up_to", FieldFault::Malformed));
    let empty = Filter { component: Some(String::new()), ..Filter::default() };
    assert_eq!(faults(change(empty, 1).await), fault("/matching/filter/component", FieldFault::Missing));
}

#[tokio::test]
async fn what_is_snoozed_has_a_time_within_a_year() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let id = world.campanile.send(&world.admin, draft("Later"), None).await.unwrap().id;
    let change = async |action, seconds: Option<i64>| {
        let until = seconds.map(|seconds| start() + TimeDelta::seconds(seconds));
        world.campanile.change(&ada, Change { action, until, items: Selection::Ids(vec![id]) }).await
    };
    let year = 366 * 24 * 3_600;
    for (action, seconds, expected) in [
        (Action::Snooze, None, Some(FieldFault::Missing)),
        (Action::Snooze, Some(-1), Some(FieldFault::Past)),
        (Action::Snooze, Some(0), Some(FieldFault::Past)),
        (Action::Snooze, Some(1), None),
        (Action::Snooze, Some(year), None),
        (Action::Snooze, Some(year + 1), Some(FieldFault::Malformed)),
        (Action::Read, Some(60), Some(FieldFault::Malformed)),
        (Action::Read, None, None),
    ] {
        let expected = expected.map(|code| fault("/until", code)).unwrap_or_default();
        assert_eq!(faults(change(action, seconds).await), expected, "{action:?} {seconds:?}");
    }
    assert!(world.titles(&ada).await.is_empty());
}

#[tokio::test]
async fn searches_of_one_person_wait_for_each_other() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    world.campanile.send(&world.admin, draft("Hello"), None).await.unwrap();
    let words = Filter { text: Some("hello".to_owned()), ..Filter::default() };
    let searches = (0..20).map(|_| {
        let (campanile, ada, words) = (world.campanile.clone(), ada.clone(), words.clone());
        tokio::spawn(async move { campanile.count_matching(&ada, &words).await })
    });
    let mut refused = 0;
    for search in searches.collect::<Vec<_>>() {
        refused += u32::from(matches!(search.await.unwrap(), Err(Error::TooMany { .. })));
    }
    assert!(refused > 0, "one search runs and eight wait");
    // Views without a search text do not wait.
    let views = (0..20).map(|_| {
        let (campanile, ada) = (world.campanile.clone(), ada.clone());
        tokio::spawn(async move { campanile.inbox(&ada, &of(View::Inbox), None, 10).await })
    });
    for view in views.collect::<Vec<_>>() {
        view.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn preferences_are_kept_up_to_their_limits() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let set = async |change: &dyn Fn(&mut Preferences)| {
        let mut preferences = Preferences { density: Density::Compact, ..Preferences::default() };
        change(&mut preferences);
        world.campanile.set_preferences(&ada, &preferences).await
    };
    let view = |name: &str| SavedView { name: name.to_owned(), filter: Filter::default() };
    let views = |count: usize| (0..count).map(|at| view(&at.to_string())).collect::<Vec<_>>();
    let hours = |from, to| Some(QuietHours { from, to });
    assert_eq!(faults(set(&|all| all.quiet_hours = hours(1_439, 1_439)).await), []);
    for (from, to) in [(1_440, 0), (0, 1_440)] {
        assert_eq!(faults(set(&|all| all.quiet_hours = hours(from, to)).await), fault("/quiet_hours", FieldFault::Malformed));
    }
    let components = |count: usize| vec!["Shop".to_owned(); count];
    assert_eq!(faults(set(&|all| all.muted_components = components(1_000)).await), []);
    assert_eq!(faults(set(&|all| all.muted_components = components(1_001)).await), fault("/muted_components", FieldFault::TooMany));
    assert_eq!(faults(set(&|all| all.views = views(50)).await), []);
    assert_eq!(faults(set(&|all| all.views = views(51)).await), fault("/views", FieldFault::TooMany));
    assert_eq!(faults(set(&|all| all.views = vec![view(&"é".repeat(60))]).await), []);
    for (names, at, code) in [
        (vec![view("a"), view(" ")], 1, FieldFault::Missing),
        (vec![view(&"é".repeat(61))], 0, FieldFault::TooLong),
        (vec![view("a"), view("b"), view("a")], 2, FieldFault::Duplicate),
    ] {
        assert_eq!(faults(set(&|all| all.views.clone_from(&names)).await), fault(&format!("/views/{at}/name"), code));
    }
    let kept = world.campanile.preferences(&ada).await.unwrap();
    assert_eq!((kept.density, kept.views.len()), (Density::Compact, 1), "refused preferences change nothing");
}

#[tokio::test]
async fn components_are_those_of_what_one_got() {
    let world = World::new().await;
    let (ada, bo) = (world.person("ada", false).await, world.person("bo", false).await);
    let mut of_shop = post(&world.admin, "Sold out");
    of_shop.to = vec![crate::world::named("ada")];
    world.campanile.post(&world.admin, of_shop).await.unwrap();
    assert_eq!(world.campanile.components(&ada).await.unwrap(), ["Shop"]);
    assert_eq!(world.campanile.components(&bo).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_stream_goes_on_where_it_ended() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let resume = async |last: Option<Snapshot>| world.campanile.resume(&ada, last).await.unwrap().events;
    let begun = world.campanile.counts(&ada).await.unwrap();
    assert_eq!(resume(None).await, [Event::Hello { snapshot: begun }]);
    assert_eq!(resume(Some(begun)).await, [Event::Hello { snapshot: begun }]);
    let elsewhere = Snapshot { generation: begun.generation + 1, ..begun };
    assert_eq!(resume(Some(elsewhere)).await, [Event::Reset { snapshot: begun }]);
    let id = world.campanile.send(&world.admin, draft("New"), None).await.unwrap().id;
    let arrived = resume(Some(begun)).await;
    let snapshot = world.campanile.counts(&ada).await.unwrap();
    assert_eq!(arrived.len(), 1);
    assert!(matches!(&arrived[0], Event::Arrived { item, snapshot: at } if item.title == "New" && *at == snapshot), "{arrived:?}");
    let read = world.campanile.change(&ada, Change::new(Action::Read, Selection::Ids(vec![id]))).await.unwrap();
    let changed = resume(Some(snapshot)).await;
    assert!(matches!(&changed[..], [Event::Changed { changes, .. }] if changes.len() == 1 && changes[0].state.read), "{changed:?}");
    let resumed = world.campanile.resume(&ada, Some(snapshot)).await.unwrap();
    assert_eq!(resumed.watch.snapshot, read.snapshot);
}

#[tokio::test]
async fn a_reader_gets_the_language_they_want() {
    let world = World::new().await;
    let ada = world.person("ada", false).await;
    let mut both = draft("Hello");
    both.severity = Severity::Error;
    both.content.insert(0, DraftContent { language: "de".into(), title: "Hallo".into(), ..DraftContent::default() });
    world.campanile.send(&world.admin, both, None).await.unwrap();
    assert_eq!(world.titles(&ada).await, ["Hello"]);
    let german = campanile_domain::Person { languages: vec!["de".parse().unwrap()], ..ada };
    assert_eq!(world.titles(&german).await, ["Hallo"]);
}
