//! What only a database file can do: it survives, it is served once, it is copied and replaced.

use std::sync::Arc;

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
use campanile_store::{Locked, Options, ServerLock, Sqlite};
use chrono::TimeDelta;
use uuid::Uuid;

use super::sqlite::options;
use crate::harness::{RecordedEvents, message, now, person};

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
