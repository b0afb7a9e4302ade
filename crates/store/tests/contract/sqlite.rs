//! Runs the contract for SQLite, and tests what only a database file can do.

use std::{sync::Arc, time::Duration};

use campanile_domain::{
    AudienceKey, Committed, Error, Live, NewNotification, Store, TenantSettings,
    delivery::{self, NewDelivery, Next, Outcome},
    live::Unheard,
    store::Room,
};
use campanile_shared::{
    Change, Channel, Filter, Recipients,
    inbox::{Action, Selection},
};
use campanile_store::{Limits, Locked, Options, ServerLock, Sqlite, Times};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::harness::{EmptyStore, RecordedEvents, message, now, person};

fn options() -> Options {
    Options { readers: 2, limits: Limits { told: 5, step: 20, rows: 40 }, ..Options::default() }
}

fn fresh(live: Arc<dyn Live>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("test.db"), options(), live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

/// A store whose time limit is zero: every answer ends after its first step, and no search waits for the index.
fn impatient(live: Arc<dyn Live>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let times = Times { query: Duration::ZERO, index: Duration::ZERO };
    let store = Sqlite::open(&folder.path().join("test.db"), Options { times, ..options() }, live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

mod without_time {
    crate::contract! { crate::sqlite::impatient:
        search {
            every_search_comes_to_its_end
        }
        pages {
            what_is_looked_for_is_found_in_the_end
        }
    }
}

/// A store that never waits for the index.
fn without_index(live: Arc<dyn Live>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let times = Times { index: Duration::ZERO, ..Options::default().times };
    let store = Sqlite::open(&folder.path().join("test.db"), Options { times, ..options() }, live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

mod looked_at_one_by_one {
    crate::contract! { crate::sqlite::without_index:
        search {
            words_are_found_by_their_beginnings
            scripts_without_spaces_are_found
            every_inner_part_of_a_compound_is_found
            words_meet_whatever_their_form
            a_search_of_signs_is_a_search
            nothing_typed_is_an_operator
            a_search_respects_inbox_view_and_tenant
            words_beyond_the_sixth_are_whole
        }
    }
}

crate::contract! { crate::sqlite::fresh:
    send {
        stored_once_and_found_again
        sequences_are_dense_and_of_the_tenant
        a_claim_is_answered_once
        a_claim_remembers_its_answer
        equal_fingerprints_are_one
        an_audience_counts_each_person_once
        components_are_those_of_what_one_got
        watchers_hear_of_arrivals_in_order
        what_is_put_away_from_the_beginning_is_among_the_dismissed
    }
    inbox {
        keys_decide_what_is_in_it
        an_item_says_by_which_keys_it_is_there
        who_joins_later_sees_nothing_older
        who_leaves_keeps_what_was_sent_before
        an_item_for_two_keys_comes_once
        pages_hold_still_while_items_arrive
        filters_choose_by_severity_and_component
        marks_are_set_and_taken_away
        unknown_and_foreign_ids_are_passed_over
        what_changes_nothing_moves_nothing
        looking_clears_the_unseen
        all_at_once_leaves_later_arrivals
        dismissed_and_unread_mix
        a_restored_item_takes_its_old_place
        a_filtered_change_takes_steps_under_one_undo
        an_undo_works_once_and_in_time
        an_undo_of_all_spares_what_was_done_before_and_since
        counts_stop_at_the_cap
        nobody_else_is_touched
    }
    snoozes {
        what_is_snoozed_leaves_and_comes_back_on_top
        what_is_pinned_stays_on_top
        dismissing_and_unsnoozing_end_it_and_are_taken_back
        all_that_match_are_snoozed_in_steps_under_one_undo
        snoozes_go_with_their_notification_and_their_person
    }
    broadcast_split {
        a_half_holds_what_is_filed_under_its_keys
        a_half_is_cut_and_counted
        moments_are_those_of_single_items
        moments_of_all_at_once_are_those_of_the_first_that_reached_an_item
    }
    buttons {
        the_first_press_counts
        presses_are_told_to_other_tabs
        only_one_s_own_items_have_buttons_to_press
        presses_are_reported_page_by_page
        presses_go_with_their_notification_and_their_person
    }
    stream {
        a_watch_names_the_keys_held_now
        what_was_missed_is_told_item_by_item
        what_no_row_tells_is_a_reset
    }
    search {
        words_are_found_by_their_beginnings
        scripts_without_spaces_are_found
        every_inner_part_of_a_compound_is_found
        words_meet_whatever_their_form
        a_search_of_signs_is_a_search
        nothing_typed_is_an_operator
        a_search_respects_inbox_view_and_tenant
        words_beyond_the_sixth_are_whole
    }
    pages {
        a_page_ends_where_it_grows_large
        what_a_stream_missed_is_not_told_when_it_is_large
    }
    people {
        tenants_are_found_by_name
        handles_are_one_namespace
        people_are_found_by_beginnings
        a_name_is_one_however_it_is_composed
        a_person_is_as_stored
        relations_count_and_tell
        a_removed_person_is_gone
        a_disabled_person_is_let_in_and_counted_nowhere
        members_are_listed_page_by_page
        the_last_administrator_stays
        of_two_who_end_each_other_one_stays
        preferences_are_kept
    }
    secrets {
        passwords_end_sessions
        a_change_of_password_leaves_one_session_and_tokens_for_programs
        nobody_who_is_disabled_gets_a_pass
        the_last_known_browsers_are_kept
        a_portal_secret_is_replaced_and_the_former_forgotten
        keys_are_listed_and_revoked
        passes_end
        a_pass_is_taken_once
        a_ticket_is_good_as_long_as_what_its_maker_came_by
        who_may_listen_is_asked_anew
        what_ends_a_way_in_is_told
    }
    recall_and_correct {
        what_is_recalled_leaves_the_inboxes_and_stays_for_its_sender
        what_is_corrected_says_so_everywhere
    }
    volume {
        what_was_sent_is_counted_once_by_day_component_and_sender
        a_day_tells_only_so_many_apart
    }
    housekeeping {
        what_expired_leaves_the_inboxes
        what_is_old_is_deleted
        what_was_delivered_goes_in_small_steps
        retention_is_the_tenants_choice
        what_was_touched_goes_with_it
        revisions_never_go_back
    }
    directory {
        an_import_changes_what_differs_and_nothing_twice
        relations_are_found_and_ended
        roles_are_those_that_people_hold
        an_audience_is_summed_up
        mail_is_counted_by_addresses_that_it_goes_to
        those_who_held_a_role_then_are_its_recipients_for_good
        what_recipients_did_is_told_and_counted
        all_recipients_are_counted_however_many
        roles_are_found_by_words
        names_set_aside_are_found_and_seen_by_nobody_else
    }
    deliveries {
        a_claim_holds_until_its_lease_ends
        a_full_lane_delays_no_other
        what_failed_is_kept_and_sent_again_on_request
        a_mailing_is_one_row_and_then_one_for_each_address
        who_asked_for_mail_gets_what_is_in_their_inbox
        endpoints_hear_of_every_notification_until_they_are_gone
        a_url_that_is_gone_is_left_alone_until_somebody_asks
        a_claim_can_be_given_back_by_whoever_has_it
        who_is_gone_gets_no_mail
        mail_is_in_the_language_its_reader_chose
        who_ended_mail_ends_it_for_nobody_else_at_their_address
        who_ended_mail_gets_none_until_they_ask_again
        what_is_scheduled_is_sent_once
        what_is_scheduled_is_listed_page_by_page
        first_attempts_are_told_apart
    }
    model {
        agrees_with_a_plain_model
    }
}

/// A store in a folder that outlives it.
fn open(folder: &std::path::Path, options: Options) -> Arc<dyn Store> {
    Arc::new(Sqlite::open(&folder.join("test.db"), options, Arc::new(Unheard)).unwrap())
}

fn everyone(id: u128, title: &str) -> NewNotification {
    NewNotification::new(Uuid::from_u128(id), now(), vec![Recipients::Everyone], vec![AudienceKey::Everyone], message(title))
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), options());
    let tenant = store.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let ada = store.create_person(tenant, person("ada"), now()).await.unwrap();
    for id in 1..=60 {
        store.accept(tenant, everyone(id, "kept"), None).await.unwrap();
    }
    let all = Change::new(Action::Read, Selection::Matching { filter: Filter::default(), up_to: 50 });
    let before = store.change(tenant, ada, all, Uuid::from_u128(999), now()).await.unwrap().snapshot;
    drop(store);
    let store = open(folder.path(), options());
    assert_eq!(store.snapshot(tenant, ada).await.unwrap(), before);
    assert_eq!(before.counts.unread, 10);
    assert_eq!(store.accept(tenant, everyone(61, "next"), None).await.unwrap().sequence, 61);
    let undone = store.undo(tenant, ada, Uuid::from_u128(999), now()).await.unwrap();
    assert_eq!(undone.snapshot.counts.unread, 61);
}

/// A store that serves its file.
fn serve(folder: &std::path::Path) -> Arc<dyn Store> {
    let path = folder.join("test.db");
    Arc::new(Sqlite::serve(&path, options(), Arc::new(Unheard), ServerLock::take(&path).unwrap()).unwrap())
}

/// File locks belong to an open file, so one process can test what two would do.
#[tokio::test]
async fn one_process_serves_and_claims_deliveries_until_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let first = serve(folder.path());
    let refused = ServerLock::take(&path).unwrap_err();
    assert!(matches!(refused, Locked::By(Some(process)) if process == std::process::id()), "{refused}");
    let tenant = first.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let mut new = everyone(1, "hello");
    for target in ["https://a.example/1", "https://a.example/2"] {
        new.deliveries.push(NewDelivery {
            id: delivery::id(new.id, Channel::Http, target),
            channel: Channel::Http,
            target: target.to_owned(),
            lane: "a.example".to_owned(),
            post: None,
            due_at: now(),
        });
    }
    first.accept(tenant, new, None).await.unwrap();
    let claim = async |store: &Arc<dyn Store>| {
        let room = Room { widths: vec![(Channel::Http, 1)], ..Room::default() };
        store.claim(now(), now() + TimeDelta::seconds(60), room, 10).await.unwrap()
    };
    let one = claim(&first).await;
    assert_eq!(one.len(), 1);
    first.record(vec![Outcome { id: one[0].id, next: Next::Delivered, at: now(), millis: 1, answer: String::new() }]).await.unwrap();
    let other = claim(&first).await;
    assert_ne!(other[0].id, one[0].id);
    // No one recorded that one. Its process is gone, so its lease does not count.
    drop(first);
    let left = claim(&serve(folder.path())).await;
    assert_eq!(left.iter().map(|due| due.id).collect::<Vec<_>>(), [other[0].id]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_on_one_file_write_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    // Both try to create the schema.
    let opened = [0, 1].map(|_| {
        let path = folder.path().to_owned();
        tokio::task::spawn_blocking(move || open(&path, options()))
    });
    let mut stores = Vec::new();
    for store in opened {
        stores.push(store.await.unwrap());
    }
    let tenant = stores[0].create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let ada = stores[1].create_person(tenant, person("ada"), now()).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for id in 0..400 {
        let store = Arc::clone(&stores[id % 2]);
        writers.spawn(async move { store.accept(tenant, everyone(id as u128, "from both"), None).await.unwrap().sequence });
    }
    let mut sequences = writers.join_all().await;
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=400).collect::<Vec<_>>());
    for store in &stores {
        assert_eq!(store.snapshot(tenant, ada).await.unwrap().counts.unread, 400);
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let limited = Options { max_bytes: Some(1 << 20), ..options() };
    let store = open(folder.path(), limited);
    let tenant = store.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let ada = store.create_person(tenant, person("ada"), now()).await.unwrap();
    let mut id = 0;
    let full = loop {
        id += 1;
        match store.accept(tenant, everyone(id, &"filler ".repeat(500)), None).await {
            Ok(_) => assert!(id < 1_000, "the limit is not kept"),
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::Full), "{full:?}");
    let held = store.snapshot(tenant, ada).await.unwrap();
    assert_eq!((u128::from(held.sequence), u128::from(held.counts.unread)), (id - 1, id - 1), "nothing is half stored, all can be read");
    assert_eq!(store.page(tenant, ada, &Filter::default(), None, 10).await.unwrap().items.len(), 10);
    // Housekeeping alone makes room.
    while store.purge(now() + TimeDelta::days(91), 20).await.unwrap() > 0 {}
    assert_eq!(store.accept(tenant, everyone(id, &"filler ".repeat(500)), None).await.unwrap().sequence, held.sequence + 1);
    drop(store);
    // So does a larger limit.
    let store = open(folder.path(), limited);
    while store.accept(tenant, everyone(id + 1, &"filler ".repeat(500)), None).await.is_ok() {
        id += 1;
    }
    drop(store);
    let store = open(folder.path(), options());
    assert!(store.accept(tenant, everyone(id + 1, "fits"), None).await.is_ok());
}

#[tokio::test]
async fn a_file_keeps_its_generation_and_a_backup_gets_another() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), options());
    let tenant = store.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let ada = store.create_person(tenant, person("ada"), now()).await.unwrap();
    let drawn = store.snapshot(tenant, ada).await.unwrap().generation;
    assert!((1..1 << 53).contains(&drawn), "{drawn}");
    drop(store);
    let again = open(folder.path(), options()).snapshot(tenant, ada).await.unwrap().generation;
    assert_eq!(again, drawn);
    let mut others = std::collections::HashSet::from([drawn]);
    for clear in ["UPDATE meta SET generation = NULL", "DELETE FROM meta"] {
        rusqlite::Connection::open(folder.path().join("test.db")).unwrap().execute(clear, []).unwrap();
        let other = open(folder.path(), options()).snapshot(tenant, ada).await.unwrap().generation;
        assert!(others.insert(other), "{clear}");
    }
}

