//! The database file: backups, restores, plain copies, and files that are no database.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use campanile_domain::{AudienceKey, NewNotification, Store, TenantId, TenantSettings, ports::store_events::NoListener};
use campanile_shared::Recipients;
use campanile_store::{Options, Sqlite, backup, restore};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::harness::{message, now};

const ASIDE: &str = ".before-restore-1";

/// A folder with a database in it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.path("test.db")
    }
}

fn try_open(database: &Path) -> campanile_domain::Result<Arc<dyn Store>> {
    Ok(Arc::new(Sqlite::open(database, Options::default(), Arc::new(NoListener))?))
}

fn open(database: &Path) -> Arc<dyn Store> {
    try_open(database).unwrap()
}

/// Why a database cannot be opened.
fn refusal(database: &Path) -> String {
    try_open(database).err().expect("it is refused").to_string()
}

async fn tenant(store: &Arc<dyn Store>) -> TenantId {
    match store.tenant("acme").await.unwrap() {
        Some(tenant) => tenant.id,
        None => store.create_tenant("acme", TenantSettings::default(), "x", "y").await.unwrap().id,
    }
}

async fn send(store: &Arc<dyn Store>, title: &str) {
    let tenant = tenant(store).await;
    static SENT: AtomicU64 = AtomicU64::new(1);
    let id = Uuid::from_u128(SENT.fetch_add(1, Ordering::Relaxed).into());
    let new = NewNotification::new(id, now(), vec![Recipients::Everyone], vec![AudienceKey::Everyone], message(title));
    store.insert_notification(tenant, new, None).await.unwrap();
}

/// The titles of the notifications in a database, the oldest first.
async fn titles(store: &Arc<dyn Store>) -> Vec<String> {
    let found = store.notifications(tenant(store).await, None, 10_000).await.unwrap();
    found.into_iter().rev().map(|one| one.message.content[0].title.clone()).collect()
}

/// The titles in a plain copy of the file, without its log.
async fn titles_of_a_copy(folder: &Folder) -> Vec<String> {
    let copy = folder.path("copy.db");
    fs::copy(folder.database(), &copy).unwrap();
    titles(&open(&copy)).await
}

async fn generation(store: &Arc<dyn Store>) -> u64 {
    let tenant = tenant(store).await;
    let ada = match store.find_person(tenant, "ada").await.unwrap() {
        Some(ada) => ada,
        None => store.create_person(tenant, crate::harness::person("ada"), now()).await.unwrap(),
    };
    store.snapshot(tenant, ada).await.unwrap().generation
}

#[tokio::test]
async fn a_restored_backup_has_another_generation() {
    let folder = Folder::new();
    let store = open(&folder.database());
    let before = generation(&store).await;
    send(&store, "kept").await;
    let copied = backup(&folder.database(), &folder.path("backup"), false).unwrap();
    let metadata = fs::metadata(folder.path("backup")).unwrap();
    assert_eq!((copied.notifications, copied.bytes, metadata.mode() & 0o777), (1, metadata.len(), 0o600));
    send(&store, "later").await;
    let refused = restore(&folder.path("backup"), &folder.database(), ASIDE).unwrap_err().to_string();
    assert!(refused.contains("stop the server"), "{refused}");
    assert_eq!(titles(&store).await, ["kept", "later"]);
    drop(store);
    let (restored, kept) = restore(&folder.path("backup"), &folder.database(), ASIDE).unwrap();
    assert_eq!((restored.notifications, kept), (1, Some(folder.path("test.db.before-restore-1"))));
    let store = open(&folder.database());
    assert_eq!(titles(&store).await, ["kept"]);
    assert_ne!(generation(&store).await, before);
    assert_eq!(titles(&open(&folder.path("test.db.before-restore-1"))).await, ["kept", "later"]);
}

