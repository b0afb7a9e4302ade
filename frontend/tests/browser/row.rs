//! A line of a list.

use std::sync::Arc;

use campanile_frontend::components::row::Row;
use leptos::{prelude::*, task::tick};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{item, show, text_of};

const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{202E}gpj.exe";

#[wasm_bindgen_test]
async fn text_from_outside_stays_text() {
    let shown = RwSignal::new(Arc::new(item(1, HOSTILE)));
    let place = show(move || view! { <Row item=shown href="./inbox" now=0.0 on_open=Callback::new(|_| ())>""</Row> });
    assert_eq!(text_of(&place, ".row-title"), "<img src=x onerror=alert(1)>gpj.exe");
    assert!(place.query_selector("img").unwrap().is_none());
    let title = place.query_selector(".row-title").unwrap().unwrap();
    assert_eq!(title.get_attribute("dir").as_deref(), Some("auto"));
}

#[wasm_bindgen_test]
async fn a_change_of_state_shows_in_place() {
    let shown = RwSignal::new(Arc::new(item(1, "Disk full")));
    let place = show(move || view! { <Row item=shown href="./inbox" now=0.0 on_open=Callback::new(|_| ())>""</Row> });
    let article = place.query_selector("article").unwrap().unwrap();
    assert!(article.class_list().contains("unread"));
    assert!(article.text_content().unwrap().starts_with("Unread, Warning: "));
    shown.update(|item| Arc::make_mut(item).state.read = true);
    tick().await;
    assert!(!article.class_list().contains("unread"));
    assert!(article.is_connected(), "the line is the same element");
}