#[tokio::test]
async fn whatever_replaces_the_file_is_of_another_generation() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("test.db"), folder.path().join("copy.db"));
    let store = serve(folder.path());
    let tenant = store.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let ada = store.create_person(tenant, person("ada"), now()).await.unwrap();
    drop(store);
    let sent = std::cell::Cell::new(0);
    let served = async || {
        let store = serve(folder.path());
        sent.set(sent.get() + 1);
        store.accept(tenant, everyone(sent.get(), "sent"), None).await.unwrap();
        store.snapshot(tenant, ada).await.unwrap().generation
    };
    let first = served().await;
    assert_eq!(served().await, first, "it is started again");
    // Commands beside the server and between two servers change nothing.
    drop(open(folder.path(), options()));
    assert_eq!(served().await, first);
    // Copied over the file, which keeps its inode.
    std::fs::copy(&path, &copy).unwrap();
    assert_eq!(served().await, first, "the copy is not used yet");
    std::fs::copy(&copy, &path).unwrap();
    let second = served().await;
    assert_ne!(second, first);
    // Moved to the place of the file.
    std::fs::copy(&path, &copy).unwrap();
    std::fs::rename(&copy, &path).unwrap();
    let third = served().await;
    assert!(third != second && third != first);
    // In another folder, without the lock file.
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(&path, elsewhere.path().join("test.db")).unwrap();
    let fourth = serve(elsewhere.path()).snapshot(tenant, ada).await.unwrap().generation;
    assert!(![first, second, third].contains(&fourth));
    assert_eq!(served().await, third);
}

