//! A person's own inbox: lists, searches, changes, and the start of a stream.

use campanile_domain::Error;
use campanile_shared::{
    Filter, InboxChange, Preferences, Severity, Snapshot, View,
    inbox::{Action, Selection},
    limits::MAX_SEQUENCE,
    live::Event,
    preferences::{Density, SavedView},
    problem::FieldErrorCode,
    quiet_hours::QuietHours,
    send_request::ContentInput,
};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors, send_request, start_time},
};

fn view_filter(view: View) -> Filter {
    Filter::whole_view(view)
}

#[tokio::test]
async fn an_inbox_is_read_page_by_page_and_counted() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    for title in ["one", "two", "three"] {
        harness.campanile.send(&harness.admin, send_request(title), None).await.unwrap();
    }
    let page = harness.campanile.inbox_page(&ada, &view_filter(View::Inbox), None, 2).await.unwrap();
    assert_eq!((page.items.len(), page.next.as_deref(), page.snapshot.counts.total), (2, Some("2"), 3));
    let rest = harness.campanile.inbox_page(&ada, &view_filter(View::Inbox), Some(2), 0).await.unwrap();
    assert_eq!((rest.items.len(), rest.items[0].title.as_str()), (1, "one"));
    let (all, next) = harness.campanile.export_inbox_page(&ada, &view_filter(View::Inbox), None).await.unwrap();
    assert_eq!((all.len(), all[0].content.len(), next), (3, 1, None));
    let two = Filter { text: Some("two".to_owned()), ..Filter::default() };
    assert_eq!(harness.campanile.count_matching(&ada, &two).await.unwrap().count, 1);
    let found = harness.campanile.inbox_page(&ada, &two, None, 10).await.unwrap();
    assert_eq!(found.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["two"]);
    let item = harness.campanile.inbox_item(&ada, found.items[0].id).await.unwrap();
    assert_eq!((item.title.as_str(), item.why.is_some()), ("two", true));
    assert_refused!(harness.campanile.inbox_item(&ada, Uuid::nil()).await, Error::NotFound);
    assert_eq!(harness.campanile.counts(&ada).await.unwrap().counts.unread, 3);
}

#[tokio::test]
async fn changes_can_be_undone_and_items_marked_seen() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    for title in ["one", "two"] {
        harness.campanile.send(&harness.admin, send_request(title), None).await.unwrap();
    }
    let all = Selection::Matching { filter: view_filter(View::Inbox), up_to: 2 };
    let changed = harness.campanile.change(&ada, InboxChange::new(Action::Dismiss, all)).await.unwrap();
    assert_eq!(changed.snapshot.counts.total, 0);
    assert!(harness.inbox_titles(&ada).await.is_empty());
    let back = harness.campanile.undo(&ada, changed.undo.unwrap()).await.unwrap();
    assert_eq!(back.snapshot.counts.total, 2);
    assert_eq!(harness.campanile.counts(&ada).await.unwrap().counts.unseen, 2);
    assert_eq!(harness.campanile.mark_seen(&ada, 2).await.unwrap().counts.unseen, 0);
    assert_eq!(field_errors(harness.campanile.mark_seen(&ada, MAX_SEQUENCE + 1).await), field_error("/up_to", FieldErrorCode::Malformed));
}

#[tokio::test]
async fn a_change_names_at_most_a_thousand_items() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let change = async |count: usize| {
        let ids = (0..count as u128).map(Uuid::from_u128).collect();
        harness.campanile.change(&ada, InboxChange::new(Action::Read, Selection::Ids(ids))).await
    };
    assert_eq!(field_errors(change(1_000).await), []);
    assert_eq!(field_errors(change(1_001).await), field_error("/ids", FieldErrorCode::TooMany));
}

