//! Three days of retries, of delays that receivers ask for, and of scheduled and expiring notifications.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::post,
};
use campanile_domain::{Clock, NewPerson, retry_schedule::RETRY_SCHEDULE};
use campanile_shared::{Filter, View, delivery::DeliveryState};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{Harness, ManualClock};
use crate::harness::serve_routes;

/// The time and id of each call, by path.
type Calls = Arc<Mutex<BTreeMap<String, Vec<(DateTime<Utc>, String)>>>>;

/// A receiver that responds differently for each path and records its calls with the test's clock.
struct Receiver {
    url: String,
    calls: Calls,
    /// Whether `/dead` works again.
    alive: Arc<AtomicBool>,
}

impl Receiver {
    async fn start() -> (Self, Arc<Mutex<Option<Arc<ManualClock>>>>) {
        let (calls, alive, clock) = (Calls::default(), Arc::<AtomicBool>::default(), Arc::<Mutex<Option<Arc<ManualClock>>>>::default());
        let (recorded_calls, is_alive, hands) = (calls.clone(), alive.clone(), clock.clone());
        let answer = move |Path(path): Path<String>, headers: HeaderMap| {
            let now = hands.lock().unwrap().as_ref().unwrap().now();
            let mut calls = recorded_calls.lock().unwrap();
            let times = calls.entry(path.clone()).or_default();
            times.push((now, headers["webhook-id"].to_str().unwrap().to_owned()));
            let first = times.len() == 1;
            let answer = match &*path {
                "dead" if !is_alive.load(Ordering::Relaxed) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
                "busy" if first => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "7200")]).into_response(),
                "closed" if first => {
                    let monday = "Mon, 02 Mar 2026 08:00:00 GMT";
                    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, monday)]).into_response()
                }
                "gone" => StatusCode::GONE.into_response(),
                _ => StatusCode::NO_CONTENT.into_response(),
            };
            async { answer }
        };
        let url = serve_routes(Router::new().route("/{path}", post(answer))).await;
        (Self { url, calls, alive }, clock)
    }

    fn times(&self, path: &str) -> Vec<DateTime<Utc>> {
        self.calls.lock().unwrap().get(path).map(|calls| calls.iter().map(|(at, _)| *at).collect()).unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retries_and_schedules_run_on_time_for_three_days() {
    let (receiver, hands) = Receiver::start().await;
    let harness = Harness::with(json!({"outgoing": {"allow": ["127.0.0.1"]}}), |channels| channels).await;
    *hands.lock().unwrap() = Some(harness.clock.clone());
    let (store, tenant, start) = (&harness.store, harness.tenant.id, harness.clock.now());
    let new = NewPerson {
        login: "ada".to_owned(),
        name: "Ada".to_owned(),
        email: None,
        languages: Vec::new(),
        external_ids: Vec::new(),
        administrator: true,
    };
    let ada = store.create_person(tenant, new, start).await.unwrap();
    let content = json!([{"language": "en", "title": "Hello"}]);
    let to_url = |path: &str| json!({"channel": "http", "http": {"url": format!("{}/{path}", receiver.url)}, "content": content});
    let at = |draft: serde_json::Value, after: TimeDelta| {
        let mut draft = draft;
        draft["not_before"] = json!(start + after);
        draft
    };
    let dead = harness.send(to_url("dead")).await;
    harness.send(to_url("busy")).await;
    harness.send(to_url("closed")).await;
    harness.send(to_url("gone")).await;
    let delayed = TimeDelta::seconds(90);
    harness.send(at(to_url("delayed"), delayed)).await;
    harness.send(at(to_url("gone"), delayed)).await;
    let tomorrow = TimeDelta::hours(24);
    let to_all = json!({"to": [{"kind": "everyone"}], "content": content});
    harness.send(at(to_all.clone(), tomorrow)).await;
    let mut brief = to_all;
    brief["expires_at"] = json!(start + TimeDelta::hours(48));
    harness.send(brief).await;

    let mut outbox = harness.outbox();
    let mut inbox = Vec::new();
    let end = start + TimeDelta::hours(4 * 24);
    while harness.clock.now() < end {
        outbox.drain().await.unwrap();
        harness.run_housekeeping().await;
        let page = store.inbox_page(tenant, ada, &Filter { view: View::Inbox, ..Filter::default() }, None, 10).await.unwrap();
        let count = page.items.len();
        if inbox.last().is_none_or(|(_, last)| *last != count) {
            inbox.push((harness.clock.now() - start, count));
        }
        // Moves to the next due time or the next full hour.
        let hour = start + TimeDelta::hours((harness.clock.now() - start).num_hours() + 1);
        let next = store.next_due().await.unwrap().map_or(hour, |due| due.min(hour));
        harness.clock.set(next);
    }

    let times = receiver.times("dead");
    assert_eq!(times.len(), RETRY_SCHEDULE.len() + 1);
    for ((pair, wait), number) in times.windows(2).zip(RETRY_SCHEDULE).zip(1..) {
        let (shortest, longest) = (wait * 4 / 5, wait * 6 / 5);
        assert!((shortest..=longest).contains(&(pair[1] - pair[0])), "wait {number}: {} for {wait}", pair[1] - pair[0]);
    }
    assert!(times[9] - start > TimeDelta::days(3) * 4 / 5, "{}", times[9] - start);
    let (page, _) = store.deliveries(tenant, dead, None, 10).await.unwrap();
    assert_eq!((page[0].state, page[0].attempts.len()), (DeliveryState::GivenUp, 10));
    let recorded: Vec<_> = page[0].attempts.iter().map(|attempt| attempt.at).collect();
    assert_eq!(recorded, times);

    // The delay that a receiver asks for is a minimum; later retries follow the schedule.
    let [first, second] = receiver.times("busy")[..] else { panic!("{:?}", receiver.times("busy")) };
    assert_eq!((first, second - first), (start, TimeDelta::hours(2)));
    assert_eq!(receiver.times("closed"), [start, "2026-03-02T08:00:00Z".parse::<DateTime<Utc>>().unwrap()]);
    // One 410 is enough to disable the URL.
    assert_eq!(receiver.times("gone"), [start]);
    assert_eq!(receiver.times("delayed"), [start + delayed]);
    assert_eq!(inbox, [(TimeDelta::zero(), 1), (tomorrow, 2), (TimeDelta::hours(48), 1)]);

    // A given-up delivery can be redelivered under its original id.
    receiver.alive.store(true, Ordering::Relaxed);
    assert_eq!(harness.campanile.redeliver(&harness.by, dead).await.unwrap(), 1);
    outbox.drain().await.unwrap();
    let (page, counts) = store.deliveries(tenant, dead, None, 10).await.unwrap();
    assert_eq!((counts.delivered, page[0].attempts.len()), (1, 11));
    let calls = receiver.calls.lock().unwrap();
    let id = page[0].id.to_string();
    assert!(calls["dead"].len() == 11 && calls["dead"].iter().all(|(_, called)| *called == id));
}
