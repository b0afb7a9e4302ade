//! Desktop notifications: the text for many items at once, and what tabs tell each other.

use std::sync::Arc;

use campanile_frontend::desktop::{coalesce::Burst, content::NotificationContent, visibility};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{item, mount};
use leptos::prelude::*;

#[wasm_bindgen_test]
fn a_burst_shows_its_count_and_highest_severity() {
    let items = (1..=12).map(|number| Arc::new(item(number, &format!("News {number}")))).collect();
    let content = NotificationContent::from_burst(&Burst::default().add(items, 0.0).unwrap());
    assert_eq!(content.title, "12 new, most severe: Warning");
    assert_eq!(content.body, "News 12\nNews 11\nNews 10");
    assert_eq!(content.item, None, "a click shows the inbox");
}

#[wasm_bindgen_test]
async fn a_visible_row_is_reported_as_on_screen() {
    let (near, far) = (item(41, "Near").id, item(42, "Far").id);
    mount(move || {
        view! {
            <a href=format!("./inbox?item={near}") style:position="fixed" style:top="0">
                "Near"
            </a>
            <a href=format!("./inbox?item={far}") style:position="fixed" style:top="-500px">
                "Far"
            </a>
        }
    });
    assert!(visibility::is_visible(near));
    assert!(!visibility::is_visible(far));
    assert!(!visibility::visible_items().await.contains(&near));
    visibility::announce(near);
    assert!(visibility::visible_items().await.contains(&near));
}