#[tokio::test]
async fn a_restore_does_not_apply_a_left_log() {
    let folder = Folder::new();
    let store = open(&folder.database());
    send(&store, "kept").await;
    backup(&folder.database(), &folder.path("backup"), false).unwrap();
    send(&store, "later").await;
    // The files of a killed server: newer rows are only in the log.
    let left = folder.path("left.db-wal");
    fs::copy(folder.path("test.db-wal"), &left).unwrap();
    let file = folder.path("left.db");
    fs::copy(folder.database(), &file).unwrap();
    drop(store);
    // Copying the file by hand is refused: SQLite would apply the rows of the log.
    let by_hand = folder.path("hand.db");
    fs::copy(folder.path("backup"), &by_hand).unwrap();
    fs::copy(&left, folder.path("hand.db-wal")).unwrap();
    let refused = refusal(&by_hand);
    assert!(refused.contains("does not belong to") && refused.contains("campanile restore"), "{refused}");
    for place in [&file, &by_hand] {
        restore(&folder.path("backup"), place, ASIDE).unwrap();
        assert_eq!(titles(&open(place)).await, ["kept"], "{}", place.display());
    }
    assert_eq!(titles(&open(&folder.path("left.db.before-restore-1"))).await, ["kept", "later"]);
}

#[tokio::test]
async fn an_incomplete_backup_is_not_restored() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for number in 0..200 {
        send(&store, &format!("{number} {}", "filler ".repeat(50))).await;
    }
    backup(&folder.database(), &folder.path("backup"), false).unwrap();
    drop(store);
    let whole = fs::read(folder.path("backup")).unwrap();
    let bad = |name: &str, content: &[u8]| {
        fs::write(folder.path(name), content).unwrap();
        folder.path(name)
    };
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2 / 4_096 * 4_096;
    damaged[middle..middle + 8_192].fill(0xA5);
    let (foreign, newer) = (folder.path("foreign"), folder.path("newer"));
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE recipe (name TEXT)").unwrap();
    fs::copy(folder.path("backup"), &newer).unwrap();
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 999).unwrap();
    for (file, says) in [
        (bad("truncated", &whole[..whole.len() / 2]), "damaged"),
        (bad("short", &whole[..50]), "is not a database of Campanile"),
        (bad("damaged", &damaged), "damaged"),
        (bad("garbage", &[7; 10_000]), "is not a database of Campanile"),
        (bad("empty", b""), "does not exist or is empty"),
        (folder.path("absent"), "does not exist or is empty"),
        (foreign, "is not a database of Campanile"),
        (newer, "later version"),
        (folder.0.path().to_owned(), "is a folder"),
        (folder.database(), "is the database itself"),
    ] {
        let refused = restore(&file, &folder.database(), ASIDE).unwrap_err().to_string();
        assert!(refused.contains(says), "{}: {refused}", file.display());
        assert!(!refused.to_lowercase().contains("sqlite"), "{refused}");
    }
    assert_eq!(titles(&open(&folder.database())).await.len(), 200);
    let names: Vec<_> = fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.contains("partial") || name.contains("before-restore")), "{names:?}");
}

#[tokio::test]
async fn a_damaged_database_is_kept_and_replaced() {
    let folder = Folder::new();
    let store = open(&folder.database());
    send(&store, "kept").await;
    backup(&folder.database(), &folder.path("backup"), false).unwrap();
    drop(store);
    fs::write(folder.database(), [7; 10_000]).unwrap();
    fs::write(folder.path("test.db-wal"), b"left over").unwrap();
    restore(&folder.path("backup"), &folder.database(), ASIDE).unwrap();
    assert_eq!(titles(&open(&folder.database())).await, ["kept"]);
    assert_eq!(fs::read(folder.path("test.db.before-restore-1")).unwrap(), [7; 10_000]);
    assert_eq!(fs::read(folder.path("test.db.before-restore-1-wal")).unwrap(), b"left over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_during_writes_holds_all_earlier_commits() {
    let folder = Folder::new();
    let store = open(&folder.database());
    tenant(&store).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (store, stop) = (store.clone(), stop.clone());
        async move {
            let (mut sent, mut slowest) = (0, Duration::ZERO);
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                send(&store, "under load").await;
                (sent, slowest) = (sent + 1, slowest.max(began.elapsed()));
            }
            (sent, slowest)
        }
    });
    let mut last = 0;
    for round in 0..5 {
        let known = titles(&store).await.len() as u64;
        let (database, target) = (folder.database(), folder.path(&format!("backup{round}")));
        let copied = tokio::task::spawn_blocking(move || backup(&database, &target, false).unwrap()).await.unwrap();
        assert!(copied.notifications >= known && copied.notifications >= last, "{copied:?} after {known}");
        last = copied.notifications;
        assert_eq!(titles(&open(&folder.path(&format!("backup{round}")))).await.len() as u64, copied.notifications);
    }
    stop.store(true, Ordering::Relaxed);
    let (sent, slowest) = writer.await.unwrap();
    assert_eq!(titles(&store).await.len(), sent);
    assert!(slowest < Duration::from_secs(2), "a sender waited {slowest:?}");
}