#[tokio::test]
async fn a_copy_of_a_running_server_is_of_another_generation() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("test.db"), folder.path().join("copy.db"));
    let store = serve(folder.path());
    let tenant = store.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let ada = store.create_person(tenant, person("ada"), now()).await.unwrap();
    let first = store.snapshot(tenant, ada).await.unwrap().generation;
    rusqlite::Connection::open(&path).unwrap().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    std::fs::copy(&path, &copy).unwrap();
    drop(store);
    std::fs::copy(&copy, &path).unwrap();
    assert_ne!(serve(folder.path()).snapshot(tenant, ada).await.unwrap().generation, first);
}

#[tokio::test]
async fn what_another_process_commits_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let events = Arc::new(RecordedEvents::default());
    let store = Sqlite::open(&folder.path().join("test.db"), options(), Arc::clone(&events) as Arc<dyn Live>).unwrap();
    let other = open(folder.path(), options());
    let looked = async || {
        store.look_elsewhere().await.unwrap();
        // Callers get their result before listeners are notified.
        store.check().await.unwrap();
        events.take().into_iter().filter(|news| matches!(news, Committed::ChangedElsewhere)).count()
    };
    assert_eq!(looked().await, 0, "who opens it changes nothing");
    let tenant = store.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    assert_eq!(looked().await, 0, "that was this one");
    other.accept(tenant, everyone(1, "one"), None).await.unwrap();
    other.accept(tenant, everyone(2, "two"), None).await.unwrap();
    assert_eq!((looked().await, looked().await), (1, 0));
    other.snapshot(tenant, campanile_domain::PersonId(1)).await.unwrap_err();
    assert_eq!(looked().await, 0, "who reads changes nothing");
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), options()));
    let path = folder.path().join("test.db");
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let refused = Sqlite::open(&path, options(), Arc::new(Unheard)).err();
    assert!(matches!(refused, Some(Error::Unavailable(_))));
}

