//! A row of the notification list.

use std::sync::Arc;

use campanile_frontend::components::notification_row::NotificationRow;
use leptos::{prelude::*, task::tick};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{find, first, item, mount, text_of};

const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{202E}gpj.exe";

#[wasm_bindgen_test]
async fn untrusted_text_is_not_parsed_as_html() {
    let shown = RwSignal::new(Arc::new(item(1, HOSTILE)));
    let place =
        mount(move || view! { <NotificationRow item=shown href="./inbox" now=0.0 on_open=Callback::new(|_| ())>""</NotificationRow> });
    assert_eq!(text_of(&place, ".row-title"), "<img src=x onerror=alert(1)>gpj.exe");
    assert!(find(&place, "img").is_none());
    let title = first(&place, ".row-title");
    assert_eq!(title.get_attribute("dir").as_deref(), Some("auto"));
}

#[wasm_bindgen_test]
async fn a_state_change_updates_the_row_in_place() {
    let shown = RwSignal::new(Arc::new(item(1, "Disk full")));
    let place =
        mount(move || view! { <NotificationRow item=shown href="./inbox" now=0.0 on_open=Callback::new(|_| ())>""</NotificationRow> });
    let article = first(&place, "article");
    assert!(article.class_list().contains("unread"));
    assert!(text_of(&place, "article").starts_with("Unread, Warning: "));
    shown.update(|item| Arc::make_mut(item).state.read = true);
    tick().await;
    assert!(!article.class_list().contains("unread"));
    assert!(article.is_connected(), "the row is still the same element");
}