#[tokio::test]
async fn a_backup_replaces_nothing_unless_asked() {
    let folder = Folder::new();
    let store = open(&folder.database());
    send(&store, "kept").await;
    fs::write(folder.path("backup"), "something else").unwrap();
    // A file that a killed copy left.
    fs::write(folder.path("backup.partial"), [1; 100_000]).unwrap();
    fs::set_permissions(folder.path("backup.partial"), fs::Permissions::from_mode(0o644)).unwrap();
    for (target, says) in [
        (folder.path("backup"), "--force"),
        (folder.database(), "is the database itself"),
        (folder.path("test.db-wal"), "is the database itself"),
        (folder.0.path().to_owned(), "is a folder"),
        (folder.path("nowhere/backup"), "does not exist"),
    ] {
        let refused = backup(&folder.database(), &target, false).unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    }
    assert_eq!(fs::read_to_string(folder.path("backup")).unwrap(), "something else");
    backup(&folder.database(), &folder.path("backup"), true).unwrap();
    assert_eq!(fs::metadata(folder.path("backup")).unwrap().mode() & 0o777, 0o600);
    assert_eq!(titles(&open(&folder.path("backup"))).await, ["kept"]);
    assert!(!folder.path("backup.partial").exists());
    let absent = backup(&folder.path("absent.db"), &folder.path("other"), false).unwrap_err().to_string();
    assert!(absent.contains("does not exist") && !folder.path("absent.db").exists(), "{absent}");
}

#[tokio::test]
async fn a_plain_copy_has_the_tables_at_once_and_everything_after_a_pause() {
    let folder = Folder::new();
    let store = open(&folder.database());
    assert!(titles_of_a_copy(&folder).await.is_empty());
    for number in 0..50 {
        send(&store, &number.to_string()).await;
    }
    // So does a write of another process.
    send(&open(&folder.database()), "another").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while fs::metadata(folder.path("test.db-wal")).unwrap().len() > 0 {
        assert!(Instant::now() < deadline, "the log is truncated when no one writes");
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(titles_of_a_copy(&folder).await.len(), 51);
    send(&store, "next").await;
    assert_eq!(titles(&store).await.len(), 52);
}

#[tokio::test]
async fn a_damaged_database_is_not_taken_for_a_new_one() {
    let folder = Folder::new();
    let store = open(&folder.database());
    send(&store, "acknowledged").await;
    let log = fs::read(folder.path("test.db-wal")).unwrap();
    assert!(!log.is_empty());
    drop(store);
    let place = |name: &str, file: Option<&[u8]>, log: Option<&[u8]>| {
        let path = folder.path(name);
        for (file, content) in [(path.clone(), file), (folder.path(&format!("{name}-wal")), log)] {
            if let Some(content) = content {
                fs::write(file, content).unwrap();
            }
        }
        path
    };
    // A database without any table.
    let bare = folder.path("bare");
    rusqlite::Connection::open(&bare).unwrap().execute_batch("PRAGMA journal_mode = wal").unwrap();
    for (path, says) in [
        (place("removed", None, Some(&log)), "missing or empty"),
        (place("emptied", Some(b""), Some(&log)), "missing or empty"),
        (bare, "holds no table"),
        (place("garbage", Some(&[7; 10_000]), None), "is not a database of Campanile"),
        (place("short", Some(b"SQLite format 3\0"), None), "is not a database of Campanile"),
        (folder.0.path().to_owned(), "is a folder"),
    ] {
        let refused = refusal(&path);
        assert!(refused.contains(says), "{}: {refused}", path.display());
    }
    assert_eq!(fs::read(folder.path("removed-wal")).unwrap(), log, "nothing is deleted");
    assert_eq!(fs::read(folder.path("emptied-wal")).unwrap(), log, "nothing is deleted");
    // A missing or empty file becomes a new database.
    for path in [place("new", None, None), place("new-empty", Some(b""), Some(b""))] {
        assert!(titles(&open(&path)).await.is_empty());
    }
}