/// For example after a schema change that clears the index.
#[tokio::test]
async fn an_index_that_lacks_everything_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let (tenant, ada) = {
        let store = Sqlite::open(&path, options(), Arc::new(Unheard)).unwrap();
        let tenant = store.create_tenant("acme", TenantSettings::default(), "secret", "mail").await.unwrap().id;
        let ada = store.create_person(tenant, person("ada"), now()).await.unwrap();
        let mut running = tokio::task::JoinSet::new();
        let store = Arc::new(store);
        for at in 0..3_000_u32 {
            let store = Arc::clone(&store);
            let (id, title) = (Uuid::from_u128(u128::from(at) + 1), format!("number {at}"));
            let new = NewNotification::new(id, now(), vec![Recipients::Everyone], vec![AudienceKey::Everyone], message(&title));
            running.spawn(async move { store.accept(tenant, new, None).await.unwrap() });
        }
        running.join_all().await;
        (tenant, ada)
    };
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute_batch("INSERT INTO search_index (search_index) VALUES ('delete-all'); UPDATE search_state SET indexed_up_to = 0")
        .unwrap();
    let store = Sqlite::open(&path, options(), Arc::new(Unheard)).unwrap();
    let indexed = || connection.query_row("SELECT indexed_up_to FROM search_state", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(indexed(), 0);
    store.purge(now(), 1).await.unwrap();
    assert!(indexed() >= 1_000, "{}", indexed());
    let found = Filter { text: Some("number 7".into()), ..Filter::default() };
    assert_eq!(store.count_matching(tenant, ada, &found, 5_000).await.unwrap().count, 1 + 10 + 100);
}
