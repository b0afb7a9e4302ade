//! Runs the contract for SQLite, and tests what only a database file can do.

use std::{sync::Arc, time::Duration};

use campanile_domain::{
    AudienceKey, Error, NewNotification, Store, StoreEvent, StoreListener, TenantSettings,
    model::{
        delivery::{self, AfterAttempt, AttemptRecord, NewDelivery},
        queue_capacity::QueueCapacity,
    },
    ports::{
        health::HealthStore, housekeeping::HousekeepingStore, inboxes::InboxStore, notifications::NotificationStore, people::PersonStore,
        store_events::NoListener, tenants::TenantStore,
    },
};
use campanile_shared::{
    Channel, Filter, InboxChange, Recipients,
    inbox::{Action, Selection},
};
use campanile_store::{Limits, Locked, Options, ServerLock, Sqlite, Timeouts};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::harness::{EmptyStore, RecordedEvents, message, now, person};

fn options() -> Options {
    Options { reader_threads: 2, limits: Limits { max_listed_changes: 5, rows_per_step: 20, compact_after_rows: 40 }, ..Options::default() }
}

fn empty_store(live: Arc<dyn StoreListener>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("test.db"), options(), live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

/// A store whose time limit is zero: every answer ends after its first step, and no search waits for the index.
fn store_without_time(live: Arc<dyn StoreListener>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let times = Timeouts { query: Duration::ZERO, index: Duration::ZERO };
    let store = Sqlite::open(&folder.path().join("test.db"), Options { timeouts: times, ..options() }, live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

mod without_time {
    crate::contract! { crate::sqlite::store_without_time:
        search {
            every_search_ends
        }
        pages {
            a_query_without_time_finds_everything_page_by_page
        }
    }
}

/// A store that never waits for the index.
fn store_without_index(live: Arc<dyn StoreListener>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let times = Timeouts { index: Duration::ZERO, ..Options::default().timeouts };
    let store = Sqlite::open(&folder.path().join("test.db"), Options { timeouts: times, ..options() }, live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

mod searched_one_by_one {
    crate::contract! { crate::sqlite::store_without_index:
        search {
            words_are_found_by_prefix
            scripts_without_spaces_are_found
            every_inner_part_of_a_compound_is_found
            words_match_in_any_form
            symbols_can_be_searched
            nothing_typed_is_an_operator
            a_search_respects_inbox_view_and_tenant
            words_beyond_the_sixth_match_whole
        }
    }
}

crate::contract! { crate::sqlite::empty_store:
    send {
        a_notification_is_stored_once_and_found
        sequences_are_dense_in_each_tenant
        an_idempotency_key_creates_one_notification
        an_idempotency_key_keeps_its_response
        equal_fingerprints_are_stored_once
        an_audience_counts_each_person_once
        components_are_those_of_the_inbox
        arrivals_are_reported_in_order
        a_notification_can_arrive_dismissed
    }
    inbox {
        keys_decide_what_is_in_an_inbox
        an_item_names_its_matched_keys
        a_new_holder_sees_nothing_older
        a_former_holder_keeps_older_items
        an_item_for_two_keys_comes_once
        pages_are_stable_while_items_arrive
        filters_select_severity_and_component
        marks_are_set_and_removed
        unknown_and_foreign_ids_are_skipped
        a_change_without_effect_keeps_the_revision
        seeing_clears_the_unseen_count
        changing_all_spares_later_arrivals
        dismissed_and_unread_marks_mix
        a_restored_item_returns_to_its_position
        a_filtered_change_in_steps_has_one_undo
        an_undo_works_once_and_in_time
        undoing_all_spares_earlier_and_later_changes
        counts_stop_at_the_cap
        other_inboxes_do_not_change
    }
    snoozes {
        a_snoozed_item_leaves_and_returns_on_top
        a_pinned_item_stays_on_top
        dismissing_and_unsnoozing_end_a_snooze_and_can_be_undone
        snoozing_all_in_steps_has_one_undo
        snoozes_are_deleted_with_notification_and_person
    }
    broadcast_split {
        broadcasts_and_targeted_items_are_split_by_key
        a_split_is_paged_and_counted
        read_times_of_single_items
        read_times_of_bulk_changes
    }
    buttons {
        the_first_click_counts
        clicks_are_reported_to_other_tabs
        only_own_items_have_buttons_to_click
        clicks_are_listed_page_by_page
        clicks_are_deleted_with_notification_and_person
    }
    stream {
        a_stream_starts_with_the_current_keys
        missed_changes_are_listed_item_by_item
        unlisted_changes_reset_the_stream
    }
    search {
        words_are_found_by_prefix
        scripts_without_spaces_are_found
        every_inner_part_of_a_compound_is_found
        words_match_in_any_form
        symbols_can_be_searched
        nothing_typed_is_an_operator
        a_search_respects_inbox_view_and_tenant
        words_beyond_the_sixth_match_whole
    }
    pages {
        a_page_is_bounded_in_bytes
        large_missed_changes_are_not_listed
    }
    people {
        tenants_are_found_by_name
        logins_and_external_ids_share_a_namespace
        people_are_found_by_prefix
        names_are_equal_in_any_unicode_form
        a_person_is_as_stored
        relations_are_counted_and_reported
        a_removed_person_leaves_nothing
        a_disabled_person_cannot_sign_in_and_is_not_counted
        members_are_listed_page_by_page
        the_last_administrator_cannot_be_removed
        of_two_administrators_who_remove_each_other_one_stays
        preferences_are_stored
    }
    secrets {
        a_new_password_ends_sessions
        changing_a_password_keeps_one_session_and_personal_tokens
        disabled_people_get_no_token
        the_latest_known_browsers_are_kept
        a_former_portal_secret_expires
        keys_are_listed_and_revoked
        tokens_end
        a_token_is_redeemed_once
        a_ticket_ends_with_its_parent_credential
        listeners_are_checked_again
        ended_credentials_are_reported
    }
    recall_and_correct {
        a_recalled_notification_leaves_inboxes_and_stays_for_its_sender
        a_correction_shows_everywhere
    }
    volume {
        volume_counts_once_by_day_component_and_sender
        a_day_counts_a_limited_number_separately
    }
    housekeeping {
        expired_notifications_leave_inboxes
        old_notifications_are_deleted
        deliveries_are_deleted_in_small_steps
        retention_is_a_tenant_setting
        item_states_are_deleted_with_the_notification
        revisions_never_decrease
    }
    directory {
        an_import_changes_only_differences
        relations_are_found_and_ended
        role_names_are_those_that_people_hold
        an_audience_is_summarised
        mail_is_counted_by_distinct_address
        recipients_are_the_holders_at_sending
        recipients_states_are_listed_and_counted
        all_recipients_are_counted
        roles_are_found_by_words
        a_name_set_is_private
    }
    deliveries {
        a_lease_holds_until_it_ends
        a_full_queue_delays_no_other
        failed_deliveries_are_redelivered_on_request
        a_mailing_expands_to_one_row_for_each_address
        subscribers_get_mail_for_their_inbox
        webhooks_get_every_notification_until_disabled
        a_disabled_url_is_skipped_until_redelivery
        a_lease_is_released_only_by_its_holder
        removed_people_get_no_mail
        mail_is_in_the_chosen_language
        unsubscribing_spares_others_at_the_address
        unsubscribed_people_get_no_mail_until_they_choose_it
        a_scheduled_notification_is_sent_once
        scheduled_notifications_are_listed_page_by_page
        first_attempts_are_distinguished
    }
    model {
        agrees_with_the_model
    }
}

/// A store in a folder that outlives it.
fn open(folder: &std::path::Path, options: Options) -> Arc<dyn Store> {
    Arc::new(Sqlite::open(&folder.join("test.db"), options, Arc::new(NoListener)).unwrap())
}

fn everyone(id: u128, title: &str) -> NewNotification {
    NewNotification::new(Uuid::from_u128(id), now(), vec![Recipients::Everyone], vec![AudienceKey::Everyone], message(title))
}

#[tokio::test]
async fn acknowledged_writes_survive_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), options());
    let tenant = store.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let ada = store.create_person(tenant, person("ada"), now()).await.unwrap();
    for id in 1..=60 {
        store.insert_notification(tenant, everyone(id, "kept"), None).await.unwrap();
    }
    let all = InboxChange::new(Action::Read, Selection::Matching { filter: Filter::default(), up_to: 50 });
    let before = store.change_items(tenant, ada, all, Uuid::from_u128(999), now()).await.unwrap().snapshot;
    drop(store);
    let store = open(folder.path(), options());
    assert_eq!(store.snapshot(tenant, ada).await.unwrap(), before);
    assert_eq!(before.counts.unread, 10);
    assert_eq!(store.insert_notification(tenant, everyone(61, "next"), None).await.unwrap().sequence, 61);
    let undone = store.undo_change(tenant, ada, Uuid::from_u128(999), now()).await.unwrap();
    assert_eq!(undone.snapshot.counts.unread, 61);
}

/// A store that serves its file.
fn serve(folder: &std::path::Path) -> Arc<dyn Store> {
    let path = folder.join("test.db");
    Arc::new(Sqlite::serve(&path, options(), Arc::new(NoListener), ServerLock::take(&path).unwrap()).unwrap())
}

/// File locks belong to an open file, so one process can test what two would do.
#[tokio::test]
async fn one_process_serves_and_leases_deliveries() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let first = serve(folder.path());
    let refused = ServerLock::take(&path).unwrap_err();
    assert!(matches!(refused, Locked::By(Some(process)) if process == std::process::id()), "{refused}");
    let tenant = first.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    let mut new = everyone(1, "hello");
    for target in ["https://a.example/1", "https://a.example/2"] {
        new.deliveries.push(NewDelivery {
            id: delivery::delivery_id(new.id, Channel::Http, target),
            channel: Channel::Http,
            target: target.to_owned(),
            queue: "a.example".to_owned(),
            request: None,
            due_at: now(),
        });
    }
    first.insert_notification(tenant, new, None).await.unwrap();
    let claim = async |store: &Arc<dyn Store>| {
        let room = QueueCapacity { concurrency: vec![(Channel::Http, 1)], ..QueueCapacity::default() };
        store.lease_deliveries(now(), now() + TimeDelta::seconds(60), room, 10).await.unwrap()
    };
    let one = claim(&first).await;
    assert_eq!(one.len(), 1);
    first
        .record_attempts(vec![AttemptRecord {
            id: one[0].id,
            next_step: AfterAttempt::Delivered,
            at: now(),
            duration_ms: 1,
            detail: String::new(),
        }])
        .await
        .unwrap();
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
        writers.spawn(async move { store.insert_notification(tenant, everyone(id as u128, "from both"), None).await.unwrap().sequence });
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
        match store.insert_notification(tenant, everyone(id, &"filler ".repeat(500)), None).await {
            Ok(_) => assert!(id < 1_000, "the limit is not kept"),
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::StorageFull), "{full:?}");
    let held = store.snapshot(tenant, ada).await.unwrap();
    assert_eq!(
        (u128::from(held.sequence), u128::from(held.counts.unread)),
        (id - 1, id - 1),
        "nothing is stored in part, and all can be read"
    );
    assert_eq!(store.inbox_page(tenant, ada, &Filter::default(), None, 10).await.unwrap().items.len(), 10);
    // Housekeeping alone makes room.
    while store.purge(now() + TimeDelta::days(91), 20).await.unwrap() > 0 {}
    assert_eq!(store.insert_notification(tenant, everyone(id, &"filler ".repeat(500)), None).await.unwrap().sequence, held.sequence + 1);
    drop(store);
    // So does a larger limit.
    let store = open(folder.path(), limited);
    while store.insert_notification(tenant, everyone(id + 1, &"filler ".repeat(500)), None).await.is_ok() {
        id += 1;
    }
    drop(store);
    let store = open(folder.path(), options());
    assert!(store.insert_notification(tenant, everyone(id + 1, "fits"), None).await.is_ok());
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
async fn a_replaced_file_has_another_generation() {
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
        store.insert_notification(tenant, everyone(sent.get(), "sent"), None).await.unwrap();
        store.snapshot(tenant, ada).await.unwrap().generation
    };
    let first = served().await;
    assert_eq!(served().await, first, "after a restart");
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
async fn a_copy_of_a_running_server_has_another_generation() {
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
async fn commits_of_other_processes_are_reported_once() {
    let folder = tempfile::tempdir().unwrap();
    let events = Arc::new(RecordedEvents::default());
    let store = Sqlite::open(&folder.path().join("test.db"), options(), Arc::clone(&events) as Arc<dyn StoreListener>).unwrap();
    let other = open(folder.path(), options());
    let looked = async || {
        store.check_other_processes().await.unwrap();
        // Callers get their result before listeners are notified.
        store.check().await.unwrap();
        events.take().into_iter().filter(|news| matches!(news, StoreEvent::ChangedByOtherProcess)).count()
    };
    assert_eq!(looked().await, 0, "opening it changes nothing");
    let tenant = store.create_tenant("acme", TenantSettings::default(), "x", "mail").await.unwrap().id;
    assert_eq!(looked().await, 0, "that was this process");
    other.insert_notification(tenant, everyone(1, "one"), None).await.unwrap();
    other.insert_notification(tenant, everyone(2, "two"), None).await.unwrap();
    assert_eq!((looked().await, looked().await), (1, 0));
    other.snapshot(tenant, campanile_domain::PersonId(1)).await.unwrap_err();
    assert_eq!(looked().await, 0, "reading changes nothing");
}

#[tokio::test]
async fn a_later_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), options()));
    let path = folder.path().join("test.db");
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let refused = Sqlite::open(&path, options(), Arc::new(NoListener)).err();
    assert!(matches!(refused, Some(Error::Unavailable(_))));
}