#[tokio::test]
async fn a_bulk_change_needs_a_valid_filter_and_sequence() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let change =
        async |filter, up_to| harness.campanile.change(&ada, InboxChange::new(Action::Read, Selection::Matching { filter, up_to })).await;
    assert_eq!(field_errors(change(view_filter(View::Inbox), MAX_SEQUENCE).await), []);
    assert_eq!(
        field_errors(change(view_filter(View::Inbox), MAX_SEQUENCE + 1).await),
        field_error("/matching/up_to", FieldErrorCode::Malformed)
    );
    let empty = Filter { component: Some(String::new()), ..Filter::default() };
    assert_eq!(field_errors(change(empty, 1).await), field_error("/matching/filter/component", FieldErrorCode::Missing));
}

#[tokio::test]
async fn a_snooze_time_is_within_a_year() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let id = harness.campanile.send(&harness.admin, send_request("Later"), None).await.unwrap().id;
    let change = async |action, seconds: Option<i64>| {
        let until = seconds.map(|seconds| start_time() + TimeDelta::seconds(seconds));
        harness.campanile.change(&ada, InboxChange { action, until, items: Selection::Ids(vec![id]) }).await
    };
    let year = 366 * 24 * 3_600;
    for (action, seconds, expected) in [
        (Action::Snooze, None, Some(FieldErrorCode::Missing)),
        (Action::Snooze, Some(-1), Some(FieldErrorCode::Past)),
        (Action::Snooze, Some(0), Some(FieldErrorCode::Past)),
        (Action::Snooze, Some(1), None),
        (Action::Snooze, Some(year), None),
        (Action::Snooze, Some(year + 1), Some(FieldErrorCode::Malformed)),
        (Action::Read, Some(60), Some(FieldErrorCode::Malformed)),
        (Action::Read, None, None),
    ] {
        let expected = expected.map(|code| field_error("/until", code)).unwrap_or_default();
        assert_eq!(field_errors(change(action, seconds).await), expected, "{action:?} {seconds:?}");
    }
    assert!(harness.inbox_titles(&ada).await.is_empty());
}

#[tokio::test]
async fn searches_of_one_person_are_queued() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    harness.campanile.send(&harness.admin, send_request("Hello"), None).await.unwrap();
    let words = Filter { text: Some("hello".to_owned()), ..Filter::default() };
    let searches = (0..20).map(|_| {
        let (campanile, ada, words) = (harness.campanile.clone(), ada.clone(), words.clone());
        tokio::spawn(async move { campanile.count_matching(&ada, &words).await })
    });
    let mut refused = 0;
    for search in searches.collect::<Vec<_>>() {
        refused += u32::from(matches!(search.await.unwrap(), Err(Error::TooManyRequests { .. })));
    }
    assert!(refused > 0, "one search runs and eight wait");
    // Views without a search text do not wait.
    let views = (0..20).map(|_| {
        let (campanile, ada) = (harness.campanile.clone(), ada.clone());
        tokio::spawn(async move { campanile.inbox_page(&ada, &view_filter(View::Inbox), None, 10).await })
    });
    for view in views.collect::<Vec<_>>() {
        view.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn preferences_are_stored_up_to_their_limits() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let set = async |change: &dyn Fn(&mut Preferences)| {
        let mut preferences = Preferences { density: Density::Compact, ..Preferences::default() };
        change(&mut preferences);
        harness.campanile.set_preferences(&ada, &preferences).await
    };
    let view = |name: &str| SavedView { name: name.to_owned(), filter: Filter::default() };
    let views = |count: usize| (0..count).map(|at| view(&at.to_string())).collect::<Vec<_>>();
    let hours = |from, to| Some(QuietHours { from, to });
    assert_eq!(field_errors(set(&|all| all.quiet_hours = hours(1_439, 1_439)).await), []);
    for (from, to) in [(1_440, 0), (0, 1_440)] {
        assert_eq!(
            field_errors(set(&|all| all.quiet_hours = hours(from, to)).await),
            field_error("/quiet_hours", FieldErrorCode::Malformed)
        );
    }
    let components = |count: usize| vec!["Shop".to_owned(); count];
    assert_eq!(field_errors(set(&|all| all.muted_components = components(1_000)).await), []);
    assert_eq!(
        field_errors(set(&|all| all.muted_components = components(1_001)).await),
        field_error("/muted_components", FieldErrorCode::TooMany)
    );
    assert_eq!(field_errors(set(&|all| all.views = views(50)).await), []);
    assert_eq!(field_errors(set(&|all| all.views = views(51)).await), field_error("/views", FieldErrorCode::TooMany));
    assert_eq!(field_errors(set(&|all| all.views = vec![view(&"é".repeat(60))]).await), []);
    for (names, at, code) in [
        (vec![view("a"), view(" ")], 1, FieldErrorCode::Missing),
        (vec![view(&"é".repeat(61))], 0, FieldErrorCode::TooLong),
        (vec![view("a"), view("b"), view("a")], 2, FieldErrorCode::Duplicate),
    ] {
        assert_eq!(field_errors(set(&|all| all.views.clone_from(&names)).await), field_error(&format!("/views/{at}/name"), code));
    }
    let kept = harness.campanile.preferences(&ada).await.unwrap();
    assert_eq!((kept.density, kept.views.len()), (Density::Compact, 1), "refused preferences change nothing");
}

