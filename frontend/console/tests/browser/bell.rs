//! The bell's counts under events in any order.

use std::sync::Arc;

use campanile_frontend::{
    api::{Api, Config},
    components::{bell, notification_list::NotificationList},
    state::State,
};
use campanile_shared::{Counts, Severity, Snapshot, inbox::UnreadBySeverity, live::Event};
use leptos::{prelude::*, task::tick};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{find, first, item, mount, text_of};

fn snapshot(sequence: u64, unread: u32) -> Snapshot {
    let by_severity = UnreadBySeverity { warning: unread, ..UnreadBySeverity::default() };
    Snapshot { generation: 1, sequence, revision: 0, counts: Counts { total: unread, unread, unseen: unread, by_severity } }
}

#[wasm_bindgen_test]
async fn counts_apply_only_when_they_are_newer() {
    let owner = Owner::new();
    owner.set();
    let state = State::new(Api::new(&Config::default(), "http://127.0.0.1:9/"));
    let place = mount(move || view! { <p>{move || bell::unread_label(state.counts.with(|counts| counts.counts().unread))}</p> });
    let arrive = |sequence, unread| {
        state.apply_event(Event::Arrived { item: Box::new(item(sequence, "News")), snapshot: snapshot(sequence, unread) }, true);
    };
    arrive(7, 3);
    tick().await;
    assert_eq!(text_of(&place, "p"), "Notifications, 3 unread");
    arrive(6, 2);
    tick().await;
    assert_eq!(text_of(&place, "p"), "Notifications, 3 unread");
    assert_eq!(state.counts.with_untracked(|counts| counts.worst_severity()), Some(Severity::Warning));
    arrive(8, 1000);
    tick().await;
    assert_eq!(text_of(&place, "p"), "Notifications, more than 999 unread");
}

#[wasm_bindgen_test]
async fn new_items_appear_above_the_seen_line() {
    let items = RwSignal::new(vec![Arc::new(item(4, "Known"))]);
    let place = mount(move || {
        view! {
            <NotificationList
                items
                seen_up_to=4
                now=0.0
                href=Callback::new(|_| "./inbox".to_owned())
                on_open=Callback::new(|_| ())
                on_dismiss=Callback::new(move |gone: Arc<campanile_shared::Item>| items.update(|items| items.retain(|item| item.id != gone.id)))
            />
        }
    });
    assert!(find(&place, ".new-items-line").is_none());
    let known = first(&place, "li");
    items.update(|items| items.insert(0, Arc::new(item(5, "New"))));
    tick().await;
    assert_eq!(text_of(&place, "li:has(.new-items-line) .row-title"), "New");
    assert!(known.is_connected(), "existing rows stay in the page");
    let dismiss = first(&place, "li .icon-button");
    dismiss.click();
    tick().await;
    assert_eq!(text_of(&place, "li .row-title"), "Known");
}
