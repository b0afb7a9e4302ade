//! The mail server is down for an hour.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use campanile_domain::{
    model::attempt_result::{AttemptOutcome, AttemptResult},
    ports::channel::{Channel, Channels, OutgoingMessage},
};
use campanile_shared::{
    Channel as Name,
    directory::{PersonRecord, Record},
};
use chrono::TimeDelta;
use serde_json::json;
use tokio::net::TcpListener;

use super::Harness;
use crate::smtp::{Server, Setup};

/// How many people get a mail.
const PEOPLE: usize = 10_000;
/// Every `CUT`th recipient: the server accepts the first mail and then closes the connection without a response.
const CUT: usize = 100;

/// The e-mail channel with counters: how many deliveries are leased when an attempt begins, and how attempts end.
struct ObservedChannel {
    channel: Arc<dyn Channel>,
    observations: Arc<Observations>,
}

#[derive(Default)]
struct Observations {
    leased: Mutex<Arc<AtomicUsize>>,
    most_leased: AtomicUsize,
    delivered: AtomicUsize,
    failed: AtomicUsize,
}

#[async_trait]
impl Channel for ObservedChannel {
    fn name(&self) -> Name {
        self.channel.name()
    }

    fn queue(&self, target: &str) -> String {
        self.channel.queue(target)
    }

    fn concurrency(&self) -> u32 {
        self.channel.concurrency()
    }

    async fn attempt(&self, message: &OutgoingMessage) -> AttemptResult {
        let in_hand = self.observations.leased.lock().unwrap().load(Ordering::Relaxed);
        self.observations.most_leased.fetch_max(in_hand, Ordering::Relaxed);
        let attempt = self.channel.attempt(message).await;
        let ends = if attempt.outcome == AttemptOutcome::Delivered { &self.observations.delivered } else { &self.observations.failed };
        ends.fetch_add(1, Ordering::Relaxed);
        attempt
    }
}

/// Returns a port on which nothing listens yet.
async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

fn address(number: usize) -> String {
    let kind = if number.is_multiple_of(CUT) { "cut-once" } else { "reader" };
    format!("{kind}+{number}@acme.example")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_hour_without_the_mail_server_loses_and_duplicates_no_mail() {
    let (port, observations) = (free_port().await, Arc::new(Observations::default()));
    let watched = |channels: Channels| {
        let channel = channels.get(Name::Email).unwrap().clone();
        Channels::new([Arc::new(ObservedChannel { channel, observations: observations.clone() }) as Arc<dyn Channel>])
    };
    let mail = json!({"mail": {"host": "127.0.0.1", "port": port, "encryption": "none"}});
    let harness = Harness::with(mail, watched).await;
    for some in (0..PEOPLE).collect::<Vec<_>>().chunks(500) {
        let person = |number: &usize| {
            let email = Some(address(*number));
            Record::Person(PersonRecord { login: format!("p{number}"), name: None, email, languages: Vec::new(), external_ids: Vec::new() })
        };
        let people = some.iter().map(person).collect();
        harness.store.put_records(harness.tenant.id, people, false, harness.campanile.now()).await.unwrap();
    }
    let content = json!([{"language": "en", "title": "Maintenance"}]);
    let id = harness.send(json!({"channel": "email", "to": [{"kind": "everyone"}], "content": content})).await;
    let mut outbox = harness.outbox();
    *observations.leased.lock().unwrap() = outbox.leased_count();
    let counts = async || harness.store.deliveries(harness.tenant.id, id, None, 1).await.unwrap().1;

    for _ in 0..60 {
        outbox.drain().await.unwrap();
        assert_eq!(counts().await.pending, PEOPLE as u64);
        harness.clock.advance(TimeDelta::minutes(1));
    }
    // Attempts at once and after about 5 seconds, 5 minutes and 30 minutes.
    assert_eq!((observations.delivered.load(Ordering::Relaxed), observations.failed.load(Ordering::Relaxed)), (0, PEOPLE * 4));

    let server = Server::start(Setup { port, envelopes: true, ..Setup::default() }).await;
    for _ in 0..24 * 6 {
        outbox.drain().await.unwrap();
        harness.clock.advance(TimeDelta::minutes(10));
    }
    let counts = counts().await;
    assert_eq!((counts.delivered, counts.pending), (PEOPLE as u64, 0), "{counts:?}");
    let mut arrived: HashMap<String, Vec<String>> = HashMap::new();
    server.envelopes().into_iter().for_each(|(id, to)| arrived.entry(to).or_default().push(id));
    assert_eq!(arrived.len(), PEOPLE, "a mail is lost");
    for number in 0..PEOPLE {
        let (to, ids) = arrived.get_key_value(&address(number)).unwrap();
        // A mail whose acceptance is unknown is sent again with the same id.
        let expected = if number.is_multiple_of(CUT) { 2 } else { 1 };
        assert!(ids.len() == expected && ids.iter().all(|id| *id == ids[0]), "{to}: {ids:?}");
    }
    // The number of leased deliveries has a limit, however many are pending and however long.
    let most = observations.most_leased.load(Ordering::Relaxed);
    assert!(most > 1 && most <= (harness.options.max_running + harness.options.max_prefetch) as usize, "{most}");
    assert_eq!(outbox.leased_count().load(Ordering::Relaxed), 0);
}
