//! Every acknowledged notification survives a crash: the real binary is killed at random moments under load.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use campanile_shared::{Receipt, sent::SentPage};
use serde_json::json;
use tokio::task::JoinSet;

use crate::binary::{SeededRandom, ServerProcess, run_command};

/// How often the server is killed.
const KILLS: usize = 50;
/// How many senders send at once.
const SENDERS: usize = 16;

/// What the senders know.
#[derive(Default)]
struct SenderLog {
    /// Acknowledged notifications: the idempotency key and its receipt.
    acknowledged: Mutex<HashMap<String, Receipt>>,
    /// Idempotency keys without a response. They are sent again.
    unanswered: Mutex<Vec<String>>,
}

/// Sends until the server is gone, unanswered idempotency keys first.
async fn send(url: String, key: String, sender: usize, round: usize, known: Arc<SenderLog>, gone: Arc<AtomicBool>) {
    let client = crate::harness::client().build().unwrap();
    for number in 0.. {
        if gone.load(Ordering::Relaxed) {
            return;
        }
        let name = known.unanswered.lock().unwrap().pop().unwrap_or_else(|| format!("{round}-{sender}-{number}"));
        let body = json!({"to": [{"kind": "everyone"}], "content": [{"language": "en", "title": name}]});
        let request = client.post(format!("{url}/api/v1/notifications")).bearer_auth(&key).header("idempotency-key", &name).json(&body);
        let answer = match request.send().await {
            Ok(response) if response.status() == 201 => response.json::<Receipt>().await.ok(),
            Ok(response) => panic!("{name} was answered {}", response.status()),
            Err(_) => None,
        };
        match answer {
            Some(receipt) => drop(known.acknowledged.lock().unwrap().insert(name, receipt)),
            None => known.unanswered.lock().unwrap().push(name),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_notifications_survive_kills() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    run_command(data, &["tenant", "add", "acme"]);
    run_command(data, &["person", "add", "acme", "ada"]);
    let key = run_command(data, &["key", "create", "acme", "sender", "--scope", "send", "--scope", "read"]);
    let known = Arc::new(SenderLog::default());
    let mut random = SeededRandom(7);
    for round in 0..KILLS {
        let run = ServerProcess::start(data, &[]);
        let gone = Arc::new(AtomicBool::new(false));
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            senders.spawn(send(run.url.clone(), key.clone(), sender, round, known.clone(), gone.clone()));
        }
        tokio::time::sleep(Duration::from_millis(20 + random.below(180))).await;
        drop(run);
        gone.store(true, Ordering::Relaxed);
        while let Some(sender) = senders.join_next().await {
            sender.unwrap();
        }
    }

    // The last run is not killed.
    let run = ServerProcess::start(data, &[]);
    let stored = stored_titles(&run.url, &key).await;
    let acknowledged = std::mem::take(&mut *known.acknowledged.lock().unwrap());
    assert!(acknowledged.len() > KILLS, "too few sends were acknowledged: {}", acknowledged.len());
    for (name, receipt) in &acknowledged {
        assert_eq!(stored.get(&receipt.sequence), Some(name), "an acknowledged notification is missing or changed");
    }
    let mut times: BTreeMap<&String, usize> = BTreeMap::new();
    stored.values().for_each(|name| *times.entry(name).or_default() += 1);
    assert!(times.values().all(|times| *times == 1), "an idempotency key was sent twice");
    let dense: Vec<u64> = (1..=stored.len() as u64).collect();
    assert_eq!(stored.keys().copied().collect::<Vec<_>>(), dense, "the sequence has gaps");
}

/// Returns all stored notifications: sequence and title.
async fn stored_titles(url: &str, key: &str) -> BTreeMap<u64, String> {
    let client = crate::harness::client().build().unwrap();
    let mut found = BTreeMap::new();
    let mut cursor = None;
    loop {
        let query = cursor.map(|cursor: String| format!("&cursor={cursor}")).unwrap_or_default();
        let request = client.get(format!("{url}/api/v1/notifications?limit=200{query}")).bearer_auth(key);
        let page: SentPage = request.send().await.unwrap().json().await.unwrap();
        found.extend(page.items.into_iter().map(|sent| (sent.sequence, sent.content[0].title.clone())));
        cursor = page.next;
        if cursor.is_none() {
            return found;
        }
    }
}