/// For example after a schema change that clears the index.
#[tokio::test]
async fn an_empty_search_index_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let (tenant, ada) = {
        let store = Sqlite::open(&path, options(), Arc::new(NoListener)).unwrap();
        let tenant = store.create_tenant("acme", TenantSettings::default(), "secret", "mail").await.unwrap().id;
        let ada = store.create_person(tenant, person("ada"), now()).await.unwrap();
        let mut running = tokio::task::JoinSet::new();
        let store = Arc::new(store);
        for at in 0..3_000_u32 {
            let store = Arc::clone(&store);
            let (id, title) = (Uuid::from_u128(u128::from(at) + 1), format!("number {at}"));
            let new = NewNotification::new(id, now(), vec![Recipients::Everyone], vec![AudienceKey::Everyone], message(&title));
            running.spawn(async move { store.insert_notification(tenant, new, None).await.unwrap() });
        }
        running.join_all().await;
        (tenant, ada)
    };
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute_batch("INSERT INTO search_index (search_index) VALUES ('delete-all'); UPDATE search_state SET indexed_up_to = 0")
        .unwrap();
    let store = Sqlite::open(&path, options(), Arc::new(NoListener)).unwrap();
    let indexed = || connection.query_row("SELECT indexed_up_to FROM search_state", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(indexed(), 0);
    store.purge(now(), 1).await.unwrap();
    assert!(indexed() >= 1_000, "{}", indexed());
    let found = Filter { text: Some("number 7".into()), ..Filter::default() };
    assert_eq!(store.count_matching(tenant, ada, &found, 5_000).await.unwrap().count, 1 + 10 + 100);
}