#[tokio::test]
async fn components_come_from_received_notifications() {
    let harness = Harness::new().await;
    let (ada, bo) = (harness.add_person("ada", false).await, harness.add_person("bo", false).await);
    let mut of_shop = harness.send_command("Sold out").await;
    of_shop.to = harness.resolve(vec![crate::harness::person_recipient("ada")]).await;
    harness.campanile.submit(&harness.admin, of_shop).await.unwrap();
    assert_eq!(harness.campanile.components(&ada).await.unwrap(), ["Shop"]);
    assert_eq!(harness.campanile.components(&bo).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_stream_resumes_where_it_ended() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let resume = async |last: Option<Snapshot>| harness.campanile.resume_stream(&ada, last).await.unwrap().events;
    let begun = harness.campanile.counts(&ada).await.unwrap();
    assert_eq!(resume(None).await, [Event::Hello { snapshot: begun }]);
    assert_eq!(resume(Some(begun)).await, [Event::Hello { snapshot: begun }]);
    let elsewhere = Snapshot { generation: begun.generation + 1, ..begun };
    assert_eq!(resume(Some(elsewhere)).await, [Event::Reset { snapshot: begun }]);
    let id = harness.campanile.send(&harness.admin, send_request("New"), None).await.unwrap().id;
    let arrived = resume(Some(begun)).await;
    let snapshot = harness.campanile.counts(&ada).await.unwrap();
    assert_eq!(arrived.len(), 1);
    assert!(matches!(&arrived[0], Event::Arrived { item, snapshot: at } if item.title == "New" && *at == snapshot), "{arrived:?}");
    let read = harness.campanile.change(&ada, InboxChange::new(Action::Read, Selection::Ids(vec![id]))).await.unwrap();
    let changed = resume(Some(snapshot)).await;
    assert!(matches!(&changed[..], [Event::Changed { changes, .. }] if changes.len() == 1 && changes[0].state.read), "{changed:?}");
    let resumed = harness.campanile.resume_stream(&ada, Some(snapshot)).await.unwrap();
    assert_eq!(resumed.start.snapshot, read.snapshot);
}

#[tokio::test]
async fn a_reader_gets_their_preferred_language() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", false).await;
    let mut both = send_request("Hello");
    both.severity = Severity::Error;
    both.content.insert(0, ContentInput { language: "de".into(), title: "Hallo".into(), ..ContentInput::default() });
    harness.campanile.send(&harness.admin, both, None).await.unwrap();
    assert_eq!(harness.inbox_titles(&ada).await, ["Hello"]);
    let german = campanile_domain::Person { languages: vec!["de".parse().unwrap()], ..ada };
    assert_eq!(harness.inbox_titles(&german).await, ["Hallo"]);
}
